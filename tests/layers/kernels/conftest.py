"""Kernels compiled for vectors of each width, whatever this processor has."""

import ctypes

import pytest

from mnistedu.layers.kernels.target import Registers, compile_module, create_module, load

REGISTERS = [Registers(16, 32), Registers(8, 16), Registers(4, 32), Registers(4, 16)]


@pytest.fixture(params=REGISTERS, ids=str)
def compile_kernel(request):
    """Compile a kernel; return a function that runs all its tasks on images in arrays."""

    def compile_for(build, shape, **options):
        module = create_module()
        kernel = build(module, shape, request.param, **options)
        engine = load(compile_module(module))
        arguments = [ctypes.c_int64] * 2 + [ctypes.c_void_p] * (len(kernel.args) - 2)
        function = ctypes.CFUNCTYPE(None, *arguments)(engine.get_function_address(kernel.name))

        def run(n_tasks, n_images, *arrays):
            for task in range(n_tasks):
                function(task, n_images, *(array.ctypes.data for array in arrays))
            return engine  # kept alive until now

        return run

    return compile_for
