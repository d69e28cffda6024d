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

from mnistedu._kernels.block import Block, height, panels, widest
from mnistedu._kernels.code import INDEX, Code, begin
from mnistedu._kernels.machine import Registers

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
    n_stretches = shape.parts * -(-shape.terms // (shape.parts * _DEPTH))
    depth = -(-shape.terms // n_stretches)
    with code.share(piece, INDEX(shape.parts), pieces) as part:
        result = code.at(results, (part, shape.rows * shape.columns))
        code.clear(result, shape.rows * shape.columns)
        with code.share(part, INDEX(-(-shape.terms // depth)), shape.parts) as number:
            start = code.mul(number, INDEX(depth))
            stop = code.smaller(code.add(start, INDEX(depth)), INDEX(shape.terms))
            _add_terms(code, shape, registers, left, right, result, start, stop)
    code.ret_void()
    return code.function


def _add_terms(
    code: Code,
    shape: Shape,
    registers: Registers,
    left: ir.Value,
    right: ir.Value,
    result: ir.Value,
    start: ir.Value,
    stop: ir.Value,
) -> None:
    for first, lengths in panels(code, shape.columns, registers):
        for row, rows in code.tiles(shape.rows, height(lengths, registers)):
            block = Block(code, rows, lengths)
            block.clear()
            with code.loop(start, stop) as term:
                place = code.at(left, (row, shape.terms), (term, 1))
                block.add_products(
                    [code.at(place, (n, shape.terms)) for n in range(rows)],
                    code.at(right, (term, shape.columns), (first, 1)),
                )
            place = code.at(result, (row, shape.columns), (first, 1))
            block.add_from(place, shape.columns)
            block.store(place, shape.columns)


def multiply_transposed_left(
    module: ir.Module, shape: Shape, registers: Registers, *, pieces: int
) -> ir.Function:
    """Write the function that works out a share of the rows of left.T @ right.

    It takes the share's number, the left matrix's length, left, right, and the result.
    """
    code, (piece, _, left, right, result) = begin(module, registers, "multiply", buffers=3)
    longest = height([1] * min(-(-shape.columns // registers.lanes), widest(registers)), registers)
    n_tiles = -(-shape.rows // longest)
    rows = -(-shape.rows // n_tiles)
    with code.share(piece, INDEX(n_tiles), pieces) as number:
        # The last tile may begin within the one before: what both work out is the same.
        row = code.smaller(code.mul(number, INDEX(rows)), INDEX(shape.rows - rows))
        for first, lengths in panels(code, shape.columns, registers):
            block = Block(code, rows, lengths)
            block.clear()
            with code.loop(0, shape.terms) as term:
                place = code.at(left, (term, shape.rows), (row, 1))
                block.add_products(
                    [code.at(place, (n, 1)) for n in range(rows)],
                    code.at(right, (term, shape.columns), (first, 1)),
                )
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
    width = min(shape.columns, registers.lanes * widest(registers))
    lengths = [min(registers.lanes, width - n) for n in range(0, width, registers.lanes)]
    line = len(lengths) * registers.lanes
    turned = code.at(rooms, (piece, room(shape, registers)))
    with code.share(piece, INDEX(-(-shape.columns // width)), pieces) as number:
        # The last panel may begin within the one before: what both work out is the same.
        first = code.smaller(code.mul(number, INDEX(width)), INDEX(shape.columns - width))
        _turn(code, code.at(right, (first, shape.terms)), turned, shape.terms, lengths)
        for row, rows in code.tiles(shape.rows, height(lengths, registers)):
            block = Block(code, rows, lengths)
            block.clear()
            with code.loop(0, shape.terms) as term:
                place = code.at(left, (row, shape.terms), (term, 1))
                block.add_products(
                    [code.at(place, (n, shape.terms)) for n in range(rows)],
                    code.at(turned, (term, line)),
                )
            block.store(code.at(result, (row, shape.columns), (first, 1)), shape.columns)
    code.ret_void()
    return code.function


def room(shape: Shape, registers: Registers) -> int:
    """Tell how many floats a share of ``multiply_transposed_right`` needs room for."""
    vectors = min(-(-shape.columns // registers.lanes), widest(registers))
    return shape.terms * vectors * registers.lanes


def _turn(code: Code, rows: ir.Value, columns: ir.Value, length: int, heights: list[int]) -> None:
    """Copy rows as columns: some vectors of them, filled up with zeros."""
    zero = ir.Constant(code.vector, None)
    for place, width in code.tiles(length, code.lanes, even=False):
        for number, height_ in enumerate(heights):
            seen = [
                code.load_vector(
                    code.at(rows, (number * code.lanes + n, length), (place, 1)), width
                )
                for n in range(height_)
            ]
            turned = code.transpose(seen + [zero] * (code.lanes - height_))
            for n, vector in enumerate(turned[:width]):
                target = code.at(
                    columns,
                    (place, len(heights) * code.lanes),
                    (n, len(heights) * code.lanes),
                    (number, code.lanes),
                )
                code.store_vector(vector, target, code.lanes)
