"""The few phrases of LLVM's language that the kernels are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce

from llvmlite import ir

from mnistedu.layers.kernels.target import Registers

FLOAT = ir.FloatType()
INDEX = ir.IntType(64)
POINTER = ir.PointerType()

Number = ir.Value | int

_ALIGNMENT = 4  # bytes: that of a float, also for vectors


class Code(ir.IRBuilder):
    """LLVM's builder, with loops over indices and vectors of floats.

    Parameters
    ----------
    function : llvmlite.ir.Function
        Which gets its first block.
    lanes : int, default=1
        How many floats a vector holds.
    """

    def __init__(self, function: ir.Function, lanes: int = 1) -> None:
        super().__init__(function.append_basic_block("entry"))
        self.lanes = lanes
        self.vector = ir.VectorType(FLOAT, lanes)

    def place(self, *steps: tuple[Number, int]) -> ir.Value:
        """Add up: for each step, so many times so many."""
        distances = [
            INDEX(times * size) if isinstance(times, int) else self.mul(times, INDEX(size))
            for times, size in steps
        ]
        return reduce(self.add, distances)

    def at(self, pointer: ir.Value, *steps: tuple[Number, int]) -> ir.Value:
        """Move a pointer: for each step, so many times so many floats."""
        return self.gep(pointer, [self.place(*steps)], source_etype=FLOAT)

    @contextmanager
    def loop(self, start: Number, stop: Number) -> Iterator[ir.Value]:
        """Run what is written inside for each index; for the first one in any case."""
        start, stop = (INDEX(n) if isinstance(n, int) else n for n in (start, stop))
        before = self.block
        body, after = self.append_basic_block("loop"), self.append_basic_block("after")
        self.branch(body)
        self.position_at_end(body)
        index = self.phi(INDEX)
        index.add_incoming(start, before)
        yield index
        following = self.add(index, INDEX(1))
        index.add_incoming(following, self.block)
        self.cbranch(self.icmp_signed("<", following, stop), body, after)
        self.position_at_end(after)

    def tiles(
        self, length: int, longest: int, *, even: bool = True
    ) -> Iterator[tuple[ir.Value, int]]:
        """Cut a length into tiles: where each begins, how long it is. All but a rest are a loop."""
        size = -(-length // -(-length // longest)) if even else min(length, longest)
        whole, rest = divmod(length, size)
        with self.loop(0, whole) as number:
            yield self.mul(number, INDEX(size)), size
        if rest:
            yield INDEX(whole * size), rest

    def clear(self, pointer: ir.Value, count: int) -> None:
        """Put zeros there."""
        zero = ir.Constant(self.vector, None)
        for place, length in self.tiles(count, self.lanes, even=False):
            self.store_vector(zero, self.at(pointer, (place, 1)), length)

    @contextmanager
    def share(self, piece: ir.Value, count: ir.Value, pieces: int) -> Iterator[ir.Value]:
        """Go through what falls to a piece of so many things, which may be nothing."""
        start = self.udiv(self.mul(piece, count), INDEX(pieces))
        stop = self.udiv(self.mul(self.add(piece, INDEX(1)), count), INDEX(pieces))
        with self.if_then(self.icmp_signed("<", start, stop)), self.loop(start, stop) as number:
            yield number

    @contextmanager
    def repeat_until(self) -> Iterator[Callable[[ir.Value], None]]:
        """Run what is written inside again and again; its last word is whether that was all."""
        body, after = self.append_basic_block("loop"), self.append_basic_block("after")
        self.branch(body)
        self.position_at_end(body)
        yield lambda finished: self.cbranch(finished, after, body)
        self.position_at_end(after)

    def load_vector(self, pointer: ir.Value, length: int) -> ir.Value:
        """Load a vector's first floats; the others are 0."""
        if length == self.lanes:
            return self.load(pointer, typ=self.vector, align=_ALIGNMENT)
        load = self.external(
            f"llvm.masked.load.v{self.lanes}f32.p0",
            self.vector,
            [POINTER, ir.IntType(32), self._mask(length).type, self.vector],
        )
        zero = ir.Constant(self.vector, None)
        return self.call(load, [pointer, ir.IntType(32)(_ALIGNMENT), self._mask(length), zero])

    def store_vector(self, value: ir.Value, pointer: ir.Value, length: int) -> None:
        """Store a vector's first floats."""
        if length == self.lanes:
            self.store(value, pointer, align=_ALIGNMENT)
            return
        store = self.external(
            f"llvm.masked.store.v{self.lanes}f32.p0",
            ir.VoidType(),
            [self.vector, POINTER, ir.IntType(32), self._mask(length).type],
        )
        self.call(store, [value, pointer, ir.IntType(32)(_ALIGNMENT), self._mask(length)])

    def repeat(self, value: ir.Value) -> ir.Value:
        """Make a vector of one number."""
        undefined = ir.Constant(ir.VectorType(value.type, self.lanes), ir.Undefined)
        first = self.insert_element(undefined, value, INDEX(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.shuffle_vector(first, undefined, zeros)

    def multiply_add(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """Give a * b + c, in one instruction."""
        fma = self.external(f"llvm.fma.v{self.lanes}f32", self.vector, [self.vector] * 3)
        return self.call(fma, [a, b, c])

    def rotate(self, value: ir.Value, bits: int) -> ir.Value:
        """Move the bits of each 32-bit integer to the left, those that leave to the right end."""
        shift = ir.Constant(value.type, [bits] * self.lanes)
        name = f"llvm.fshl.v{self.lanes}i32"
        return self.call(self.external(name, value.type, [value.type] * 3), [value, value, shift])

    def largest(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """Give the larger of each pair; what is no number if one of them is none."""
        name = f"llvm.maximum.v{self.lanes}f32"
        return self.call(self.external(name, self.vector, [self.vector] * 2), [a, b])

    def transpose(self, vectors: list[ir.Value]) -> list[ir.Value]:
        """Turn rows into columns: of as many vectors as each of them holds floats."""
        kind = ir.VectorType(ir.IntType(32), self.lanes)
        step = 1
        while step < self.lanes:
            halves = [[], []]
            for lane in range(self.lanes):
                other = lane & step
                halves[0].append(lane - step + self.lanes if other else lane)
                halves[1].append(lane + self.lanes if other else lane + step)
            low, high = (ir.Constant(kind, half) for half in halves)
            turned = list(vectors)
            for place in range(self.lanes):
                if not place & step:
                    pair = vectors[place], vectors[place + step]
                    turned[place] = self.shuffle_vector(*pair, low)
                    turned[place + step] = self.shuffle_vector(*pair, high)
            vectors = turned
            step *= 2
        return vectors

    def smaller(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """Give the smaller of two indices."""
        return self.select(self.icmp_signed("<", a, b), a, b)

    def external(self, name: str, result: ir.Type, arguments: list[ir.Type]) -> ir.Function:
        """Name a function of LLVM's or of the C library's."""
        if name in self.module.globals:
            return self.module.globals[name]
        return ir.Function(self.module, ir.FunctionType(result, arguments), name)

    def _mask(self, length: int) -> ir.Constant:
        bits = [int(lane < length) for lane in range(self.lanes)]
        return ir.Constant(ir.VectorType(ir.IntType(1), self.lanes), bits)


def begin(
    module: ir.Module, registers: Registers, name: str, *, buffers: int
) -> tuple[Code, tuple[ir.Value, ...]]:
    """Begin a kernel: a function that does one piece of the work.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Which gets the function.
    registers : Registers
    name : str
    buffers : int
        How many inputs and outputs there are.

    Returns
    -------
    code : Code
    arguments : tuple of llvmlite.ir.Value
        The number of the piece, the number of images, and where the buffers begin.
    """
    kind = ir.FunctionType(ir.VoidType(), [INDEX, INDEX, *[POINTER] * buffers])
    function = ir.Function(module, kind, name)
    return Code(function, registers.lanes), function.args
