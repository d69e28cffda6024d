"""The kernels by name. Each is compiled for a shape when a program first needs it."""

from __future__ import annotations

import ctypes
import functools
import os
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from llvmlite import binding as llvm
from llvmlite import ir

from mnistedu.layers.kernels import conv2d, dropout, matmul, max_pool
from mnistedu.layers.kernels.disk_cache import cached
from mnistedu.layers.kernels.ffi_handler import HANDLER, add_handler
from mnistedu.layers.kernels.target import compile_module, create_module, load, registers

N_CORES = os.cpu_count() or 1  # the tasks of a sum, each with a result of its own
N_TASKS = 4 * N_CORES  # the tasks of other work: a thread that is done early takes another one

_lock = threading.Lock()


def call(
    name: str, shape: NamedTuple, results: Sequence[tuple[int, ...]], *inputs: jax.Array
) -> Sequence[jax.Array]:
    """Call a kernel in a program of JAX.

    Parameters
    ----------
    name : str
        The kernel's name.
    shape : NamedTuple
        The shape that it is compiled for.
    results : sequence of tuple of int
        The shapes of its outputs, which are float32.
    *inputs : jax.Array
        Its inputs.

    Returns
    -------
    outputs : sequence of jax.Array
        Its outputs.
    """
    with _lock:
        _register(name, shape)
    outputs = [jax.ShapeDtypeStruct(result, jnp.float32) for result in results]
    return jax.ffi.ffi_call(_target_name(name, shape), outputs, vmap_method="sequential")(*inputs)


@functools.cache
def _register(name: str, shape: NamedTuple) -> llvm.ExecutionEngine:
    """Compile a kernel, once in a process, and register it with XLA."""
    jax.devices("cpu")  # XLA must have started before a target is registered
    target_name = _target_name(name, shape)
    code = cached(f"{target_name} {_KERNELS[name].n_tasks}", lambda: _compile(name, shape))
    engine = load(code)
    address = ctypes.c_void_p(engine.get_function_address(HANDLER))
    jax.ffi.register_ffi_target(target_name, jax.ffi.pycapsule(address))
    return engine


def _compile(name: str, shape: NamedTuple) -> bytes:
    build, n_tasks, n_outputs = _KERNELS[name]
    module = create_module()
    add_handler(module, build(module, shape, registers()), n_tasks=n_tasks, n_outputs=n_outputs)
    return compile_module(module)


def _target_name(name: str, shape: NamedTuple) -> str:
    return "_".join(["mnistedu", name, *map(str, shape)])


class _Kernel(NamedTuple):
    """How a kernel is built, the number of its tasks, and the number of its outputs."""

    build: Callable[..., ir.Function]
    n_tasks: int | None = None  # one for each image
    n_outputs: int = 1


def _in_tasks(
    build: Callable[..., ir.Function], n_tasks: int, *, n_outputs: int = 1, **options: bool
) -> _Kernel:
    return _Kernel(functools.partial(build, n_tasks=n_tasks, **options), n_tasks, n_outputs)


_KERNELS = {
    "conv2d": _Kernel(functools.partial(conv2d.build_conv2d, relu=False)),
    "conv2d_relu": _Kernel(functools.partial(conv2d.build_conv2d, relu=True)),
    "conv2d_input_grad": _in_tasks(
        conv2d.build_conv2d_input_grad, N_TASKS, n_outputs=2, relu=False
    ),
    "conv2d_relu_input_grad": _in_tasks(
        conv2d.build_conv2d_input_grad, N_TASKS, n_outputs=2, relu=True
    ),
    "conv2d_kernel_grad": _in_tasks(
        conv2d.build_conv2d_kernel_grad, N_CORES, n_outputs=2, relu=False
    ),
    "conv2d_relu_kernel_grad": _in_tasks(
        conv2d.build_conv2d_kernel_grad, N_CORES, n_outputs=2, relu=True
    ),
    "dropout": _in_tasks(dropout.build_dropout, N_TASKS),
    "matmul": _in_tasks(matmul.build_matmul, N_CORES),
    "matmul_tn": _in_tasks(matmul.build_matmul_tn, N_TASKS),
    "matmul_nt": _in_tasks(matmul.build_matmul_nt, N_TASKS, n_outputs=2),
    "max_pool": _Kernel(max_pool.build_max_pool),
    "max_pool_grad": _Kernel(max_pool.build_max_pool_grad),
}
