"""Keras's layers for images that take the most time, written to be fast on a CPU.

XLA compiles a convolution well for an accelerator. On a CPU it does so only outside of loops, and
the gradient of its max pooling is slow everywhere. So convolution, max pooling, the matrix products
of a dense layer and dropout have kernels of their own here, which are compiled for the host's
processor (see `kernels`).

Convolutions and poolings that the kernels do not cover, such as those with strides or with windows
that overlap, are computed from shifted views of the images (see `patches`).

The layers compute what Keras's own compute, have the same arguments, names and weights, and fall
back on Keras's own where they would not be faster: on a GPU or TPU, for channels that come first,
for grouped convolutions, for very large batches of vectors, and where weights are divided over
devices.

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

import functools
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

from mnistedu._backend import import_keras
from mnistedu.layers import patches
from mnistedu.layers.kernels.availability import is_available
from mnistedu.layers.sharding import map_shards, replicates_weights

if TYPE_CHECKING:
    import keras
else:
    keras = import_keras()

__all__ = ["Conv2D", "Dense", "Dropout", "MaxPooling2D"]

_MAX_ROWS = 1024  # of a batch that fits into the processor's cache; for more XLA is faster


class Conv2D(keras.layers.Conv2D):
    """2D convolution layer: ``keras.layers.Conv2D``, faster on a CPU.

    Takes the arguments of ``keras.layers.Conv2D`` and computes the same values and gradients. A
    saved model names Keras's own layer, so that it loads wherever Keras is installed.
    """

    __module__ = keras.layers.__name__  # the module of this class in a saved model

    def call(self, inputs: jax.Array) -> jax.Array:
        """Convolve a batch of images.

        Parameters
        ----------
        inputs : jax.Array of shape (n, height, width, channels)
            The images.

        Returns
        -------
        outputs : jax.Array of shape (n, rows, columns, filters)
            After biases and activation.
        """
        if not (self._is_plain(inputs) and _has_kernel("conv2d", inputs, self.kernel)):
            return super().call(inputs)
        from mnistedu.layers.kernels import primitives

        biases = self.bias if self.use_bias else jnp.zeros(self.filters, jnp.float32)
        relu = self.activation is keras.activations.relu
        conv2d = functools.partial(primitives.conv2d, relu=relu)
        outputs = map_shards(
            conv2d, self._pad(inputs), jnp.asarray(self.kernel), jnp.asarray(biases)
        )
        return outputs if relu else self.activation(outputs)

    def convolution_op(self, inputs: jax.Array, kernel: jax.Array) -> jax.Array:
        """Convolve without biases and activation.

        Parameters
        ----------
        inputs : jax.Array of shape (n, height, width, channels)
            The images.
        kernel : jax.Array of shape (kernel_height, kernel_width, channels, filters)
            The layer's kernel.

        Returns
        -------
        outputs : jax.Array of shape (n, rows, columns, filters)
            The sums, in the precision of the kernel.
        """
        if self.groups != 1 or not _is_fast(self.data_format):
            return super().convolution_op(inputs, kernel)
        kernel = jnp.asarray(kernel)
        images = jnp.asarray(inputs, kernel.dtype)
        # Sums of half precision are computed in single precision, as XLA's are.
        images, wide = (a.astype(jnp.promote_types(a.dtype, jnp.float32)) for a in (images, kernel))
        conv2d = functools.partial(
            patches.conv2d, strides=self.strides, dilation=self.dilation_rate
        )
        outputs = map_shards(conv2d, self._pad(images), wide)
        return outputs.astype(kernel.dtype)

    def _pad(self, inputs: jax.Array) -> jax.Array:
        geometry = self.kernel_size, self.strides, self.dilation_rate
        return patches.pad(inputs, *geometry, self.padding, 0)

    def _is_plain(self, inputs: jax.Array) -> bool:
        return (
            self.data_format == "channels_last"
            and self.groups == 1
            and set(self.strides) == set(self.dilation_rate) == {1}
            and min(self.compute_output_shape(inputs.shape)[1:]) > 0
        )


class Dense(keras.layers.Dense):
    """Densely connected layer: ``keras.layers.Dense``, faster on a CPU.

    Takes the arguments of ``keras.layers.Dense`` and computes the same values and gradients. A
    saved model names Keras's own layer, so that it loads wherever Keras is installed.
    """

    __module__ = keras.layers.__name__

    def call(self, inputs: jax.Array, training: bool | None = None) -> jax.Array:
        """Multiply a batch of vectors with the kernel.

        Parameters
        ----------
        inputs : jax.Array of shape (n, length)
            The vectors; more axes are left to Keras.
        training : bool, default=None
            Makes no difference.

        Returns
        -------
        outputs : jax.Array of shape (n, units)
            After biases and activation.
        """
        fits = inputs.ndim == 2 and inputs.size > 0 and len(inputs) <= _MAX_ROWS
        if not (fits and _has_kernel("matmul", inputs, self.kernel)):
            return super().call(inputs, training)
        from mnistedu.layers.kernels import primitives

        outputs = map_shards(primitives.matmul, jnp.asarray(inputs), jnp.asarray(self.kernel))
        if self.use_bias:
            outputs += jnp.reshape(self.bias, (1, -1))
        return self.activation(outputs)


class Dropout(keras.layers.Dropout):
    """Dropout layer: ``keras.layers.Dropout``, faster on a CPU.

    Takes the arguments of ``keras.layers.Dropout`` and drops the same elements for the same seed. A
    saved model names Keras's own layer, so that it loads wherever Keras is installed.
    """

    __module__ = keras.layers.__name__

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        """Drop elements of a batch in training.

        Parameters
        ----------
        inputs : jax.Array of shape (n, ...)
            Any arrays.
        training : bool, default=False
            Whether to drop elements.

        Returns
        -------
        outputs : jax.Array of shape (n, ...)
            In training with zeros in place of what is dropped.
        """
        is_plain = 0 < self.rate < 1 and self.noise_shape is None
        fits = 0 < inputs.size < 2**32  # elements that have an index of 32 bits
        is_whole = keras.distribution.distribution() is None  # the kernel counts from its element 0
        if not (training and is_plain and fits and is_whole and _has_kernel("dropout", inputs)):
            return super().call(inputs, training)
        from mnistedu.layers.kernels import primitives

        return primitives.dropout(inputs, self.seed_generator.next(), self.rate)


class MaxPooling2D(keras.layers.MaxPooling2D):
    """Max pooling layer: ``keras.layers.MaxPooling2D``, faster on a CPU.

    Takes the arguments of ``keras.layers.MaxPooling2D`` and computes the same values and gradients:
    of equal maxima in a window, the first one gets the gradient. A saved model names Keras's own
    layer, so that it loads wherever Keras is installed.
    """

    __module__ = keras.layers.__name__

    def call(self, inputs: jax.Array) -> jax.Array:
        """Pool a batch of images.

        Parameters
        ----------
        inputs : jax.Array of shape (n, height, width, channels)
            The images.

        Returns
        -------
        outputs : jax.Array of shape (n, rows, columns, channels)
            The maximum of each window.
        """
        if not (_is_fast(self.data_format) and jnp.issubdtype(inputs.dtype, jnp.floating)):
            return super().call(inputs)
        return map_shards(self._pool, inputs)

    def _pool(self, inputs: jax.Array) -> jax.Array:
        padded = patches.pad(inputs, self.pool_size, self.strides, (1, 1), self.padding, -jnp.inf)
        if tuple(self.pool_size) != tuple(self.strides):
            views = patches.shifted_views(padded, self.pool_size, self.strides)
            return patches.max_over_window(jnp.stack(views, axis=-2))
        height, width = (
            size // step * step for size, step in zip(padded.shape[1:3], self.strides, strict=True)
        )
        filled = padded[:, :height, :width]
        if filled.size and _has_kernel("max_pool", filled):
            from mnistedu.layers.kernels import primitives

            return primitives.max_pool(filled, tuple(self.pool_size))
        return patches.max_over_window(patches.to_windows(filled, self.pool_size))


def _is_fast(data_format: str) -> bool:
    return data_format == "channels_last" and _is_on_cpu()


def _has_kernel(name: str, *arrays: jax.Array) -> bool:
    return _is_on_cpu() and all(array.dtype == "float32" for array in arrays) and is_available(name)


def _is_on_cpu() -> bool:
    return jax.default_backend() == "cpu" and replicates_weights()
