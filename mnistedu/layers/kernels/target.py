"""The host's processor: its vector registers, and machine code compiled for it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import llvmlite
from llvmlite import binding as llvm
from llvmlite import ir


@dataclass(frozen=True)
class Registers:
    """The vector registers of a processor.

    Attributes
    ----------
    lanes : int
        How many 32-bit numbers a register holds.
    count : int
        How many registers there are.
    """

    lanes: int
    count: int


@functools.cache
def registers() -> Registers:
    """Return the vector registers of the host.

    Returns
    -------
    registers : Registers
        Those for floats.

    Examples
    --------
    >>> registers().lanes in (4, 8, 16)
    True
    """
    _initialize()
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Registers(lanes=16, count=32)
    if features.get("avx2") and features.get("fma"):
        return Registers(lanes=8, count=16)
    return Registers(lanes=4, count=16 if features.get("sse2") else 32)


@functools.cache
def target_description() -> str:
    """Describe the processor and the compiler: what machine code depends on besides its source.

    Returns
    -------
    description : str
        In one line.
    """
    _initialize()
    features = llvm.get_host_cpu_features().flatten()
    triple = llvm.get_default_triple()
    return " ".join([triple, llvm.get_host_cpu_name(), features, llvmlite.__version__])


def create_module() -> ir.Module:
    """Create an empty module with the host's target triple and data layout.

    Returns
    -------
    module : llvmlite.ir.Module
        To build functions in.
    """
    machine = _target_machine()
    module = ir.Module()
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    return module


def compile_module(module: ir.Module) -> bytes:
    """Compile a module for the host.

    Parameters
    ----------
    module : llvmlite.ir.Module
        A module of :func:`create_module`.

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
    """Load an object file of :func:`compile_module`, so that its functions can be called.

    Parameters
    ----------
    code : bytes
        An object file.

    Returns
    -------
    engine : llvmlite.binding.ExecutionEngine
        Owns the loaded code: ``engine.get_function_address(name)``.
    """
    empty = llvm.parse_assembly(str(create_module()))
    engine = llvm.create_mcjit_compiler(empty, _target_machine())
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
