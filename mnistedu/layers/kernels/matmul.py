"""The products of two matrices that a dense layer needs, as a processor likes them.

A library's product first copies the larger matrix into another order, so that it suits any shape.
With as few rows as a batch has images, this copying costs about as much as the products. Here each
matrix is read where it is, once or hardly more often, and blocks of sums stay in registers [1]_.

References
----------
.. [1] K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM
   Transactions on Mathematical Software 34(3), 2008.
"""

from __future__ import annotations

from typing import NamedTuple

from llvmlite import ir

from mnistedu.layers.kernels.accumulators import Block, height, panels, widest_panel
from mnistedu.layers.kernels.builder import INDEX, Code, Number, begin
from mnistedu.layers.kernels.target import Registers

SHORTEST_PART = 64  # terms of a sum that are worth a core of their own

_DEPTH = 128  # terms of a sum at a time, so that what they are made of stays in the cache


class Shape(NamedTuple):
    """What a product looks like: the result's rows and columns, and the terms of each sum.

    The sums may be cut into parts.
    """

    rows: int
    terms: int
    columns: int
    parts: int = 1


def multiply(module: ir.Module, shape: Shape, registers: Registers, *, pieces: int) -> ir.Function:
    """Write the function that works out a share of the parts of left @ right.

    It takes the share's number, the left matrix's length, left, right, and for each part a result;
    these are to be added.
    """
    code, (piece, _, left, right, results) = begin(module, registers, "multiply", buffers=3)
    depth = -(-shape.terms // (shape.parts * -(-shape.terms // (shape.parts * _DEPTH))))
    with code.share(piece, INDEX(shape.parts), pieces) as part:
        result = code.at(results, (part, shape.rows * shape.columns))
        code.clear(result, shape.rows * shape.columns)
        with code.share(part, INDEX(-(-shape.terms // depth)), shape.parts) as number:
            start = code.mul(number, INDEX(depth))
            stop = code.smaller(code.add(start, INDEX(depth)), INDEX(shape.terms))
            for first, lengths in panels(code, shape.columns, registers):
                for row, rows in code.tiles(shape.rows, height(lengths, registers)):
                    block = _Tile(
                        code.at(left, (row, shape.terms)),
                        (shape.terms, 1),
                        code.at(right, (first, 1)),
                        shape.columns,
                    ).sum(code, rows, lengths, start, stop)
                    place = code.at(result, (row, shape.columns), (first, 1))
                    block.add_from(place, shape.columns)
                    block.store(place, shape.columns)
    code.ret_void()
    return code.function


def multiply_transposed_left(
    module: ir.Module, shape: Shape, registers: Registers, *, pieces: int
) -> ir.Function:
    """Write the function that works out a share of the rows of left.T @ right.

    It takes the share's number, the left matrix's length, left, right, and the result.
    """
    code, (piece, _, left, right, result) = begin(module, registers, "multiply", buffers=3)
    n_tiles = -(-shape.rows // height(widest_panel(shape.columns, registers), registers))
    rows = -(-shape.rows // n_tiles)
    with code.share(piece, INDEX(n_tiles), pieces) as number:
        # The last tile may begin within the one before: what both work out is the same.
        row = code.smaller(code.mul(number, INDEX(rows)), INDEX(shape.rows - rows))
        for first, lengths in panels(code, shape.columns, registers):
            block = _Tile(
                code.at(left, (row, 1)), (1, shape.rows), code.at(right, (first, 1)), shape.columns
            ).sum(code, rows, lengths, 0, shape.terms)
            block.store(code.at(result, (row, shape.columns), (first, 1)), shape.columns)
    code.ret_void()
    return code.function


def multiply_transposed_right(
    module: ir.Module, shape: Shape, registers: Registers, *, pieces: int
) -> ir.Function:
    """Write the function that works out a share of the columns of left @ right.T.

    It takes the share's number, the left matrix's length, left, right, the result, and for each
    share the room for some rows of the right matrix, turned.
    """
    code, (piece, _, left, right, result, rooms) = begin(module, registers, "multiply", buffers=4)
    lengths = widest_panel(shape.columns, registers)
    width = sum(lengths)
    turned = code.at(rooms, (piece, room(shape, registers)))
    with code.share(piece, INDEX(-(-shape.columns // width)), pieces) as number:
        # The last panel may begin within the one before: what both work out is the same.
        first = code.smaller(code.mul(number, INDEX(width)), INDEX(shape.columns - width))
        _turn(code, code.at(right, (first, shape.terms)), turned, shape.terms, lengths)
        for row, rows in code.tiles(shape.rows, height(lengths, registers)):
            block = _Tile(
                code.at(left, (row, shape.terms)),
                (shape.terms, 1),
                turned,
                len(lengths) * code.lanes,
            ).sum(code, rows, lengths, 0, shape.terms)
            block.store(code.at(result, (row, shape.columns), (first, 1)), shape.columns)
    code.ret_void()
    return code.function


def room(shape: Shape, registers: Registers) -> int:
    """Tell how many floats a share of ``multiply_transposed_right`` needs room for."""
    return shape.terms * len(widest_panel(shape.columns, registers)) * registers.lanes


class _Tile(NamedTuple):
    """What some rows of a panel are sums of products of: where both matrices begin for them.

    In the left one the next row and the next term are so many floats away, in the right one the
    next term is.
    """

    left: ir.Value
    steps: tuple[int, int]
    right: ir.Value
    line: int

    def sum(self, code: Code, rows: int, lengths: list[int], start: Number, stop: Number) -> Block:
        """Write the sum of the terms from `start` to `stop`."""
        block = Block(code, rows, lengths)
        block.clear()
        down, along = self.steps
        with code.loop(start, stop) as term:
            factors = [code.at(self.left, (term, along), (n, down)) for n in range(rows)]
            block.add_products(factors, code.at(self.right, (term, self.line)))
        return block


def _turn(code: Code, rows: ir.Value, columns: ir.Value, length: int, heights: list[int]) -> None:
    """Copy rows as columns: some vectors of them, filled up with zeros."""
    zero, line = ir.Constant(code.vector, None), len(heights) * code.lanes
    for place, width in code.tiles(length, code.lanes, even=False):
        for number, count in enumerate(heights):
            first = code.at(rows, (number * code.lanes, length), (place, 1))
            seen = [code.load_vector(code.at(first, (n, length)), width) for n in range(count)]
            turned = code.transpose(seen + [zero] * (code.lanes - count))
            target = code.at(columns, (place, line), (number, code.lanes))
            for n, vector in enumerate(turned[:width]):
                code.store_vector(vector, code.at(target, (n, line)), code.lanes)
