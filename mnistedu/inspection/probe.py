"""Layer outputs and saliency of a Keras model for one image, fast enough for a live view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.inference.snapshot import Snapshot
from mnistedu.inspection.attribution import occlusion, score_function
from mnistedu.inspection.features import kernel_pictures
from mnistedu.preprocessing import to_input

if TYPE_CHECKING:
    import jax
    import keras

Weights = list


@dataclass(frozen=True, eq=False)
class LayerActivations:
    """Layer outputs, saliency and predicted digit for one image.

    Attributes
    ----------
    outputs : dict of str to ndarray
        Maps the name of each layer to its output, of shape (height, width, n) or (n,).
    saliency : ndarray of shape (28, 28), dtype float32
        Absolute gradient of the predicted digit's score.
    digit : int
        The predicted digit.
    """

    outputs: dict[str, np.ndarray]
    saliency: np.ndarray
    digit: int


class Probe(Snapshot):
    """Compute layer outputs of a Keras model from a copy of its weights, also during training.

    If the model wraps a single model, the layers are those of the wrapped model. Layers that only
    pass, rearrange or rescale values (such as dropout, flatten and batch normalization) are left
    out. If a layer is called several times, its first output is used.

    Parameters
    ----------
    model : keras.Model
        See :class:`mnistedu.inference.snapshot.Snapshot`.

    Attributes
    ----------
    kinds : dict of str to str
        Maps the name of each layer to the name of its class.

    Raises
    ------
    RuntimeError, ValueError
        As in :class:`mnistedu.inference.snapshot.Snapshot`.

    Examples
    --------
    >>> import mnistedu
    >>> probe = Probe(mnistedu.build_cnn(filters=(8,)))
    >>> list(probe.kinds.values())
    ['Conv2D', 'MaxPooling2D', 'ReLU', 'Dense']
    >>> activations = probe.activations(mnistedu.load_digits().test.images[0])
    >>> [output.shape for output in activations.outputs.values()]
    [(26, 26, 8), (13, 13, 8), (13, 13, 8), (10,)]
    """

    def __init__(self, model: keras.Model) -> None:
        import jax

        model = _unwrap(model)
        super().__init__(model)
        keras = import_keras()
        layers = [layer for layer in _sort_by_branch(model) if _is_informative(layer)]
        self.kinds = {layer.name: type(layer).__name__ for layer in layers}
        self._first = next((layer for layer in layers if layer.weights), None)
        layer_outputs = keras.Model(model.inputs[0], [layer.output for layer in layers])
        scores = score_function(model)

        def compute(weights: Weights, x: jax.Array) -> tuple[list, jax.Array, jax.Array]:
            values = list(zip(self._variables, weights, strict=True))
            with keras.StatelessScope(state_mapping=values):
                outputs = layer_outputs(x, training=False)
                digit = scores(x)[0].argmax()
                gradient = jax.grad(lambda x: scores(x)[0, digit])(x)
            return keras.tree.flatten(outputs), gradient, digit

        x = np.empty((1, *self._shape), np.float32)
        self._compute = jax.jit(compute).lower(self._copy, x).compile()

    def activations(self, image: np.ndarray) -> LayerActivations:
        """Compute the layer outputs and the saliency of an image.

        Parameters
        ----------
        image : ndarray of shape (28, 28), dtype uint8
            Grey levels, 0 for background.

        Returns
        -------
        activations : LayerActivations
            Outputs, saliency and predicted digit.
        """
        self.refresh()
        x = to_input(image).reshape(1, *self._shape)
        outputs, gradient, digit = self._compute(self._copy, x)
        return LayerActivations(
            {name: np.asarray(each)[0] for name, each in zip(self.kinds, outputs, strict=True)},
            np.abs(np.asarray(gradient)).reshape(28, 28),
            int(digit),
        )

    def occlusion(self, image: np.ndarray) -> np.ndarray:
        """Compute how much the predicted digit's probability decreases when parts are covered.

        Parameters
        ----------
        image : ndarray of shape (28, 28), dtype uint8
            Grey levels, 0 for background.

        Returns
        -------
        loss : ndarray of shape (28, 28), dtype float32
            See :func:`mnistedu.inspection.occlusion`.
        """
        return occlusion(lambda images: self(to_input(images)), image, step=2)

    def filters(self) -> np.ndarray | None:
        """Return the weights of the first layer as images.

        Returns
        -------
        filters : ndarray of shape (n, height, width) or None
            None if the layer is not applied to the pixels.
        """
        if self._first is None:
            return None
        self.refresh()
        kernel = self._first.weights[0]
        index = next(i for i, variable in enumerate(self._variables) if variable is kernel)
        try:
            return kernel_pictures(np.asarray(self._copy[index]))
        except ValueError:
            return None


def _unwrap(model: keras.Model) -> keras.Model:
    """Return the model inside, if there is exactly one and it takes the same inputs."""
    models = [layer for layer in model.layers if isinstance(layer, import_keras().Model)]
    if len(models) == 1 and models[0].input_shape == model.input_shape:
        return _unwrap(models[0])
    return model


def _sort_by_branch(model: keras.Model) -> list[keras.Layer]:
    """Return the layers in order of computation, each branch to its end before the next."""
    layers: dict[keras.Layer, None] = {}

    def visit(tensor: keras.KerasTensor) -> None:
        layer, call, _ = tensor._keras_history
        if layer not in layers:
            for source in layer._inbound_nodes[call].input_tensors:
                visit(source)
            layers[layer] = None

    visit(model.outputs[0])
    return list(layers)


def _is_informative(layer: keras.Layer) -> bool:
    """Return False for layers that only pass, rearrange or rescale values."""
    layers = import_keras().layers
    uninformative = (
        layers.InputLayer,
        layers.Dropout,
        layers.Flatten,
        layers.Reshape,
        layers.BatchNormalization,
        layers.EinsumDense,
        layers.Concatenate,
    )
    return not isinstance(layer, uninformative)
