"""LLVM's builder, with the loops and vector operations that the kernels are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from typing import TypeAlias

from llvmlite import ir

from mnistedu.layers.kernels.target import Registers

FLOAT = ir.FloatType()
INT = ir.IntType(32)
INDEX = ir.IntType(64)
POINTER = ir.PointerType()

Index: TypeAlias = ir.Value | int

_ALIGNMENT = 4  # bytes: that of a float, also for vectors


class Builder(ir.IRBuilder):
    """LLVM's builder, with loops over indices and vectors of floats.

    Parameters
    ----------
    function : llvmlite.ir.Function
        Gets its first block.
    lanes : int, default=1
        How many floats a vector holds.
    """

    def __init__(self, function: ir.Function, lanes: int = 1) -> None:
        super().__init__(function.append_basic_block("entry"))
        self.lanes = lanes
        self.vector = ir.VectorType(FLOAT, lanes)

    def offset(self, *terms: tuple[Index, int]) -> ir.Value:
        """Return the sum of index * stride over all terms."""
        products = [
            INDEX(index * stride) if isinstance(index, int) else self.mul(index, INDEX(stride))
            for index, stride in terms
        ]
        return reduce(self.add, products)

    def element(self, pointer: ir.Value, *terms: tuple[Index, int]) -> ir.Value:
        """Return a pointer to the float at an offset (see :meth:`offset`)."""
        return self.gep(pointer, [self.offset(*terms)], source_etype=FLOAT)

    @contextmanager
    def loop(self, start: Index, stop: Index) -> Iterator[ir.Value]:
        """Run the block once for each index from `start` to `stop`, and at least once."""
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

    @contextmanager
    def loop_until(self) -> Iterator[Callable[[ir.Value], None]]:
        """Run the block again and again until the condition that it ends with is true."""
        body, after = self.append_basic_block("loop"), self.append_basic_block("after")
        self.branch(body)
        self.position_at_end(body)
        yield lambda condition: self.cbranch(condition, after, body)
        self.position_at_end(after)

    @contextmanager
    def chunk(self, task: ir.Value, n_items: ir.Value, n_tasks: int) -> Iterator[ir.Value]:
        """Run the block once for each item of a task's chunk, which may be empty."""
        start = self.udiv(self.mul(task, n_items), INDEX(n_tasks))
        stop = self.udiv(self.mul(self.add(task, INDEX(1)), n_items), INDEX(n_tasks))
        with self.if_then(self.icmp_signed("<", start, stop)), self.loop(start, stop) as index:
            yield index

    def tiles(
        self, length: int, longest: int, *, even: bool = True
    ) -> Iterator[tuple[ir.Value, int]]:
        """Yield the start and length of each tile of a range; all but a remainder are one loop."""
        size = -(-length // -(-length // longest)) if even else min(length, longest)
        whole, remainder = divmod(length, size)
        with self.loop(0, whole) as index:
            yield self.mul(index, INDEX(size)), size
        if remainder:
            yield INDEX(whole * size), remainder

    def fill_zeros(self, pointer: ir.Value, count: int) -> None:
        """Set `count` floats in memory to zero."""
        zero = ir.Constant(self.vector, None)
        for start, length in self.tiles(count, self.lanes, even=False):
            self.store_vector(zero, self.element(pointer, (start, 1)), length)

    def load_vector(self, pointer: ir.Value, length: int) -> ir.Value:
        """Load the first `length` floats of a vector; the others are 0."""
        if length == self.lanes:
            return self.load(pointer, typ=self.vector, align=_ALIGNMENT)
        load = self.declare(
            f"llvm.masked.load.v{self.lanes}f32.p0",
            self.vector,
            [POINTER, INT, self._mask(length).type, self.vector],
        )
        zero = ir.Constant(self.vector, None)
        return self.call(load, [pointer, INT(_ALIGNMENT), self._mask(length), zero])

    def store_vector(self, value: ir.Value, pointer: ir.Value, length: int) -> None:
        """Store the first `length` floats of a vector."""
        if length == self.lanes:
            self.store(value, pointer, align=_ALIGNMENT)
            return
        store = self.declare(
            f"llvm.masked.store.v{self.lanes}f32.p0",
            ir.VoidType(),
            [self.vector, POINTER, INT, self._mask(length).type],
        )
        self.call(store, [value, pointer, INT(_ALIGNMENT), self._mask(length)])

    def splat(self, value: ir.Value) -> ir.Value:
        """Return a vector with the same number in all lanes."""
        undefined = ir.Constant(ir.VectorType(value.type, self.lanes), ir.Undefined)
        first = self.insert_element(undefined, value, INDEX(0))
        zeros = ir.Constant(ir.VectorType(INT, self.lanes), [0] * self.lanes)
        return self.shuffle_vector(first, undefined, zeros)

    def multiply_add(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """Return a * b + c, computed by one instruction."""
        fma = self.declare(f"llvm.fma.v{self.lanes}f32", self.vector, [self.vector] * 3)
        return self.call(fma, [a, b, c])

    def rotate_left(self, value: ir.Value, bits: int) -> ir.Value:
        """Rotate the bits of each 32-bit integer to the left."""
        shift = ir.Constant(value.type, [bits] * self.lanes)
        name = f"llvm.fshl.v{self.lanes}i32"
        return self.call(self.declare(name, value.type, [value.type] * 3), [value, value, shift])

    def maximum(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """Return the larger float of each pair; NaN propagates."""
        name = f"llvm.maximum.v{self.lanes}f32"
        return self.call(self.declare(name, self.vector, [self.vector] * 2), [a, b])

    def minimum(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """Return the smaller of two indices."""
        return self.select(self.icmp_signed("<", a, b), a, b)

    def transpose(self, rows: list[ir.Value]) -> list[ir.Value]:
        """Transpose a square of as many vectors as a vector has lanes."""
        kind = ir.VectorType(INT, self.lanes)
        step = 1
        while step < self.lanes:
            low, high = [], []
            for lane in range(self.lanes):
                other = lane & step
                low.append(lane - step + self.lanes if other else lane)
                high.append(lane + self.lanes if other else lane + step)
            swapped = list(rows)
            for row in range(self.lanes):
                if not row & step:
                    pair = rows[row], rows[row + step]
                    swapped[row] = self.shuffle_vector(*pair, ir.Constant(kind, low))
                    swapped[row + step] = self.shuffle_vector(*pair, ir.Constant(kind, high))
            rows = swapped
            step *= 2
        return rows

    def pause(self) -> None:
        """Tell the processor that this thread waits for another one."""
        architecture = self.module.triple.partition("-")[0]
        if architecture == "x86_64":
            self.call(self.declare("llvm.x86.sse2.pause", ir.VoidType(), []), [])
        elif architecture in ("aarch64", "arm64"):
            hint = self.declare("llvm.aarch64.hint", ir.VoidType(), [INT])
            self.call(hint, [INT(1)])  # the instruction "yield"

    def declare(self, name: str, result: ir.Type, arguments: list[ir.Type]) -> ir.Function:
        """Return an intrinsic function of LLVM or a function of the C library."""
        if name in self.module.globals:
            return self.module.globals[name]
        return ir.Function(self.module, ir.FunctionType(result, arguments), name)

    def _mask(self, length: int) -> ir.Constant:
        bits = [int(lane < length) for lane in range(self.lanes)]
        return ir.Constant(ir.VectorType(ir.IntType(1), self.lanes), bits)


def start_kernel(
    module: ir.Module, registers: Registers, name: str, *, n_buffers: int
) -> tuple[Builder, tuple[ir.Value, ...]]:
    """Start a kernel: a function that runs one of the tasks that the work is split into.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the function.
    registers : Registers
        The processor's vector registers.
    name : str
        The name of the function.
    n_buffers : int
        The number of inputs and outputs.

    Returns
    -------
    builder : Builder
        Builds the function.
    arguments : tuple of llvmlite.ir.Value
        The task's index, the number of images, and a pointer to each buffer.
    """
    kind = ir.FunctionType(ir.VoidType(), [INDEX, INDEX, *[POINTER] * n_buffers])
    function = ir.Function(module, kind, name)
    return Builder(function, registers.lanes), function.args
