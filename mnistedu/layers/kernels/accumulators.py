"""A block of sums that stays in the processor's registers until it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from llvmlite import ir

from mnistedu.layers.kernels.builder import FLOAT, Code
from mnistedu.layers.kernels.target import Registers


class Block:
    """Sums that stay in registers: so many rows, each of some vectors."""

    def __init__(self, code: Code, rows: int, lengths: list[int]) -> None:
        self._code, self._lengths = code, lengths
        with code.goto_entry_block():
            self._sums = [[code.alloca(code.vector) for _ in lengths] for _ in range(rows)]

    def clear(self) -> None:
        """Set all sums to zero."""
        self._change(lambda _: ir.Constant(self._code.vector, None))

    def rectify(self) -> None:
        """Apply ReLU to all sums; NaN propagates."""
        zero, code = ir.Constant(self._code.vector, None), self._code
        self._change(lambda old: code.select(code.fcmp_unordered(">", old, zero), old, zero))

    def add_products(self, factors: list[ir.Value], vectors: ir.Value) -> None:
        """Add to each row its own factor times the vectors; all of them are in memory."""
        code = self._code
        loaded = self._load(vectors)
        for row, factor in zip(self._sums, factors, strict=True):
            repeated = code.repeat(code.load(factor, typ=FLOAT))
            for total, vector in zip(row, loaded, strict=True):
                old = code.load(total, typ=code.vector)
                code.store(code.multiply_add(repeated, vector, old), total)

    def add_to_each(self, vectors: ir.Value) -> None:
        """Add the same vectors to each row."""
        for row in self._sums:
            self._add(row, self._load(vectors))

    def add_from(self, pointer: ir.Value, stride: int = 0) -> None:
        """Add what is in memory, the rows `stride` apart."""
        for number, row in enumerate(self._sums):
            self._add(row, self._load(self._code.at(pointer, (number, stride))))

    def store(self, pointer: ir.Value, stride: int = 0) -> None:
        """Put the sums into memory, the rows `stride` apart."""
        code = self._code
        for number, row in enumerate(self._sums):
            for position, (total, length) in enumerate(zip(row, self._lengths, strict=True)):
                place = code.at(pointer, (number, stride), (position, code.lanes))
                code.store_vector(code.load(total, typ=code.vector), place, length)

    def _load(self, pointer: ir.Value) -> list[ir.Value]:
        code = self._code
        return [
            code.load_vector(code.at(pointer, (position, code.lanes)), length)
            for position, length in enumerate(self._lengths)
        ]

    def _add(self, row: list[ir.Value], vectors: list[ir.Value]) -> None:
        code = self._code
        for total, vector in zip(row, vectors, strict=True):
            code.store(code.fadd(code.load(total, typ=code.vector), vector), total)

    def _change(self, change: Callable[[ir.Value], ir.Value]) -> None:
        for row in self._sums:
            for total in row:
                old = self._code.load(total, typ=self._code.vector)
                self._code.store(change(old), total)


def panels(code: Code, columns: int, registers: Registers) -> Iterator[tuple[ir.Value, list[int]]]:
    """Cut columns into panels of some vectors: where each begins, how long its vectors are."""
    widest = sum(widest_panel(columns, registers))
    for first, width in code.tiles(columns, widest, even=False):
        yield first, widest_panel(width, registers)


def widest_panel(columns: int, registers: Registers) -> list[int]:
    """Give the lengths of the vectors of the widest panel that so many columns have."""
    lanes = registers.lanes
    width = min(columns, lanes * (4 if registers.count == 32 else 2))
    return [min(lanes, width - place) for place in range(0, width, lanes)]


def height(lengths: list[int], registers: Registers) -> int:
    """Give how many rows of sums the registers hold, beside what is multiplied."""
    return (registers.count - 1 - len(lengths)) // len(lengths)
