"""What is known of this processor."""

from llvmlite import ir

from mnistedu.layers.kernels.builder import Code
from mnistedu.layers.kernels.target import compile_module, load, registers


def test_its_registers():
    lanes, count = registers().lanes, registers().count
    assert lanes in (4, 8, 16)
    assert count in (16, 32)


def test_code_is_compiled():
    module = ir.Module()
    number = ir.IntType(64)
    code = Code(ir.Function(module, ir.FunctionType(number, []), "answer"))
    code.ret(number(42))
    assert load(compile_module(module)).get_function_address("answer")
