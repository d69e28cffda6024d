"""The host's processor, and code compiled for it."""

import ctypes

from llvmlite import ir

from mnistedu.layers.kernels.builder import Builder
from mnistedu.layers.kernels.target import compile_module, create_module, load, registers


def test_registers():
    lanes, count = registers().lanes, registers().count
    assert lanes in (4, 8, 16)
    assert count in (16, 32)


def test_a_module_names_the_host():
    module = create_module()
    assert module.triple.count("-") >= 2
    assert module.data_layout.startswith("e-")


def test_compiled_code_runs():
    module = create_module()
    number = ir.IntType(64)
    builder = Builder(ir.Function(module, ir.FunctionType(number, []), "answer"))
    builder.ret(number(42))
    engine = load(compile_module(module))
    assert ctypes.CFUNCTYPE(ctypes.c_int64)(engine.get_function_address("answer"))() == 42
