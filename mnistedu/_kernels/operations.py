"""The compiled kernels as functions of JAX, with gradients of any order."""

from __future__ import annotations

import ctypes
import functools
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from llvmlite import binding as llvm
from llvmlite import ir

from mnistedu import _windows
from mnistedu._kernels import convolution, pooling
from mnistedu._kernels.convolution import Shape
from mnistedu._kernels.handler import HANDLER, add_handler
from mnistedu._kernels.machine import compile_module, load, registers
from mnistedu._kernels.store import remember

_compiling = threading.Lock()
_PIECES = os.cpu_count() or 1  # of the sum over the images of a batch
_SHARES = 4 * _PIECES  # of the images whose gradient is wanted: who is done early takes another


class Kernel(NamedTuple):
    """How a kernel is written, into how many pieces its work is cut, how many outputs it has."""

    write: Callable[..., ir.Function]
    pieces: int | None = None  # one for each image
    n_outputs: int = 1


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
    (outputs,) = _call(kind, shape, [result], images, kernel, biases)
    return outputs


@jax.custom_vjp
def images_gradient(
    gradients: jax.Array, kernel: jax.Array, outputs: jax.Array | None
) -> jax.Array:
    """Give the gradient of the images for that of the outputs; with a rectifier give these, too."""
    height, width, channels, filters = kernel.shape
    rows, columns = (
        size + 2 * (extent - 1)
        for size, extent in zip(gradients.shape[1:3], kernel.shape[:2], strict=True)
    )
    shape = Shape(rows, columns, filters, height, width, channels)
    result = len(gradients), shape.rows, shape.columns, channels
    room = _SHARES, rows * columns * filters
    turned = kernel[::-1, ::-1].swapaxes(2, 3)
    sources = [gradients] if outputs is None else [gradients, outputs]
    kind = "images_gradient" if outputs is None else "rectified_images_gradient"
    return _call(kind, shape, [result, room], *sources, turned)[0]


@jax.custom_vjp
def weights_gradient(
    images: jax.Array, gradients: jax.Array, outputs: jax.Array | None
) -> tuple[jax.Array, jax.Array]:
    """Give the gradients of kernel and biases; with a rectifier give the outputs, too."""
    (_, height, width, channels), (_, rows, columns, filters) = images.shape, gradients.shape
    shape = Shape(height, width, channels, height - rows + 1, width - columns + 1, filters)
    result, room = (_PIECES, shape.weights + filters), (_PIECES, rows * columns * filters)
    sources = [gradients] if outputs is None else [gradients, outputs]
    kind = "weights_gradient" if outputs is None else "rectified_weights_gradient"
    sums, _ = _call(kind, shape, [result, room], images, *sources)
    kernel, biases = jnp.split(sums.sum(axis=0), [shape.weights])
    return kernel.reshape(shape.kernel_height, shape.kernel_width, channels, filters), biases


def _convolve_forward(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, rectify: bool
) -> tuple[jax.Array, tuple]:
    outputs = convolve(images, kernel, biases, rectify)
    return outputs, (images, kernel, outputs if rectify else None)


def _convolve_backward(rectify: bool, kept: tuple, gradients: jax.Array) -> tuple:
    images, kernel, outputs = kept
    return (
        images_gradient(gradients, kernel, outputs),
        *weights_gradient(images, gradients, outputs),
    )


def _images_gradient_backward(kept: tuple, moves: jax.Array) -> tuple:
    gradients, kernel, outputs = kept
    seen = convolve(moves, kernel, jnp.zeros(kernel.shape[3], jnp.float32))
    weights, _ = weights_gradient(moves, gradients, outputs)
    return _rectify(seen, outputs), weights, _nothing(outputs)


def _weights_gradient_backward(kept: tuple, moves: tuple[jax.Array, jax.Array]) -> tuple:
    images, gradients, outputs = kept
    seen = convolve(images, *moves)
    return (
        images_gradient(gradients, moves[0], outputs),
        _rectify(seen, outputs),
        _nothing(outputs),
    )


def _rectify(values: jax.Array, outputs: jax.Array | None) -> jax.Array:
    return values if outputs is None else jnp.where(outputs > 0, values, 0)


def _nothing(outputs: jax.Array | None) -> jax.Array | None:
    """Give the gradient of outputs that decide only where a gradient passes."""
    return None if outputs is None else jnp.zeros_like(outputs)


convolve.defvjp(_convolve_forward, _convolve_backward)
images_gradient.defvjp(
    lambda *inputs: (images_gradient(*inputs), inputs), _images_gradient_backward
)
weights_gradient.defvjp(
    lambda *inputs: (weights_gradient(*inputs), inputs), _weights_gradient_backward
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))
def pool(images: jax.Array, window: tuple[int, int]) -> jax.Array:
    """Give the largest value of each window, for each channel.

    The images are float32 of shape (n, height, width, channels), and the windows fill them.
    """
    shape = _pooling_shape(images, window)
    return _call("pool", shape, [(len(images), *shape[:3])], images)[0]


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def unpool(
    images: jax.Array, outputs: jax.Array, gradients: jax.Array, window: tuple[int, int]
) -> jax.Array:
    """Give the gradient of the images for that of the outputs: it goes to the first of equals."""
    shape = _pooling_shape(images, window)
    return _call("unpool", shape, [images.shape], images, outputs, gradients)[0]


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


def _call(
    kind: str, shape: NamedTuple, results: list[tuple[int, ...]], *inputs: jax.Array
) -> Sequence[jax.Array]:
    with _compiling:
        _compile(kind, shape)
    outputs = [jax.ShapeDtypeStruct(result, jnp.float32) for result in results]
    return jax.ffi.ffi_call(_name(kind, shape), outputs, vmap_method="sequential")(*inputs)


@functools.cache
def _compile(kind: str, shape: NamedTuple) -> llvm.ExecutionEngine:
    """Compile a kernel, once in a process, and tell XLA where it is."""
    jax.devices("cpu")  # what is told before XLA has started must not be refused
    name = _name(kind, shape)
    engine = load(remember(f"{name} {_KERNELS[kind].pieces}", lambda: _make(kind, shape)))
    address = ctypes.c_void_p(engine.get_function_address(HANDLER))
    jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(address))
    return engine


def _make(kind: str, shape: NamedTuple) -> bytes:
    write, pieces, n_outputs = _KERNELS[kind]
    module = ir.Module()
    add_handler(module, write(module, shape, registers()), pieces=pieces, n_outputs=n_outputs)
    return compile_module(module)


def _name(kind: str, shape: NamedTuple) -> str:
    return "_".join(["mnistedu", kind, *map(str, shape)])


def _by_shares(write: Callable[..., ir.Function], shares: int, *, rectify: bool) -> Kernel:
    return Kernel(functools.partial(write, pieces=shares, rectify=rectify), shares, n_outputs=2)


_KERNELS = {
    "convolve": Kernel(functools.partial(convolution.convolve, rectify=False)),
    "convolve_and_rectify": Kernel(functools.partial(convolution.convolve, rectify=True)),
    "images_gradient": _by_shares(convolution.images_gradient, _SHARES, rectify=False),
    "rectified_images_gradient": _by_shares(convolution.images_gradient, _SHARES, rectify=True),
    "weights_gradient": _by_shares(convolution.weights_gradient, _PIECES, rectify=False),
    "rectified_weights_gradient": _by_shares(convolution.weights_gradient, _PIECES, rectify=True),
    "pool": Kernel(pooling.pool),
    "unpool": Kernel(pooling.unpool),
}
