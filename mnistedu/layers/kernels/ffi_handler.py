"""The function through which XLA calls a kernel: on the buffers of a program, on all cores.

XLA passes a frame with the buffers to a handler [1]_, which splits the work into tasks. The calling
thread runs one task after another, and so do threads of XLA's pool as they become free; at the end
the caller waits for the threads that still run a task. The state that they share is freed by the
last thread that holds it, since a thread may start when all tasks are done.

Where XLA has no pool or the state cannot be allocated, the calling thread runs all tasks.

References
----------
.. [1] "Foreign function interface (FFI)", JAX documentation.
"""

from __future__ import annotations

import ctypes

from llvmlite import ir

from mnistedu.layers.kernels import xla_ffi
from mnistedu.layers.kernels.builder import INDEX, POINTER, Builder
from mnistedu.layers.kernels.xla_ffi import Structure, field_index, fields, llvm_type

HANDLER = "handler"  # the name of the function

_NULL = ir.Constant(POINTER, None)
_SPINS = 256  # before a waiting thread yields its core


def add_handler(
    module: ir.Module, kernel: ir.Function, *, n_tasks: int | None = None, n_outputs: int = 1
) -> None:
    """Add the handler of a kernel to its module, as a function named ``HANDLER``.

    Parameters
    ----------
    module : llvmlite.ir.Module
        The module of the kernel.
    kernel : llvmlite.ir.Function
        Runs one task. Takes the task's index, the number of images, the inputs and the outputs. The
        first axis of the first input is that of the images.
    n_tasks : int, optional
        The number of tasks; by default one for each image.
    n_outputs : int, default=1
        The number of outputs.
    """
    n_buffers = len(kernel.args) - 2
    shared = _shared_state(n_buffers)
    helper = _add_helper(module, kernel, shared)
    builder = _Builder(ir.Function(module, ir.FunctionType(POINTER, [POINTER]), HANDLER))
    (frame,) = builder.function.args
    _answer_metadata_query(builder, frame)

    buffers = [
        *(builder.buffer(frame, "args", index) for index in range(n_buffers - n_outputs)),
        *(builder.buffer(frame, "rets", index) for index in range(n_outputs)),
    ]
    n_images = builder.load(builder.read(buffers[0], xla_ffi.Buffer, "dims"), typ=INDEX)
    count = n_images if n_tasks is None else INDEX(n_tasks)
    api, context = (builder.read(frame, xla_ffi.CallFrame, name) for name in ("api", "ctx"))
    n_threads = builder.minimum(_count_threads(builder, api, context), count)

    allocated = _allocate_for_threads(builder, shared, n_threads)
    is_alone = builder.icmp_unsigned("==", allocated, _NULL)
    state = builder.select(is_alone, builder.new(llvm_type(shared)), allocated)
    n_threads = builder.select(is_alone, INDEX(1), n_threads)
    data = [builder.read(buffer, xla_ffi.Buffer, "data") for buffer in buffers]
    values = [INDEX(0), INDEX(0), n_threads, count, n_images, *data]
    for name, value in zip(fields(shared), values, strict=True):
        builder.write(state, shared, name, value)
    arguments = builder.new_arguments(
        xla_ffi.ThreadPoolScheduleArgs, ctx=context, task=helper, data=state
    )
    is_parallel = builder.icmp_signed(">", n_threads, INDEX(1))
    with builder.if_then(is_parallel), builder.loop(1, n_threads):
        failed = builder.call_api(api, "XLA_FFI_ThreadPool_Schedule", arguments)
        with builder.if_then(failed):
            builder.fetch_add(builder.member(state, shared, "n_holders"), -1)
    _run_tasks(builder, kernel, state, shared)
    _wait(builder, builder.member(state, shared, "n_done"), count)
    _release(builder, state, shared, allocated)
    builder.ret(_NULL)


def _shared_state(n_buffers: int) -> Structure:
    """Return the structure of the state that the threads of a call share."""
    counters = ("next_task", "n_done", "n_holders", "n_tasks", "n_images")
    buffers = [f"buffer_{index}" for index in range(n_buffers)]

    class SharedState(ctypes.Structure):
        _fields_ = (
            *((name, ctypes.c_int64) for name in counters),
            *((name, ctypes.c_void_p) for name in buffers),
        )

    return SharedState


def _add_helper(module: ir.Module, kernel: ir.Function, shared: Structure) -> ir.Function:
    """Add the function that a thread of XLA's pool runs."""
    builder = _Builder(ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), "helper"))
    (state,) = builder.function.args
    _run_tasks(builder, kernel, state, shared)
    _release(builder, state, shared, allocated=state)
    builder.ret_void()
    return builder.function


def _answer_metadata_query(builder: _Builder, frame: ir.Value) -> None:
    """Return early with the version of the interface if XLA asks for it; skip other extensions."""
    extension = builder.variable(builder.read(frame, xla_ffi.CallFrame, "extension_start"))
    with builder.loop_until() as stop_if:
        current = builder.load(extension, typ=POINTER)
        is_last = builder.icmp_unsigned("==", current, _NULL)
        with builder.if_then(builder.not_(is_last)):
            kind = builder.read(current, xla_ffi.ExtensionBase, "type")
            wanted = kind.type(xla_ffi.EXTENSION_METADATA)
            with builder.if_then(builder.icmp_unsigned("==", kind, wanted)):
                metadata = builder.read(current, xla_ffi.MetadataExtension, "metadata")
                version = builder.member(metadata, xla_ffi.Metadata, "api_version")
                for name, number in (
                    ("major_version", xla_ffi.API_MAJOR),
                    ("minor_version", xla_ffi.API_MINOR),
                ):
                    value = ir.IntType(32)(number)
                    builder.write(version, xla_ffi.ApiVersion, name, value)
                builder.ret(_NULL)
            builder.store(builder.read(current, xla_ffi.ExtensionBase, "next"), extension)
        stop_if(is_last)


def _count_threads(builder: _Builder, api: ir.Value, context: ir.Value) -> ir.Value:
    """Return the number of threads in XLA's pool, or 1 if there is no pool."""
    count = builder.variable(INDEX(1))
    arguments = builder.new_arguments(
        xla_ffi.ThreadPoolNumThreadsArgs, ctx=context, num_threads=count
    )
    failed = builder.call_api(api, "XLA_FFI_ThreadPool_NumThreads", arguments)
    return builder.select(failed, INDEX(1), builder.load(count, typ=INDEX))


def _allocate_for_threads(builder: _Builder, shared: Structure, n_threads: ir.Value) -> ir.Value:
    """Allocate the shared state for several threads; NULL if there is only one or no memory."""
    allocated = builder.variable(_NULL)
    with builder.if_then(builder.icmp_signed(">", n_threads, INDEX(1))):
        malloc = builder.declare("malloc", POINTER, [INDEX])
        builder.store(builder.call(malloc, [INDEX(ctypes.sizeof(shared))]), allocated)
    return builder.load(allocated, typ=POINTER)


def _run_tasks(builder: _Builder, kernel: ir.Function, state: ir.Value, shared: Structure) -> None:
    """Run one task after another until none is left."""
    names = list(fields(shared))
    constants = names[names.index("n_tasks") :]
    n_tasks, *arguments = (builder.read(state, shared, name) for name in constants)
    with builder.loop_until() as stop_if:
        task = builder.fetch_add(builder.member(state, shared, "next_task"), 1)
        none_left = builder.icmp_signed(">=", task, n_tasks)
        with builder.if_then(builder.not_(none_left)):
            builder.call(kernel, [task, *arguments])
            builder.fetch_add(builder.member(state, shared, "n_done"), 1)
        stop_if(none_left)


def _wait(builder: _Builder, pointer: ir.Value, value: ir.Value) -> None:
    """Wait until a counter has reached a value."""
    spins = builder.variable(INDEX(0))
    with builder.loop_until() as stop_if:
        current = builder.load_atomic(pointer, "acquire", 8, typ=INDEX)
        reached = builder.icmp_signed("==", current, value)
        with builder.if_then(builder.not_(reached)):
            builder.pause()
            count = builder.add(builder.load(spins, typ=INDEX), INDEX(1))
            builder.store(count, spins)
            with builder.if_then(builder.icmp_signed(">", count, INDEX(_SPINS))):
                builder.call(builder.declare("sched_yield", ir.IntType(32), []), [])
        stop_if(reached)


def _release(builder: _Builder, state: ir.Value, shared: Structure, allocated: ir.Value) -> None:
    """Release the shared state; the last thread frees it (NULL is freed without effect)."""
    holders = builder.fetch_add(builder.member(state, shared, "n_holders"), -1)
    with builder.if_then(builder.icmp_signed("<=", holders, INDEX(1))):
        builder.call(builder.declare("free", ir.VoidType(), [POINTER]), [allocated])


class _Builder(Builder):
    """A builder that knows structures by the names of their fields."""

    def member(self, pointer: ir.Value, structure: Structure, name: str) -> ir.Value:
        """Return a pointer to a field."""
        indices = [ir.IntType(32)(n) for n in (0, field_index(structure, name))]
        return self.gep(pointer, indices, source_etype=llvm_type(structure))

    def read(self, pointer: ir.Value, structure: Structure, name: str) -> ir.Value:
        """Load a field."""
        kind = llvm_type(fields(structure)[name])
        return self.load(self.member(pointer, structure, name), typ=kind)

    def write(self, pointer: ir.Value, structure: Structure, name: str, value: ir.Value) -> None:
        """Store a field."""
        self.store(value, self.member(pointer, structure, name))

    def new(self, kind: ir.Type) -> ir.Value:
        """Allocate memory on the stack."""
        with self.goto_entry_block():
            pointer = self.alloca(kind)
        pointer.type = POINTER  # untyped, as LLVM's pointers are
        return pointer

    def variable(self, value: ir.Value) -> ir.Value:
        """Allocate memory on the stack for a value that changes."""
        pointer = self.new(value.type)
        self.store(value, pointer)
        return pointer

    def new_arguments(self, structure: Structure, **values: ir.Value) -> ir.Value:
        """Allocate and fill the arguments of one of XLA's functions."""
        pointer = self.new(llvm_type(structure))
        size = INDEX(ctypes.sizeof(structure))
        values = {"struct_size": size, "extension_start": _NULL} | values
        for name, value in values.items():
            self.write(pointer, structure, name, value)
        return pointer

    def buffer(self, frame: ir.Value, kind: str, index: int) -> ir.Value:
        """Return a pointer to an input ("args") or an output ("rets")."""
        structure = fields(xla_ffi.CallFrame)[kind]
        pointers = self.read(self.member(frame, xla_ffi.CallFrame, kind), structure, kind)
        return self.load(self.gep(pointers, [INDEX(index)], source_etype=POINTER), typ=POINTER)

    def call_api(self, api: ir.Value, name: str, arguments: ir.Value) -> ir.Value:
        """Call one of XLA's functions; destroy its error and return whether there was one."""
        error = self._call_pointer(api, name, POINTER, arguments)
        failed = self.icmp_unsigned("!=", error, _NULL)
        with self.if_then(failed):
            destroy = self.new_arguments(xla_ffi.ErrorDestroyArgs, error=error)
            self._call_pointer(api, "XLA_FFI_Error_Destroy", ir.VoidType(), destroy)
        return failed

    def fetch_add(self, pointer: ir.Value, number: int) -> ir.Value:
        """Add to a counter that other threads change as well, and return what it was before."""
        return self.atomic_rmw("add", pointer, INDEX(number), "acq_rel")

    def _call_pointer(
        self, api: ir.Value, name: str, result: ir.Type, arguments: ir.Value
    ) -> ir.Value:
        kind = ir.FunctionType(result, [POINTER]).as_pointer()
        function = self.load(self.member(api, xla_ffi.Api, name), typ=kind)
        return self.call(function, [arguments])
