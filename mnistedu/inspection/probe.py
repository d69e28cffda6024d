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
    inputs : dict of str to ndarray
        Maps the name of each convolution to its input, of shape (height, width, n).
    saliency : ndarray of shape (28, 28), dtype float32
        Absolute gradient of the predicted digit's score.
    digit : int
        The predicted digit.
    """

    outputs: dict[str, np.ndarray]
    inputs: dict[str, np.ndarray]
    saliency: np.ndarray
    digit: int


@dataclass(frozen=True, eq=False)
class Window:
    """What a convolution computes one of its outputs from.

    Attributes
    ----------
    values : ndarray of shape (height, width, n_inputs)
        The part of the input below the kernel; zero outside the input.
    kernel : ndarray of shape (height, width, n_inputs)
    bias : float
    output : float
        The layer's output: ``(values * kernel).sum() + bias``, after the layer's activation.
    """

    values: np.ndarray
    kernel: np.ndarray
    bias: float
    output: float


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
    shapes : dict of str to tuple of int
        Maps the name of each layer to the shape of its output for one image.

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
        self.shapes = {
            layer.name: tuple(layer._inbound_nodes[0].output_tensors[0].shape[1:])
            for layer in layers
        }
        self._first = next((layer for layer in layers if layer.weights), None)
        self._convolutions = {
            layer.name: layer for layer in layers if isinstance(layer, keras.layers.Conv2D)
        }
        inputs = [layer._inbound_nodes[0].input_tensors[0] for layer in self._convolutions.values()]
        tensors = keras.Model(model.inputs[0], [[layer.output for layer in layers], inputs])
        scores = score_function(model)

        def compute(weights: Weights, x: jax.Array) -> tuple[list, list, jax.Array, jax.Array]:
            values = list(zip(self._variables, weights, strict=True))
            with keras.StatelessScope(state_mapping=values):
                outputs, inputs = tensors(x, training=False)
                digit = scores(x)[0].argmax()
                gradient = jax.grad(lambda x: scores(x)[0, digit])(x)
            return outputs, inputs, gradient, digit

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
        outputs, inputs, gradient, digit = self._compute(self._copy, x)
        return LayerActivations(
            {name: np.asarray(each)[0] for name, each in zip(self.kinds, outputs, strict=True)},
            {n: np.asarray(each)[0] for n, each in zip(self._convolutions, inputs, strict=True)},
            np.abs(np.asarray(gradient)).reshape(28, 28),
            int(digit),
        )

    def window(
        self, activations: LayerActivations, layer: str, index: int, row: int, column: int
    ) -> Window | None:
        """Return what a convolution computed one of its outputs from.

        Parameters
        ----------
        activations : LayerActivations
        layer : str
            The name of the layer.
        index : int
            The number of the map.
        row, column : int
            The pixel of the map.

        Returns
        -------
        window : Window or None
            None if the layer is not a convolution, or one with dilation or groups.
        """
        convolution = self._convolutions.get(layer)
        if convolution is None or convolution.groups > 1 or max(convolution.dilation_rate) > 1:
            return None
        kernel, *bias = (self._copied(variable) for variable in convolution.weights)
        values, strides = activations.inputs[layer], convolution.strides
        if convolution.padding == "same":
            values = _pad_same(values, kernel.shape, strides)
        top, left = row * strides[0], column * strides[1]
        return Window(
            values[top : top + kernel.shape[0], left : left + kernel.shape[1]],
            kernel[..., index],
            float(bias[0][index]) if bias else 0.0,
            float(activations.outputs[layer][row, column, index]),
        )

    def activation(self, layer: str) -> str:
        """Return the name of a convolution's activation.

        Parameters
        ----------
        layer : str
            The name of the layer.

        Returns
        -------
        name : str
            ``"linear"`` if it has none, or is not a convolution.
        """
        convolution = self._convolutions.get(layer)
        return getattr(getattr(convolution, "activation", None), "__name__", "linear")

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
        try:
            return kernel_pictures(self._copied(self._first.weights[0]))
        except ValueError:
            return None

    def _copied(self, weight: keras.Variable) -> np.ndarray:
        """Return the copy of a weight."""
        index = next(i for i, variable in enumerate(self._variables) if variable is weight)
        return np.asarray(self._copy[index])


def _pad_same(values: np.ndarray, kernel: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """Pad an input with zeros as Keras does for ``padding="same"``."""
    sides = []
    for size, length, stride in zip(values.shape[:2], kernel[:2], strides, strict=True):
        total = max((-(-size // stride) - 1) * stride + length - size, 0)
        sides.append((total // 2, total - total // 2))
    return np.pad(values, [*sides, (0, 0)])


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
