"""Kernels as XLA calls them: on the buffers of a compiled program, on all cores at once.

XLA hands a frame with the buffers to a handler [1]_. Ours cuts the work into pieces. The calling
thread takes one piece after another, and so do other threads of XLA's pool as soon as they are
free; in the end the caller waits for those who are still at theirs. What the threads share lives
until the last of them has let go of it, since one may come when all is done.

References
----------
.. [1] XLA's foreign functions: the structures below are those of ``xla/ffi/api/c_api.h``, which
   comes with jaxlib.
"""

from __future__ import annotations

from llvmlite import ir

from mnistedu.layers.kernels.builder import INDEX, POINTER, Code

HANDLER = "handle"  # the function that XLA calls

_INT = ir.IntType(32)
_HEAD = [INDEX, POINTER]  # a structure's size, and what extends it
_VERSION = ir.LiteralStructType([*_HEAD, _INT, _INT])
_LIST = ir.LiteralStructType([*_HEAD, INDEX, POINTER, POINTER])
_FRAME = ir.LiteralStructType([*_HEAD, POINTER, POINTER, _INT, _LIST, _LIST])
_BUFFER = ir.LiteralStructType([*_HEAD, _INT, POINTER, INDEX, POINTER])
_API = ir.LiteralStructType([*_HEAD, _VERSION, POINTER, *[POINTER] * 13])
_EXTENSION = ir.LiteralStructType([INDEX, _INT, POINTER, POINTER])
_METADATA = ir.LiteralStructType([INDEX, _VERSION])
_TASK = ir.LiteralStructType([*_HEAD, POINTER, POINTER, POINTER])
_THREADS = ir.LiteralStructType([*_HEAD, POINTER, POINTER])

# Places in them.
_EXTENDED_BY = 1
_INTERFACE, _CONTEXT, _INPUTS, _OUTPUTS = 2, 3, 5, 6
_DATA, _SIZES = 3, 5
_ADD_TASK, _COUNT_THREADS = 15, 16

# What the threads share: the next piece, how many are done, how many threads hold this, how many
# pieces there are, how many images; then the inputs and the outputs.
_NEXT, _DONE, _HOLDERS, _PIECES, _IMAGES, _BUFFERS = range(6)

_WRITTEN_FOR = 0, 1  # the version of XLA's interface: the oldest that still counts
_NOTHING = ir.Constant(POINTER, None)


def add_handler(
    module: ir.Module, kernel: ir.Function, *, pieces: int | None = None, n_outputs: int = 1
) -> None:
    """Write the handler of a kernel, a function of the name ``HANDLER``.

    Parameters
    ----------
    module : llvmlite.ir.Module
    kernel : llvmlite.ir.Function
        Does one piece of the work. Takes its number, the number of images, the inputs, and the
        outputs. The first input begins with the axis of the images.
    pieces : int, optional
        How many pieces the work has; as many as there are images by default.
    n_outputs : int, default=1
    """
    n_buffers = len(kernel.args) - 2
    shared = ir.LiteralStructType([*[INDEX] * _BUFFERS, *[POINTER] * n_buffers])
    task = _write_task(module, kernel, shared)
    handler_type = ir.FunctionType(POINTER, [POINTER])
    code = _Code(ir.Function(module, handler_type, HANDLER))
    (frame,) = code.function.args
    _answer_questions(code, frame)

    buffers = [
        *(code.buffer(frame, _INPUTS, number) for number in range(n_buffers - n_outputs)),
        *(code.buffer(frame, _OUTPUTS, number) for number in range(n_outputs)),
    ]
    images = code.load(code.read(buffers[0], _BUFFER, _SIZES), typ=INDEX)
    count = images if pieces is None else INDEX(pieces)
    interface, context = (code.read(frame, _FRAME, place) for place in (_INTERFACE, _CONTEXT))
    threads = _count_threads(code, interface, context)
    threads = code.select(code.icmp_signed("<", threads, count), threads, count)

    malloc = code.external("malloc", POINTER, [INDEX])
    work = code.call(malloc, [INDEX(8 * len(shared.elements))])
    values = [INDEX(0), INDEX(0), threads, count, images]
    values += [code.read(buffer, _BUFFER, _DATA) for buffer in buffers]
    for place, value in enumerate(values):
        code.write(work, shared, place, value=value)
    with code.if_then(code.icmp_signed(">", threads, INDEX(1))), code.loop(1, threads):
        code.call_interface(interface, _ADD_TASK, code.structure(_TASK, context, task, work))
    _work_along(code, kernel, work, shared)
    with code.repeat_until() as finished:
        done = code.load_atomic(code.member(work, shared, _DONE), "acquire", 8, typ=INDEX)
        finished(code.icmp_signed("==", done, count))
    _let_go(code, work, shared)
    code.ret(_NOTHING)


def _write_task(
    module: ir.Module, kernel: ir.Function, shared: ir.LiteralStructType
) -> ir.Function:
    """Write what the other threads do."""
    task_type = ir.FunctionType(ir.VoidType(), [POINTER])
    code = _Code(ir.Function(module, task_type, "help"))
    (work,) = code.function.args
    _work_along(code, kernel, work, shared)
    _let_go(code, work, shared)
    code.ret_void()
    return code.function


def _answer_questions(code: _Code, frame: ir.Value) -> None:
    """Tell XLA, where it asks for that, which version of the interface this was written for."""
    extension = code.read(frame, _FRAME, _EXTENDED_BY)
    with code.if_then(code.icmp_unsigned("!=", extension, _NOTHING)):
        metadata = code.read(extension, _EXTENSION, 3)
        for place, number in enumerate(_WRITTEN_FOR, 2):
            code.write(metadata, _METADATA, 1, place, value=_INT(number))
        code.ret(_NOTHING)


def _count_threads(code: _Code, interface: ir.Value, context: ir.Value) -> ir.Value:
    count = code.alloca(INDEX)
    code.store(INDEX(1), count)
    code.call_interface(interface, _COUNT_THREADS, code.structure(_THREADS, context, count))
    return code.load(count, typ=INDEX)


def _work_along(
    code: _Code, kernel: ir.Function, work: ir.Value, shared: ir.LiteralStructType
) -> None:
    """Do piece after piece until none is left."""
    count = code.read(work, shared, _PIECES)
    arguments = [code.read(work, shared, place) for place in range(_IMAGES, len(shared.elements))]
    with code.repeat_until() as finished:
        piece = code.add_to(code.member(work, shared, _NEXT), 1)
        none_left = code.icmp_signed(">=", piece, count)
        with code.if_then(code.not_(none_left)):
            code.call(kernel, [piece, *arguments])
            code.add_to(code.member(work, shared, _DONE), 1)
        finished(none_left)


def _let_go(code: _Code, work: ir.Value, shared: ir.LiteralStructType) -> None:
    holders = code.add_to(code.member(work, shared, _HOLDERS), -1)
    with code.if_then(code.icmp_signed("<=", holders, INDEX(1))):
        code.call(code.external("free", ir.VoidType(), [POINTER]), [work])


class _Code(Code):
    """Code with structures."""

    def member(self, pointer: ir.Value, structure: ir.Type, *places: int) -> ir.Value:
        """Find a member of a structure, or a member of a member."""
        indices = [_INT(0), *map(_INT, places)]
        return self.gep(pointer, indices, source_etype=structure)

    def read(self, pointer: ir.Value, structure: ir.Type, *places: int) -> ir.Value:
        """Load a member."""
        kind = structure
        for place in places:
            kind = kind.elements[place]
        return self.load(self.member(pointer, structure, *places), typ=kind)

    def write(self, pointer: ir.Value, structure: ir.Type, *places: int, value: ir.Value) -> None:
        """Store a member."""
        self.store(value, self.member(pointer, structure, *places))

    def structure(self, kind: ir.LiteralStructType, *values: ir.Value) -> ir.Value:
        """Make a structure as the interface takes it: after its head, these values."""
        with self.goto_entry_block():
            pointer = self.alloca(kind)
        pointer.type = POINTER  # or llvmlite takes members for the whole
        for place, value in enumerate([INDEX(8 * len(kind.elements)), _NOTHING, *values]):
            self.write(pointer, kind, place, value=value)
        return pointer

    def buffer(self, frame: ir.Value, kind: int, number: int) -> ir.Value:
        """Find an input or output."""
        members = self.read(frame, _FRAME, kind, len(_LIST.elements) - 1)
        return self.load(self.gep(members, [_INT(number)], source_etype=POINTER), typ=POINTER)

    def call_interface(self, interface: ir.Value, place: int, arguments: ir.Value) -> None:
        """Call one of XLA's functions. None of those that are called here can fail."""
        function = ir.FunctionType(POINTER, [POINTER]).as_pointer()
        self.call(self.load(self.member(interface, _API, place), typ=function), [arguments])

    def add_to(self, pointer: ir.Value, number: int) -> ir.Value:
        """Add to a number that other threads change too. Give what it was."""
        return self.atomic_rmw("add", pointer, INDEX(number), "acq_rel")
