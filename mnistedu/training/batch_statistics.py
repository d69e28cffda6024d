"""Estimation of the statistics of batch normalization at the end of an epoch.

In training, batch normalization uses the mean and variance of each batch; in prediction, moving
averages of them. The moving averages lag behind the weights: after a few dozen steps they still
reflect earlier weights, and a network that classifies its batches correctly fails on the same
images in prediction. Averages over batches with the current weights do not lag behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import jax

from mnistedu._backend import import_keras
from mnistedu.inference.keras_model import image_shape
from mnistedu.training.devices import take_images
from mnistedu.training.steps import read_state, to_float

if TYPE_CHECKING:
    import keras

UpdateStatistics = Callable[[jax.Array, jax.Array], None]

_IMAGES = 2000  # enough for means and variances, and fast compared with an epoch of MNIST


def make_statistics_update(model: keras.Model, *, batch_size: int) -> UpdateStatistics | None:
    """Return a function that estimates the statistics of a model's batch normalization.

    Parameters
    ----------
    model : keras.Model
        A built model.
    batch_size : int
        Number of images per batch, as in training.

    Returns
    -------
    update : callable or None
        A function of uint8 images of shape (n, 28, 28) and their order, with at least one batch. It
        replaces the moving averages by averages over the batches of the first 2,000 images in that
        order. None if the model has no batch normalization.

    References
    ----------
    Y. Wu, J. Johnson, "Rethinking 'Batch' in BatchNorm", arXiv:2105.07576, 2021, section 3.

    Examples
    --------
    >>> import mnistedu
    >>> make_statistics_update(mnistedu.build_mlp(), batch_size=32) is None
    True
    """
    averages = _moving_averages(model)
    if not averages:
        return None
    shape = image_shape(model)

    @jax.jit
    def estimate(
        trainable: list[jax.Array],
        fixed: list[jax.Array],
        images: jax.Array,
        order: jax.Array,
        start: jax.Array,
    ) -> list[jax.Array]:
        # The statistics of the batch follow from one update of the moving averages.
        rows = jax.lax.dynamic_slice_in_dim(order, start, batch_size)
        x = to_float(take_images(images, rows)).reshape(-1, *shape)
        _, updated = model.stateless_call(trainable, fixed, x, training=True)
        return [
            (updated[index] - momentum * fixed[index]) / (1 - momentum)
            for index, momentum in averages.items()
        ]

    def update(images: jax.Array, order: jax.Array) -> None:
        trainable, fixed, *_ = read_state(model)
        count = max(1, min(_IMAGES, len(order)) // batch_size)
        estimates = [
            estimate(trainable, fixed, images, order, number * batch_size)
            for number in range(count)
        ]
        for index, values in zip(averages, zip(*estimates, strict=True), strict=True):
            model.non_trainable_variables[index].assign(sum(values) / count)

    return update


def _moving_averages(model: keras.Model) -> dict[int, float]:
    """Return the momentum of each moving average, by index in the non-trainable variables."""
    momenta = {
        id(variable): layer.momentum
        for layer in model._flatten_layers()
        if isinstance(layer, import_keras().layers.BatchNormalization) and layer.momentum < 1
        for variable in (layer.moving_mean, layer.moving_variance)
    }
    return {
        index: momenta[id(variable)]
        for index, variable in enumerate(model.non_trainable_variables)
        if id(variable) in momenta
    }
