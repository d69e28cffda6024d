"""A copy of the weights of the best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras


class BestWeights:
    """Copy of the weights and the optimizer's state after the best epoch.

    The best epoch is the one with the lowest validation loss, or training loss without validation.

    Parameters
    ----------
    model : keras.Model
        A built and compiled model. Its current weights are the best until an epoch has ended.

    Attributes
    ----------
    epoch : int or None
        The best epoch, starting at 0; None until an epoch has ended.

    Examples
    --------
    >>> import mnistedu
    >>> model = mnistedu.build_mlp(units=())
    >>> best = BestWeights(model)
    >>> best.update(0, {"val_loss": 0.3})
    >>> best.update(1, {"val_loss": 0.5})
    >>> best.epoch
    0
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self.epoch: int | None = None
        self._loss = math.inf
        self._values = self._copy()

    def update(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Copy the weights if an epoch is the best so far.

        Parameters
        ----------
        epoch : int
            The epoch that has ended, starting at 0.
        logs : mapping of str to float
            Its metrics, as in Keras's ``on_epoch_end``.
        """
        loss = logs.get("val_loss", logs.get("loss", math.nan))
        if loss < self._loss:
            self._loss, self.epoch = loss, epoch
            self._values = self._copy()

    def restore(self) -> None:
        """Restore the weights and the optimizer's state from the copy."""
        for variable, value in zip(self._variables(), self._values, strict=False):
            variable.assign(value)

    def _variables(self) -> list[keras.Variable]:
        return [*self._model.weights, *self._model.optimizer.variables]

    def _copy(self) -> list[np.ndarray]:
        # NumPy arrays, because Keras donates JAX arrays to its next training step.
        return [np.array(variable.value) for variable in self._variables()]
