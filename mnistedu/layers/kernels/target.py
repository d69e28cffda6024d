"""The processor at hand: how wide its vectors are, and code compiled for it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import llvmlite
from llvmlite import binding as llvm
from llvmlite import ir


@dataclass(frozen=True)
class Registers:
    """The processor's registers for vectors.

    Attributes
    ----------
    lanes : int
        How many 32-bit numbers each of them holds.
    count : int
        How many there are.
    """

    lanes: int
    count: int


@functools.cache
def registers() -> Registers:
    """Tell what the processor has."""
    _initialize()
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Registers(lanes=16, count=32)
    if features.get("avx2") and features.get("fma"):
        return Registers(lanes=8, count=16)
    return Registers(lanes=4, count=16 if features.get("sse2") else 32)


@functools.cache
def processor() -> str:
    """Name all that machine code depends on, besides what it was made from."""
    _initialize()
    target = llvm.get_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return " ".join([target, llvm.get_host_cpu_name(), features, llvmlite.__version__])


def compile_module(module: ir.Module) -> bytes:
    """Compile a module for this processor.

    Parameters
    ----------
    module : llvmlite.ir.Module

    Returns
    -------
    code : bytes
        An object file.
    """
    machine = _target_machine()
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    passes.run(parsed, llvm.create_pass_builder(machine, options))
    return machine.emit_object(parsed)


def load(code: bytes) -> llvm.ExecutionEngine:
    """Load what :func:`compile_module` gave, so that it can be run.

    Parameters
    ----------
    code : bytes

    Returns
    -------
    engine : llvmlite.binding.ExecutionEngine
        Holds the machine code: ``engine.get_function_address(name)``.
    """
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _target_machine() -> llvm.TargetMachine:
    _initialize()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )


def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
