"""Keras's convolution and max-pooling layers, written to be fast on a CPU.

XLA compiles a convolution well for an accelerator. On a CPU it does so only outside of loops, and
the gradient of its pooling is slow everywhere. Both are made here from the same few parts: as many
shifted views of the image as the window has places. The largest of the views is max pooling; the
views side by side, times the kernel as one matrix, are a convolution.

The layers compute what Keras's own compute, have the same arguments, names and weights, and step
aside where they would not be faster: on a GPU or TPU, for channels that come first, and for grouped
convolutions.

References
----------
Chellapilla, K., Puri, S. and Simard, P. (2006). High performance convolutional neural networks for
document processing. Tenth International Workshop on Frontiers in Handwriting Recognition.

Examples
--------
>>> import numpy as np
>>> images = np.random.default_rng(0).random((5, 28, 28, 1), dtype="float32")
>>> MaxPooling2D()(Conv2D(32, 3, activation="relu")(images)).shape
(5, 13, 13, 32)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import jax
import jax.numpy as jnp

from mnistedu._backend import import_keras

keras = import_keras()

__all__ = ["Conv2D", "MaxPooling2D"]

_VALUES_IN_CACHE = 800_000  # a few megabytes: larger intermediates are made piece by piece


class Conv2D(keras.layers.Conv2D):
    """2D convolution layer: ``keras.layers.Conv2D`` with a fast way on the CPU.

    Takes the arguments of ``keras.layers.Conv2D`` and computes the same values and gradients. A
    saved model names Keras's own layer, so that it loads wherever Keras is.
    """

    __module__ = keras.layers.__name__  # what a saved model names as the place of this class

    def convolution_op(self, inputs: jax.Array, kernel: jax.Array) -> jax.Array:
        """Convolve a batch of images, float of shape (n, height, width, channels)."""
        if self.groups != 1 or not _is_fast(self.data_format):
            return super().convolution_op(inputs, kernel)
        geometry = self.kernel_size, self.strides, self.dilation_rate
        padded = _pad(inputs, *geometry, self.padding, 0)
        matrix = jnp.reshape(kernel, (-1, self.filters))

        def convolve(images: jax.Array) -> jax.Array:
            columns = jnp.concatenate(_views(images, *geometry), axis=-1)
            outputs = columns.reshape(-1, len(matrix)) @ matrix
            return outputs.reshape(*columns.shape[:-1], self.filters)

        count, height, width, _ = self.compute_output_shape(inputs.shape)
        values = count * height * width * len(matrix)
        wanted = max(1, -(-values // _VALUES_IN_CACHE))
        pieces = next((n for n in range(wanted, count + 1) if count % n == 0), 1)
        if pieces == 1:
            return convolve(padded)
        # The views are made anew for the gradient: that is faster than to fetch them from memory.
        outputs = jax.lax.map(
            jax.checkpoint(convolve), padded.reshape(pieces, -1, *padded.shape[1:])
        )
        return outputs.reshape(count, height, width, self.filters)


class MaxPooling2D(keras.layers.MaxPooling2D):
    """Max pooling layer: ``keras.layers.MaxPooling2D`` with a fast way on the CPU.

    Takes the arguments of ``keras.layers.MaxPooling2D`` and computes the same values and gradients:
    where several places of a window hold the maximum, the first of them gets the gradient. A saved
    model names Keras's own layer, so that it loads wherever Keras is.
    """

    __module__ = keras.layers.__name__

    def call(self, inputs: jax.Array) -> jax.Array:
        """Pool a batch of images, float of shape (n, height, width, channels)."""
        if not _is_fast(self.data_format):
            return super().call(inputs)
        geometry = self.pool_size, self.strides, (1, 1)
        padded = _pad(inputs, *geometry, self.padding, -jnp.inf)
        return reduce(_first_maximum, _views(padded, *geometry))


def _is_fast(data_format: str) -> bool:
    return data_format == "channels_last" and jax.default_backend() == "cpu"


def _first_maximum(first: jax.Array, second: jax.Array) -> jax.Array:
    # Not jnp.maximum: that shares the gradient of a tie, and Keras's pooling does not.
    return jnp.where((second > first) | jnp.isnan(second), second, first)


def _pad(
    images: jax.Array,
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: str,
    value: float,
) -> jax.Array:
    """Pad images as XLA does for ``padding``, "same" or "valid"."""
    extent = [(size - 1) * step + 1 for size, step in zip(window, dilation, strict=True)]
    margins = jax.lax.padtype_to_pads(images.shape[1:3], extent, strides, padding.upper())
    if not any(map(any, margins)):
        return images
    return jnp.pad(images, [(0, 0), *margins, (0, 0)], constant_values=value)


def _views(
    images: jax.Array, window: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> list[jax.Array]:
    """Give, for each place of a sliding window in turn, the pixels that fall on it."""
    starts = [range(0, size * step, step) for size, step in zip(window, dilation, strict=True)]
    reach = [places[-1] for places in starts]
    height, width = (size - last for size, last in zip(images.shape[1:3], reach, strict=True))
    return [
        images[:, top : top + height : strides[0], left : left + width : strides[1]]
        for top in starts[0]
        for left in starts[1]
    ]
