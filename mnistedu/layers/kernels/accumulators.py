"""Sums of products that stay in the processor's registers until they are complete."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from llvmlite import ir

from mnistedu.layers.kernels.builder import FLOAT, Builder
from mnistedu.layers.kernels.target import Registers


class Accumulators:
    """A block of sums in registers, which starts at zero.

    Parameters
    ----------
    builder : Builder
        Builds the kernel that the sums belong to.
    rows : int
        The number of rows.
    lengths : list of int
        How many floats of each vector of a row are in use.
    """

    def __init__(self, builder: Builder, rows: int, lengths: list[int]) -> None:
        self._builder, self._lengths = builder, lengths
        with builder.goto_entry_block():
            self._sums = [[builder.alloca(builder.vector) for _ in lengths] for _ in range(rows)]
        self._zero = ir.Constant(builder.vector, None)
        for total in itertools.chain.from_iterable(self._sums):
            builder.store(self._zero, total)

    def relu(self) -> None:
        """Apply ReLU to all sums; NaN propagates."""
        builder, zero = self._builder, self._zero
        for total in itertools.chain.from_iterable(self._sums):
            value = builder.load(total, typ=builder.vector)
            is_positive = builder.fcmp_unordered(">", value, zero)
            builder.store(builder.select(is_positive, value, zero), total)

    def add_products(self, factors: list[ir.Value], vectors: ir.Value) -> None:
        """Add the vectors times a row's own factor to each row; pointers to all of them."""
        builder = self._builder
        loaded = self._load(vectors)
        for row, factor in zip(self._sums, factors, strict=True):
            splat = builder.splat(builder.load(factor, typ=FLOAT))
            for total, vector in zip(row, loaded, strict=True):
                old = builder.load(total, typ=builder.vector)
                builder.store(builder.multiply_add(splat, vector, old), total)

    def add_to_each_row(self, vectors: ir.Value) -> None:
        """Add the same vectors to each row."""
        for row in self._sums:
            self._add(row, self._load(vectors))

    def add_from(self, pointer: ir.Value, stride: int = 0) -> None:
        """Add a block in memory, whose rows are `stride` floats apart."""
        for index, row in enumerate(self._sums):
            self._add(row, self._load(self._builder.element(pointer, (index, stride))))

    def store(self, pointer: ir.Value, stride: int = 0) -> None:
        """Store the sums in memory, the rows `stride` floats apart."""
        builder = self._builder
        for index, row in enumerate(self._sums):
            for column, (total, length) in enumerate(zip(row, self._lengths, strict=True)):
                target = builder.element(pointer, (index, stride), (column, builder.lanes))
                builder.store_vector(builder.load(total, typ=builder.vector), target, length)

    def _load(self, pointer: ir.Value) -> list[ir.Value]:
        builder = self._builder
        return [
            builder.load_vector(builder.element(pointer, (column, builder.lanes)), length)
            for column, length in enumerate(self._lengths)
        ]

    def _add(self, row: list[ir.Value], vectors: list[ir.Value]) -> None:
        builder = self._builder
        for total, vector in zip(row, vectors, strict=True):
            builder.store(builder.fadd(builder.load(total, typ=builder.vector), vector), total)


def panels(
    builder: Builder, columns: int, registers: Registers
) -> Iterator[tuple[ir.Value, list[int]]]:
    """Split columns into panels of a few vectors.

    Parameters
    ----------
    builder : Builder
        Builds the kernel.
    columns : int
        The number of columns.
    registers : Registers
        The processor's vector registers.

    Yields
    ------
    first : llvmlite.ir.Value
        The panel's first column.
    lengths : list of int
        How many floats of each of its vectors are in use.
    """
    widest = sum(widest_panel(columns, registers))
    for first, width in builder.tiles(columns, widest, even=False):
        yield first, widest_panel(width, registers)


def widest_panel(columns: int, registers: Registers) -> list[int]:
    """Return the vectors of the widest panel.

    Parameters
    ----------
    columns : int
        The number of columns.
    registers : Registers
        The processor's vector registers.

    Returns
    -------
    lengths : list of int
        How many floats of each vector are in use.
    """
    lanes = registers.lanes
    width = min(columns, lanes * (4 if registers.count == 32 else 2))
    return [min(lanes, width - start) for start in range(0, width, lanes)]


def max_rows(lengths: list[int], registers: Registers) -> int:
    """Return how many rows of sums fit into the registers, next to one factor and one row.

    Parameters
    ----------
    lengths : list of int
        How many floats of each vector of a row are in use.
    registers : Registers
        The processor's vector registers.

    Returns
    -------
    rows : int
        The number of rows.
    """
    return (registers.count - 1 - len(lengths)) // len(lengths)
