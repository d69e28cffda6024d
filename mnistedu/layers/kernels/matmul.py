"""The loops of the matrix products of a dense layer.

A library's matrix product first copies the larger matrix into another order, so that it suits any
shape. With as few rows as a batch has images, the copy costs about as much as the product. Here
each matrix is read where it is, once or hardly more often, and blocks of sums stay in registers
[1]_.

References
----------
.. [1] K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM
   Transactions on Mathematical Software 34(3), 2008.
"""

from __future__ import annotations

from typing import NamedTuple

from llvmlite import ir

from mnistedu.layers.kernels.accumulators import Accumulators, max_rows, panels, widest_panel
from mnistedu.layers.kernels.builder import INDEX, Builder, Index, start_kernel
from mnistedu.layers.kernels.target import Registers

MIN_TERMS = 64  # of a sum that are worth a task of their own

_DEPTH = 128  # terms of a sum at a time, so that both matrices' entries stay in the cache


class MatmulShape(NamedTuple):
    """The shape of a product: the result's rows and columns, and the terms of each sum.

    The terms may be split into parts, each with a result of its own.
    """

    rows: int
    terms: int
    columns: int
    parts: int = 1


def build_matmul(
    module: ir.Module, shape: MatmulShape, registers: Registers, *, n_tasks: int
) -> ir.Function:
    """Build the kernel that computes a chunk of the parts of left @ right.

    Its buffers are left, right, and the results of all parts, which are to be added.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : MatmulShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.
    n_tasks : int
        The number of tasks that the work is split into.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of a task, the number of images, and the buffers.
    """
    builder, (task, _, left, right, results) = start_kernel(
        module, registers, "matmul", n_buffers=3
    )
    depth = -(-shape.terms // (shape.parts * -(-shape.terms // (shape.parts * _DEPTH))))
    with builder.chunk(task, INDEX(shape.parts), n_tasks) as part:
        result = builder.element(results, (part, shape.rows * shape.columns))
        builder.fill_zeros(result, shape.rows * shape.columns)
        with builder.chunk(part, INDEX(-(-shape.terms // depth)), shape.parts) as index:
            start = builder.mul(index, INDEX(depth))
            stop = builder.minimum(builder.add(start, INDEX(depth)), INDEX(shape.terms))
            for first, lengths in panels(builder, shape.columns, registers):
                for row, n_rows in builder.tiles(shape.rows, max_rows(lengths, registers)):
                    sums = _Tile(
                        builder.element(left, (row, shape.terms)),
                        (shape.terms, 1),
                        builder.element(right, (first, 1)),
                        shape.columns,
                    ).sum_terms(builder, n_rows, lengths, start, stop)
                    target = builder.element(result, (row, shape.columns), (first, 1))
                    sums.add_from(target, shape.columns)
                    sums.store(target, shape.columns)
    builder.ret_void()
    return builder.function


def build_matmul_tn(
    module: ir.Module, shape: MatmulShape, registers: Registers, *, n_tasks: int
) -> ir.Function:
    """Build the kernel that computes a chunk of the rows of left.T @ right.

    Its buffers are left, right and the result.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : MatmulShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.
    n_tasks : int
        The number of tasks that the work is split into.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of a task, the number of images, and the buffers.
    """
    builder, (task, _, left, right, result) = start_kernel(
        module, registers, "matmul_tn", n_buffers=3
    )
    n_tiles = -(-shape.rows // max_rows(widest_panel(shape.columns, registers), registers))
    n_rows = -(-shape.rows // n_tiles)
    with builder.chunk(task, INDEX(n_tiles), n_tasks) as index:
        # The last tile may overlap the one before: both compute the same there.
        row = builder.minimum(builder.mul(index, INDEX(n_rows)), INDEX(shape.rows - n_rows))
        for first, lengths in panels(builder, shape.columns, registers):
            sums = _Tile(
                builder.element(left, (row, 1)),
                (1, shape.rows),
                builder.element(right, (first, 1)),
                shape.columns,
            ).sum_terms(builder, n_rows, lengths, 0, shape.terms)
            target = builder.element(result, (row, shape.columns), (first, 1))
            sums.store(target, shape.columns)
    builder.ret_void()
    return builder.function


def build_matmul_nt(
    module: ir.Module, shape: MatmulShape, registers: Registers, *, n_tasks: int
) -> ir.Function:
    """Build the kernel that computes a chunk of the columns of left @ right.T.

    Its buffers are left, right, the result, and a workspace for each task, which holds some rows of
    right, transposed.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : MatmulShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.
    n_tasks : int
        The number of tasks that the work is split into.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of a task, the number of images, and the buffers.
    """
    builder, (task, _, left, right, result, workspaces) = start_kernel(
        module, registers, "matmul_nt", n_buffers=4
    )
    lengths = widest_panel(shape.columns, registers)
    width = sum(lengths)
    workspace = builder.element(workspaces, (task, workspace_size(shape, registers)))
    with builder.chunk(task, INDEX(-(-shape.columns // width)), n_tasks) as index:
        # The last panel may overlap the one before: both compute the same there.
        first = builder.minimum(builder.mul(index, INDEX(width)), INDEX(shape.columns - width))
        rows = builder.element(right, (first, shape.terms))
        _transpose(builder, rows, workspace, shape.terms, lengths)
        for row, n_rows in builder.tiles(shape.rows, max_rows(lengths, registers)):
            sums = _Tile(
                builder.element(left, (row, shape.terms)),
                (shape.terms, 1),
                workspace,
                len(lengths) * builder.lanes,
            ).sum_terms(builder, n_rows, lengths, 0, shape.terms)
            target = builder.element(result, (row, shape.columns), (first, 1))
            sums.store(target, shape.columns)
    builder.ret_void()
    return builder.function


def workspace_size(shape: MatmulShape, registers: Registers) -> int:
    """Return the size of a task's workspace in :func:`build_matmul_nt`.

    Parameters
    ----------
    shape : MatmulShape
        The shape of the product.
    registers : Registers
        The processor's vector registers.

    Returns
    -------
    size : int
        The number of floats.
    """
    return shape.terms * len(widest_panel(shape.columns, registers)) * registers.lanes


class _Tile(NamedTuple):
    """The factors of a tile of the result.

    Attributes
    ----------
    left : llvmlite.ir.Value
        Pointer to the first factor of the left matrix.
    strides : tuple of int
        How many floats the next row and the next term are away from it.
    right : llvmlite.ir.Value
        Pointer to the first factor of the right matrix.
    right_stride : int
        How many floats the next term is away from it.
    """

    left: ir.Value
    strides: tuple[int, int]
    right: ir.Value
    right_stride: int

    def sum_terms(
        self, builder: Builder, n_rows: int, lengths: list[int], start: Index, stop: Index
    ) -> Accumulators:
        """Sum the terms from `start` to `stop`."""
        sums = Accumulators(builder, n_rows, lengths)
        row_stride, term_stride = self.strides
        with builder.loop(start, stop) as term:
            factors = [
                builder.element(self.left, (term, term_stride), (row, row_stride))
                for row in range(n_rows)
            ]
            sums.add_products(factors, builder.element(self.right, (term, self.right_stride)))
        return sums


def _transpose(
    builder: Builder, rows: ir.Value, columns: ir.Value, length: int, heights: list[int]
) -> None:
    """Copy rows as columns, in groups of a vector's lanes that are filled up with zeros."""
    zero, stride = ir.Constant(builder.vector, None), len(heights) * builder.lanes
    for start, width in builder.tiles(length, builder.lanes, even=False):
        for group, count in enumerate(heights):
            first = builder.element(rows, (group * builder.lanes, length), (start, 1))
            loaded = [
                builder.load_vector(builder.element(first, (n, length)), width)
                for n in range(count)
            ]
            transposed = builder.transpose(loaded + [zero] * (builder.lanes - count))
            target = builder.element(columns, (start, stride), (group, builder.lanes))
            for n, vector in enumerate(transposed[:width]):
                builder.store_vector(vector, builder.element(target, (n, stride)), builder.lanes)
