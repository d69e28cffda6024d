"""A trial of each kernel against NumPy, in a process of its own.

A kernel that does not suit a new processor or a new version of XLA may end the process that calls
it. So the kernels are tried once, with small arrays, where that does no harm.
"""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import jax
import numpy as np

from mnistedu.layers.kernels import primitives

_TIMEOUT = 300  # seconds; a busy machine may take many times as long as an idle one
_PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
sys.path[:] = sys.argv[1:]
from mnistedu.layers.kernels import self_test
self_test.run()
"""
_ENVIRONMENT = {"JAX_PLATFORMS": "cpu", "JAX_ENABLE_COMPILATION_CACHE": "false"}


def run_in_new_process() -> bytes:
    """Run the self-test in a new process.

    Returns
    -------
    result : bytes
        ``b"passed"``.

    Raises
    ------
    RuntimeError
        If the self-test fails or crashes, with the reason.
    subprocess.TimeoutExpired
        If it hangs.
    """
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *sys.path],
        env=os.environ | _ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_TIMEOUT,
        check=False,
    )
    if process.returncode < 0:
        raise RuntimeError(f"their self-test ended by {signal.Signals(-process.returncode).name}")
    if process.returncode:
        *_, reason = process.stderr.strip().splitlines() or ["no reason given"]
        raise RuntimeError(f"their self-test failed: {reason}")
    return b"passed"


def run() -> None:
    """Run each kernel in a program of XLA and compare with NumPy.

    Raises
    ------
    ArithmeticError
        If a kernel computes something else.
    """
    for name, got, expected in _results():
        if not np.allclose(got, expected, rtol=1e-4, atol=1e-3):
            raise ArithmeticError(f"{name} computes something else than NumPy")


def _results() -> Iterator[tuple[str, jax.Array, np.ndarray]]:
    """Yield the name of each kernel, what it computes and what NumPy computes."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    images, kernel, biases = draw(5, 9, 8, 3), draw(3, 2, 3, 70), draw(70)
    windows = np.lib.stride_tricks.sliding_window_view(images.astype(float), (3, 2), (1, 2))
    expected = np.einsum("nrcdhw,hwdf->nrcf", windows, kernel) + biases
    cotangents = draw(*expected.shape)
    for name, relu in ("conv2d", False), ("conv2d_relu", True):
        conv2d = functools.partial(primitives.conv2d, relu=relu)
        outputs, gradients = _differentiate(conv2d, cotangents, images, kernel, biases)
        if relu:
            cotangents = np.where(expected > 0, cotangents, 0)
            expected = np.maximum(expected, 0)
        yield name, outputs, expected
        input_grad = np.zeros(images.shape)
        for row, column in np.ndindex(3, 2):
            input_grad[:, row : row + 7, column : column + 7] += cotangents @ kernel[row, column].T
        yield f"{name}_input_grad", gradients[0], input_grad
        kernel_grad = np.einsum("nrcdhw,nrcf->hwdf", windows, cotangents)
        yield f"{name}_kernel_grad", gradients[1], kernel_grad
        yield f"{name}_kernel_grad", gradients[2], cotangents.sum(axis=(0, 1, 2))

    images = rng.permutation(5 * 4 * 6 * 37).reshape(5, 4, 6, 37).astype(np.float32)
    cotangents = draw(5, 2, 3, 37)
    max_pool = functools.partial(primitives.max_pool, window=(2, 2))
    outputs, gradients = _differentiate(max_pool, cotangents, images)
    windows = images.reshape(5, 2, 2, 3, 2, 37)
    maxima = windows.max(axis=(2, 4), keepdims=True)
    yield "max_pool", outputs, maxima.reshape(outputs.shape)
    expected = (windows == maxima) * cotangents.reshape(maxima.shape)
    yield "max_pool_grad", gradients[0], expected.reshape(images.shape)

    left, right, cotangents = draw(33, 300), draw(300, 70), draw(33, 70)
    outputs, gradients = _differentiate(primitives.matmul, cotangents, left, right)
    yield "matmul", outputs, left @ right
    yield "matmul_nt", gradients[0], cotangents @ right.T
    yield "matmul_tn", gradients[1], left.T @ cotangents

    images, key = draw(5, 37), np.array([1, 2], np.uint32)
    kept = np.asarray(jax.random.bernoulli(key, 0.6, images.shape))
    outputs = jax.jit(functools.partial(primitives.dropout, rate=0.4))(images, key)
    yield "dropout", outputs, np.where(kept, images / 0.6, 0)


@functools.partial(jax.jit, static_argnums=0)
def _differentiate(
    function: Callable, cotangents: jax.Array, *inputs: jax.Array
) -> tuple[jax.Array, tuple[jax.Array, ...]]:
    """Return the outputs of a function and the gradients of its inputs."""
    outputs, pullback = jax.vjp(function, *inputs)
    return outputs, pullback(cotangents)
