"""Kernels that are compiled once, for this process and for the next one."""

import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu.layers.kernels import registry
from mnistedu.layers.kernels.max_pool import MaxPoolShape

CONVOLVE = """
import sys
import jax, jax.numpy as jnp
from mnistedu.layers.kernels import primitives, registry
jax.config.update("jax_compilation_cache_dir", sys.argv[1])
compile_module = registry.compile_module
registry.compile_module = lambda module: print("compiled") or compile_module(module)
images, kernel = (jnp.arange(n).astype(float).reshape(1, 2, n // 4, 2) for n in (24, 8))
print(primitives.conv2d(images, kernel, jnp.ones(2)).tolist())
"""


def test_a_second_process_loads_the_kernel_of_the_first(tmp_path):
    def run():
        command = [sys.executable, "-c", CONVOLVE, str(tmp_path)]
        return subprocess.check_output(command, text=True).splitlines()

    note, *first = run()
    assert note == "compiled"
    assert run() == first


def test_a_kernel_is_registered_once_in_a_process():
    shape = MaxPoolShape(1, 1, 3, 2, 2)
    images = jnp.arange(12.0).reshape(1, 2, 2, 3)
    for _ in range(2):
        (outputs,) = registry.call("max_pool", shape, [(1, 1, 1, 3)], images)
        np.testing.assert_array_equal(outputs, images.max(axis=(1, 2), keepdims=True))
    assert registry._register("max_pool", shape) is registry._register("max_pool", shape)


def test_an_unknown_kernel():
    with pytest.raises(KeyError, match="sort"):
        registry.call("sort", MaxPoolShape(1, 1, 3, 2, 2), [(1,)], jnp.zeros(1))
