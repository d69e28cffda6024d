"""Keras's layers for images that take the most time, written to be fast on a CPU.

XLA compiles a convolution well for an accelerator. On a CPU it does so only outside of loops, and
the gradient of its pooling is slow everywhere. So both have kernels of their own here, which are
compiled for the processor at hand; that of a convolution does the rectifier that mostly follows as
well. So have the products of a dense layer, which XLA makes with a library that is written for
larger matrices, and dropout, whose random numbers need not go through memory.

Convolutions and poolings that the kernels do not cover, such as windows that move in larger steps
or overlap while pooling, are made of shifted views of the image, as many as the window has places:
the largest of the views is max pooling; the views side by side, times the kernel as one matrix, are
a convolution.

The layers compute what Keras's own compute, have the same arguments, names and weights, and step
aside where they would not be faster: on a GPU or TPU, for channels that come first, for grouped
convolutions, and for very large batches of vectors.

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

import jax
import jax.numpy as jnp

from mnistedu._backend import import_keras
from mnistedu.layers import patches
from mnistedu.layers.kernels import primitives, registry

keras = import_keras()

__all__ = ["Conv2D", "Dense", "Dropout", "MaxPooling2D"]

_LARGEST_BATCH = 1024  # that a cache holds; for more XLA is faster


class Conv2D(keras.layers.Conv2D):
    """2D convolution layer: ``keras.layers.Conv2D`` with a fast way on the CPU.

    Takes the arguments of ``keras.layers.Conv2D`` and computes the same values and gradients. A
    saved model names Keras's own layer, so that it loads wherever Keras is.
    """

    __module__ = keras.layers.__name__  # what a saved model names as the place of this class

    def call(self, inputs: jax.Array) -> jax.Array:
        """Convolve a batch of images, float of shape (n, height, width, channels)."""
        if not (self._is_plain(inputs) and _suit_kernels(inputs, self.kernel)):
            return super().call(inputs)
        biases = self.bias if self.use_bias else jnp.zeros(self.filters, jnp.float32)
        rectify = self.activation is keras.activations.relu
        outputs = primitives.convolve(
            self._pad(inputs), jnp.asarray(self.kernel), jnp.asarray(biases), rectify
        )
        return outputs if rectify else self.activation(outputs)

    def convolution_op(self, inputs: jax.Array, kernel: jax.Array) -> jax.Array:
        """Convolve without bias and activation."""
        if self.groups != 1 or not _is_fast(self.data_format):
            return super().convolution_op(inputs, kernel)
        padded = self._pad(inputs)
        matrix = jnp.reshape(kernel, (-1, self.filters))
        geometry = self.kernel_size, self.strides, self.dilation_rate
        return patches.convolve(padded, matrix, *geometry)

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
    """Densely connected layer: ``keras.layers.Dense`` with a fast way on the CPU.

    Takes the arguments of ``keras.layers.Dense`` and computes the same values and gradients. A
    saved model names Keras's own layer, so that it loads wherever Keras is.
    """

    __module__ = keras.layers.__name__

    def call(self, inputs: jax.Array, training: bool | None = None) -> jax.Array:
        """Map a batch of vectors, float of shape (n, length)."""
        fits = inputs.ndim == 2 and inputs.size > 0 and len(inputs) <= _LARGEST_BATCH
        if not (fits and _suit_kernels(inputs, self.kernel)):
            return super().call(inputs, training)
        outputs = primitives.multiply(inputs, jnp.asarray(self.kernel))
        return self.activation(outputs + self.bias if self.use_bias else outputs)


class Dropout(keras.layers.Dropout):
    """Dropout layer: ``keras.layers.Dropout`` with a fast way on the CPU.

    Takes the arguments of ``keras.layers.Dropout`` and drops the same values for the same seed. A
    saved model names Keras's own layer, so that it loads wherever Keras is.
    """

    __module__ = keras.layers.__name__

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        """Drop values of a batch, float of shape (n, ...), in training."""
        plain = 0 < self.rate < 1 and self.noise_shape is None
        fits = 0 < inputs.size < 2**32  # as far as an index of 32 bits goes
        if not (training and plain and fits and _suit_kernels(inputs)):
            return super().call(inputs, training)
        return primitives.drop(inputs, self.seed_generator.next(), self.rate)


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
        padded = patches.pad(inputs, self.pool_size, self.strides, (1, 1), self.padding, -jnp.inf)
        if tuple(self.pool_size) != tuple(self.strides):
            views = patches.views(padded, self.pool_size, self.strides)
            return patches.largest(jnp.stack(views, axis=-2))
        height, width = (
            size // step * step for size, step in zip(padded.shape[1:3], self.strides, strict=True)
        )
        filled = padded[:, :height, :width]
        if filled.size and _suit_kernels(filled):
            return primitives.pool(filled, tuple(self.pool_size))
        return patches.largest(patches.to_blocks(filled, self.pool_size))


def _is_fast(data_format: str) -> bool:
    return data_format == "channels_last" and jax.default_backend() == "cpu"


def _suit_kernels(*arrays: jax.Array) -> bool:
    return (
        jax.default_backend() == "cpu"
        and all(array.dtype == "float32" for array in arrays)
        and registry.usable()
    )
