"""The kernels by name, each compiled when a program first needs it, and their calls."""

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

from mnistedu.layers.kernels import conv2d, dropout, matmul, max_pool
from mnistedu.layers.kernels.disk_cache import remember
from mnistedu.layers.kernels.ffi_handler import HANDLER, add_handler
from mnistedu.layers.kernels.target import compile_module, load, registers

CORES = os.cpu_count() or 1  # into as many pieces a sum is cut
SHARES = 4 * CORES  # into as many other work is cut: who is done early takes another

_compiling = threading.Lock()


@functools.cache
def usable() -> bool:
    """Tell whether LLVM and XLA take the kernels here: by trying."""
    if os.name != "posix":  # nobody has tried; a mistake would end the process
        return False
    try:
        with _compiling:
            _compile("convolve", conv2d.Shape(3, 3, 1, 3, 3, 1))
    except Exception as error:  # whatever else a version or a processor has in store
        warnings.warn(
            f"training will be slow: compiling for this processor failed ({error})",
            stacklevel=2,
        )
        return False
    return True


def call(
    kind: str, shape: NamedTuple, results: list[tuple[int, ...]], *inputs: jax.Array
) -> Sequence[jax.Array]:
    """Call a kernel in a program of JAX.

    Parameters
    ----------
    kind : str
        Which kernel.
    shape : NamedTuple
        What it is written for.
    results : list of tuple of int
        The shapes of its outputs, which are float32.
    *inputs : jax.Array

    Returns
    -------
    outputs : sequence of jax.Array
    """
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


class _Kernel(NamedTuple):
    """How a kernel is written, into how many pieces its work is cut, how many outputs it has."""

    write: Callable[..., ir.Function]
    pieces: int | None = None  # one for each image
    n_outputs: int = 1


def _in_pieces(
    write: Callable[..., ir.Function], pieces: int, *, n_outputs: int = 1, **options: bool
) -> _Kernel:
    return _Kernel(functools.partial(write, pieces=pieces, **options), pieces, n_outputs)


_KERNELS = {
    "convolve": _Kernel(functools.partial(conv2d.convolve, rectify=False)),
    "convolve_and_rectify": _Kernel(functools.partial(conv2d.convolve, rectify=True)),
    "images_gradient": _in_pieces(conv2d.images_gradient, SHARES, n_outputs=2, rectify=False),
    "rectified_images_gradient": _in_pieces(
        conv2d.images_gradient, SHARES, n_outputs=2, rectify=True
    ),
    "weights_gradient": _in_pieces(conv2d.weights_gradient, CORES, n_outputs=2, rectify=False),
    "rectified_weights_gradient": _in_pieces(
        conv2d.weights_gradient, CORES, n_outputs=2, rectify=True
    ),
    "drop": _in_pieces(dropout.drop, SHARES),
    "multiply": _in_pieces(matmul.multiply, CORES),
    "multiply_transposed_left": _in_pieces(matmul.multiply_transposed_left, SHARES),
    "multiply_transposed_right": _in_pieces(matmul.multiply_transposed_right, SHARES, n_outputs=2),
    "pool": _Kernel(max_pool.pool),
    "unpool": _Kernel(max_pool.unpool),
}
