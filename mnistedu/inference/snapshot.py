"""Predictions from a copy of a Keras model's weights, while the model itself may be training."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from mnistedu.inference.keras_model import check_classes, image_shape

if TYPE_CHECKING:
    import keras

BATCH = 128  # images per call; smaller batches are padded, so that one program is enough


class Snapshot:
    """Predict from a copy of a Keras model's weights.

    Keras donates a model's weights to each training step, and they cannot be read until it ends.
    Predictions therefore use a copy, which is updated whenever the model has new weights that can
    be read.

    Parameters
    ----------
    model : keras.Model
        A model from images of 784 pixels, in any shape, to ten probabilities.

    Raises
    ------
    ValueError
        If the model's input or output has another size.
    RuntimeError
        If the weights cannot be read because the model is training.

    Examples
    --------
    >>> import mnistedu
    >>> predict = Snapshot(mnistedu.build_mlp())
    >>> predict(np.zeros((3, 28, 28, 1), np.float32)).shape
    (3, 10)
    """

    def __init__(self, model: keras.Model) -> None:
        import jax

        check_classes(model)
        self._shape = image_shape(model)
        self._variables = [*model.trainable_variables, *model.non_trainable_variables]
        self._seen: list = []
        self._copy: list = []
        self.refresh()
        if len(self._copy) != len(self._variables):
            raise RuntimeError(
                "the model's weights cannot be read while it trains; create the recognizer before "
                "or after the training"
            )

        trainable = len(model.trainable_variables)

        def predict(weights: list, x: jax.Array) -> jax.Array:
            state = weights[:trainable], weights[trainable:]
            return model.stateless_call(*state, x, training=False)[0]

        # Traced only here: Keras must not be called while it trains in another thread.
        program = jax.jit(predict)
        self._lowered = {
            count: program.lower(self._copy, np.empty((count, *self._shape), np.float32))
            for count in (1, BATCH)
        }
        self._compiled: dict = {}

    def refresh(self) -> None:
        """Update the copy if the model has new weights that can be read."""
        import jax.numpy as jnp

        try:
            values = [variable.value for variable in self._variables]
            if len(values) == len(self._seen) and all(map(operator.is_, values, self._seen)):
                return
            copy = [jnp.array(value, copy=True) for value in values]
            if any(v.value is not value for v, value in zip(self._variables, values, strict=True)):
                return  # a training step has replaced them
        except (RuntimeError, TypeError, ValueError):
            return  # donated to a training step, or missing
        self._seen, self._copy = values, copy

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Predict from the newest weights that can be read.

        Parameters
        ----------
        x : ndarray of shape (n, 28, 28, 1)
            Images in [0, 1], as returned by :func:`mnistedu.to_input`.

        Returns
        -------
        probabilities : ndarray of shape (n, 10)
            Probability of each digit.
        """
        self.refresh()
        x = x.reshape(-1, *self._shape)
        if len(x) == 1:
            return self._predict(x)
        outputs = []
        for start in range(0, len(x), BATCH):
            batch = x[start : start + BATCH]
            padding = [(0, BATCH - len(batch))] + [(0, 0)] * len(self._shape)
            outputs.append(self._predict(np.pad(batch, padding)))
        return np.concatenate(outputs)[: len(x)]

    def _predict(self, x: np.ndarray) -> np.ndarray:
        if len(x) not in self._compiled:
            self._compiled[len(x)] = self._lowered[len(x)].compile()
        return np.asarray(self._compiled[len(x)](self._copy, x))
