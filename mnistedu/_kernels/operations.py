"""The compiled kernels as functions of JAX, with gradients of any order."""

from __future__ import annotations

import ctypes
import functools
import os
import threading
import warnings
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from llvmlite import binding as llvm
from llvmlite import ir

from mnistedu import _windows
from mnistedu._kernels import convolution, pooling
from mnistedu._kernels.convolution import Shape
from mnistedu._kernels.handler import add_handler
from mnistedu._kernels.machine import compile_module, registers

_compiling = threading.Lock()
_PIECES = os.cpu_count() or 1  # of the sum over the images of a batch


@functools.cache
def usable() -> bool:
    """Tell whether LLVM and XLA take the kernels here: by trying."""
    if os.name != "posix":  # nobody has tried; a mistake would end the process
        return False
    try:
        with _compiling:
            _compile("convolve", Shape(3, 3, 1, 3, 3, 1))
    except Exception as error:  # whatever else a version or a processor has in store
        warnings.warn(
            f"convolutions will be slow: compiling them for this processor failed ({error})",
            stacklevel=2,
        )
        return False
    return True


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def convolve(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, rectify: bool = False
) -> jax.Array:
    """Convolve images without a border, add the biases, and make what is negative 0 if wanted.

    All is float32: the images of shape (n, height, width, channels), the kernel (height, width,
    channels, filters) and no larger than they, the biases (filters,).
    """
    shape = Shape(*images.shape[1:], *kernel.shape[:2], kernel.shape[3])
    result = len(images), shape.rows, shape.columns, shape.filters
    kind = "convolve_and_rectify" if rectify else "convolve"
    return _call(kind, shape, result, images, kernel, biases)


@jax.custom_vjp
def weights_gradient(images: jax.Array, gradients: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Give the gradients of kernel and biases for those of the outputs before the rectifier."""
    (_, height, width, channels), (_, rows, columns, filters) = images.shape, gradients.shape
    shape = Shape(height, width, channels, height - rows + 1, width - columns + 1, filters)
    sums = _call("gradient", shape, (_PIECES, shape.weights + filters), images, gradients)
    kernel, biases = jnp.split(sums.sum(axis=0), [shape.weights])
    return kernel.reshape(shape.kernel_height, shape.kernel_width, channels, filters), biases


def images_gradient(gradients: jax.Array, kernel: jax.Array) -> jax.Array:
    """Give the gradient of the images for that of the outputs before the rectifier."""
    rows, columns = (size - 1 for size in kernel.shape[:2])
    framed = jnp.pad(gradients, [(0, 0), (rows, rows), (columns, columns), (0, 0)])
    turned = kernel[::-1, ::-1].swapaxes(2, 3)
    return convolve(framed, turned, jnp.zeros(turned.shape[3], jnp.float32))


def _convolve_forward(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, rectify: bool
) -> tuple[jax.Array, tuple]:
    outputs = convolve(images, kernel, biases, rectify)
    return outputs, (images, kernel, outputs if rectify else None)


def _convolve_backward(rectify: bool, kept: tuple, gradients: jax.Array) -> tuple:
    images, kernel, outputs = kept
    if rectify:
        gradients = jnp.where(outputs > 0, gradients, 0)
    return images_gradient(gradients, kernel), *weights_gradient(images, gradients)


convolve.defvjp(_convolve_forward, _convolve_backward)
weights_gradient.defvjp(
    lambda images, gradients: (weights_gradient(images, gradients), (images, gradients)),
    lambda kept, moves: (images_gradient(kept[1], moves[0]), convolve(kept[0], *moves)),
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))
def pool(images: jax.Array, window: tuple[int, int]) -> jax.Array:
    """Give the largest value of each window, for each channel.

    The images are float32 of shape (n, height, width, channels), and the windows fill them.
    """
    shape = _pooling_shape(images, window)
    return _call("pool", shape, (len(images), *shape[:3]), images)


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def unpool(
    images: jax.Array, outputs: jax.Array, gradients: jax.Array, window: tuple[int, int]
) -> jax.Array:
    """Give the gradient of the images for that of the outputs: it goes to the first of equals."""
    shape = _pooling_shape(images, window)
    return _call("unpool", shape, images.shape, images, outputs, gradients)


def _unpool_backward(window: tuple[int, int], kept: tuple, moves: jax.Array) -> tuple:
    images, outputs = kept
    chosen = unpool(images, outputs, jnp.ones_like(outputs), window) * moves
    return (
        jnp.zeros_like(images),
        jnp.zeros_like(outputs),
        _windows.to_blocks(chosen, window).sum(axis=-2),
    )


def _pool_forward(images: jax.Array, window: tuple[int, int]) -> tuple[jax.Array, tuple]:
    outputs = pool(images, window)
    return outputs, (images, outputs)


pool.defvjp(_pool_forward, lambda window, kept, gradients: (unpool(*kept, gradients, window),))
unpool.defvjp(
    lambda images, outputs, gradients, window: (
        unpool(images, outputs, gradients, window),
        (images, outputs),
    ),
    _unpool_backward,
)


def _pooling_shape(images: jax.Array, window: tuple[int, int]) -> pooling.Shape:
    _, height, width, channels = images.shape
    return pooling.Shape(height // window[0], width // window[1], channels, *window)


def _call(kind: str, shape: NamedTuple, result: tuple[int, ...], *inputs: jax.Array) -> jax.Array:
    with _compiling:
        _compile(kind, shape)
    output = jax.ShapeDtypeStruct(result, jnp.float32)
    return jax.ffi.ffi_call(_name(kind, shape), output, vmap_method="sequential")(*inputs)


@functools.cache
def _compile(kind: str, shape: NamedTuple) -> llvm.ExecutionEngine:
    """Compile a kernel, once in a process, and tell XLA where it is."""
    jax.devices("cpu")  # what is told before XLA has started must not be refused
    write, pieces = _KERNELS[kind]
    module = ir.Module()
    handler = add_handler(module, write(module, shape, registers()), pieces)
    engine = compile_module(module)
    address = ctypes.c_void_p(engine.get_function_address(handler.name))
    jax.ffi.register_ffi_target(_name(kind, shape), jax.ffi.pycapsule(address))
    return engine


def _name(kind: str, shape: NamedTuple) -> str:
    return "_".join(["mnistedu", kind, *map(str, shape)])


# How each is written, and into how many pieces its work is cut: None for one for each image.
_KERNELS: dict[str, tuple[Callable[..., ir.Function], int | None]] = {
    "convolve": (functools.partial(convolution.convolve, rectify=False), None),
    "convolve_and_rectify": (functools.partial(convolution.convolve, rectify=True), None),
    "pool": (pooling.pool, None),
    "unpool": (pooling.unpool, None),
    "gradient": (functools.partial(convolution.gradient, pieces=_PIECES), _PIECES),
}
