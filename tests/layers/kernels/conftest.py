"""Kernels compiled for vectors of each width, whatever this processor has."""

import ctypes

import pytest
from llvmlite import ir

from mnistedu.layers.kernels.target import Registers, compile_module, load

REGISTERS = [Registers(16, 32), Registers(8, 16), Registers(4, 32), Registers(4, 16)]


@pytest.fixture(params=REGISTERS, ids=str)
def compile_kernel(request):
    """Compile a kernel: a function that runs so many pieces of it on so many images in arrays."""

    def compile_for(write, shape, **options):
        module = ir.Module()
        kernel = write(module, shape, request.param, **options)
        engine = load(compile_module(module))
        arguments = [ctypes.c_int64] * 2 + [ctypes.c_void_p] * (len(kernel.args) - 2)
        function = ctypes.CFUNCTYPE(None, *arguments)(engine.get_function_address(kernel.name))

        def run(pieces, count, *arrays):
            for piece in range(pieces):
                function(piece, count, *(array.ctypes.data for array in arrays))
            return engine  # alive until now

        return run

    return compile_for
