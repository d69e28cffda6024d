"""What goes on inside a Keras model for one image, fast enough to follow a pen."""

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
class Look:
    """What a model makes of one image.

    Attributes
    ----------
    outputs : dict of str to ndarray
        What each layer answers, by its name: maps of shape (height, width, n), or n values.
    saliency : ndarray of shape (28, 28), dtype float32
        How strongly each pixel moves the score of the answer.
    digit : int
        The answer.
    """

    outputs: dict[str, np.ndarray]
    saliency: np.ndarray
    digit: int


class Probe(Snapshot):
    """Look into a Keras model, from a copy of its weights that follows its training.

    A model around another is looked into where the layers are: at the one network inside it. Layers
    that leave all values as they are (dropout, flatten) are passed over, and what only changes
    their place and scale. Of a layer that is called several times the first answer is taken.

    Parameters
    ----------
    model : keras.Model
        As for :class:`mnistedu.inference.snapshot.Snapshot`.

    Attributes
    ----------
    kinds : dict of str to str
        The classes of the layers, by their names.

    Raises
    ------
    RuntimeError, ValueError
        As for :class:`mnistedu.inference.snapshot.Snapshot`.

    Examples
    --------
    >>> import mnistedu
    >>> probe = Probe(mnistedu.build_cnn(filters=(8,)))
    >>> list(probe.kinds.values())
    ['Conv2D', 'MaxPooling2D', 'ReLU', 'Dense']
    >>> look = probe.look(mnistedu.load_digits().test.images[0])
    >>> [output.shape for output in look.outputs.values()]
    [(26, 26, 8), (13, 13, 8), (13, 13, 8), (10,)]
    """

    def __init__(self, model: keras.Model) -> None:
        import jax

        model = _network_inside(model)
        super().__init__(model)
        keras = import_keras()
        layers = [layer for layer in _branch_by_branch(model) if _changes_pictures(layer)]
        self.kinds = {layer.name: type(layer).__name__ for layer in layers}
        self._first = next((layer for layer in layers if layer.weights), None)
        inside = keras.Model(model.inputs[0], [layer.output for layer in layers])
        score = score_function(model)

        def look(weights: Weights, x: jax.Array) -> tuple[list, jax.Array, jax.Array]:
            values = list(zip(self._variables, weights, strict=True))
            with keras.StatelessScope(state_mapping=values):
                outputs = inside(x, training=False)
                digit = score(x)[0].argmax()
                gradient = jax.grad(lambda x: score(x)[0, digit])(x)
            return keras.tree.flatten(outputs), gradient, digit

        x = np.empty((1, *self._shape), np.float32)
        self._look = jax.jit(look).lower(self._copy, x).compile()

    def look(self, image: np.ndarray) -> Look:
        """Show the model one image.

        Parameters
        ----------
        image : ndarray of shape (28, 28), dtype uint8

        Returns
        -------
        look : Look
        """
        self.refresh()
        x = to_input(image).reshape(1, *self._shape)
        outputs, gradient, digit = self._look(self._copy, x)
        return Look(
            {name: np.asarray(each)[0] for name, each in zip(self.kinds, outputs, strict=True)},
            np.abs(np.asarray(gradient)).reshape(28, 28),
            int(digit),
        )

    def occlusion(self, image: np.ndarray) -> np.ndarray:
        """Give how much of the answer's probability is lost where a square is covered.

        Parameters
        ----------
        image : ndarray of shape (28, 28), dtype uint8

        Returns
        -------
        loss : ndarray of shape (28, 28), dtype float32
        """
        return occlusion(lambda images: self(to_input(images)), image, step=2)

    def filters(self) -> np.ndarray | None:
        """Give the weights of the first layer as pictures; None if it does not see the pixels.

        Returns
        -------
        filters : ndarray of shape (n, height, width), or None
        """
        if self._first is None:
            return None
        self.refresh()
        kernel = self._first.weights[0]
        place = next(i for i, variable in enumerate(self._variables) if variable is kernel)
        try:
            return kernel_pictures(np.asarray(self._copy[place]))
        except ValueError:
            return None


def _network_inside(model: keras.Model) -> keras.Model:
    inside = [layer for layer in model.layers if isinstance(layer, import_keras().Model)]
    if len(inside) == 1 and inside[0].input_shape == model.input_shape:
        return _network_inside(inside[0])
    return model


def _branch_by_branch(model: keras.Model) -> list[keras.Layer]:
    """Give the layers in the order of computing, one branch to its end before the next."""
    layers: dict[keras.Layer, None] = {}

    def visit(tensor: keras.KerasTensor) -> None:
        layer, call, _ = tensor._keras_history
        if layer not in layers:
            for source in layer._inbound_nodes[call].input_tensors:
                visit(source)
            layers[layer] = None

    visit(model.outputs[0])
    return list(layers)


def _changes_pictures(layer: keras.Layer) -> bool:
    """Tell whether what comes out looks other than what goes in, but for its place and scale."""
    layers = import_keras().layers
    passing = (
        layers.InputLayer,
        layers.Dropout,
        layers.Flatten,
        layers.Reshape,
        layers.BatchNormalization,
        layers.EinsumDense,
        layers.Concatenate,
    )
    return not isinstance(layer, passing)
