"""The loops of a 2D convolution and of its gradients.

A processor is fastest when it multiplies and adds what is in its registers. So each loop computes a
small block of results at a time, which stays in registers until it is complete: a few pixels of a
row, each with a few vectors of filters. Each number that is loaded serves the whole block [1]_.
Images have their channels last, so the columns and channels under one row of the kernel are
contiguous in memory, and one loop runs over both.

References
----------
.. [1] E. Georganas et al., "Anatomy of High-Performance Deep Learning Convolutions on SIMD
   Architectures", SC 2018.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from llvmlite import ir

from mnistedu.layers.kernels.accumulators import Accumulators, max_rows, panels
from mnistedu.layers.kernels.builder import Builder, start_kernel
from mnistedu.layers.kernels.target import Registers


class Conv2DShape(NamedTuple):
    """The shape of a convolution: of the padded images, of the kernel, and the filters.

    Attributes
    ----------
    rows, columns : int
        The size of an output.
    row_size, kernel_row_size : int
        The number of floats in a row of an image, and in the part of it under a row of the kernel.
    image_size, output_size, kernel_size : int
        The number of floats in an image, in an output and in the kernel.
    """

    height: int
    width: int
    channels: int
    kernel_height: int
    kernel_width: int
    filters: int

    @property
    def rows(self) -> int:  # noqa: D102
        return self.height - self.kernel_height + 1

    @property
    def columns(self) -> int:  # noqa: D102
        return self.width - self.kernel_width + 1

    @property
    def row_size(self) -> int:  # noqa: D102
        return self.width * self.channels

    @property
    def kernel_row_size(self) -> int:  # noqa: D102
        return self.kernel_width * self.channels

    @property
    def image_size(self) -> int:  # noqa: D102
        return self.height * self.row_size

    @property
    def output_size(self) -> int:  # noqa: D102
        return self.rows * self.columns * self.filters

    @property
    def kernel_size(self) -> int:  # noqa: D102
        return self.kernel_height * self.kernel_row_size * self.filters


def build_conv2d(
    module: ir.Module, shape: Conv2DShape, registers: Registers, *, relu: bool
) -> ir.Function:
    """Build the kernel that convolves one image, adds the biases and applies ReLU if wanted.

    Its buffers are the images, the kernel, the biases and the outputs.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : Conv2DShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.
    relu : bool
        Whether to apply ReLU.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of an image, the number of images, and the buffers.
    """
    builder, (image, _, images, kernel, biases, outputs) = start_kernel(
        module, registers, "conv2d", n_buffers=4
    )
    images = builder.element(images, (image, shape.image_size))
    outputs = builder.element(outputs, (image, shape.output_size))
    for sums, first in _convolved_blocks(builder, shape, registers, images, kernel, outputs):
        sums.add_to_each_row(builder.element(biases, (first, 1)))
        if relu:
            sums.relu()
    builder.ret_void()
    return builder.function


def build_conv2d_input_grad(
    module: ir.Module, shape: Conv2DShape, registers: Registers, *, n_tasks: int, relu: bool
) -> ir.Function:
    """Build the kernel that computes the gradients of a chunk of the images.

    This is a convolution as well: of the outputs' gradients, padded with zeros, with the kernel
    rotated by 180 degrees.

    Its buffers are the gradients of the outputs, with ReLU also the outputs, the rotated kernel,
    the gradients of the images, and a workspace for each task, which holds a padded gradient.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : Conv2DShape
        The shape to compile for: that of the convolution of the padded gradients.
    registers : Registers
        The processor's vector registers.
    n_tasks : int
        The number of tasks that the work is split into.
    relu : bool
        Whether the outputs are those of ReLU.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of a task, the number of images, and the buffers.
    """
    builder, (task, n_images, *sources, kernel, results, workspaces) = start_kernel(
        module, registers, "conv2d_input_grad", n_buffers=5 if relu else 4
    )
    top, left = shape.kernel_height - 1, shape.kernel_width - 1
    rows, row_size = shape.height - 2 * top, (shape.width - 2 * left) * shape.channels
    workspace = builder.element(workspaces, (task, shape.image_size))
    builder.fill_zeros(workspace, shape.image_size)
    with builder.chunk(task, n_images, n_tasks) as image:
        with builder.loop(0, rows) as row:
            source_rows = [
                builder.element(source, (image, rows * row_size), (row, row_size))
                for source in sources
            ]
            inner = builder.element(workspace, (top, shape.row_size), (left, shape.channels))
            _copy(builder, row_size, builder.element(inner, (row, shape.row_size)), *source_rows)
        result = builder.element(results, (image, shape.output_size))
        for _ in _convolved_blocks(builder, shape, registers, workspace, kernel, result):
            pass  # there are no biases
    builder.ret_void()
    return builder.function


def build_conv2d_kernel_grad(
    module: ir.Module, shape: Conv2DShape, registers: Registers, *, n_tasks: int, relu: bool
) -> ir.Function:
    """Build the kernel that sums the gradients of kernel and biases over a chunk of the images.

    Its buffers are the images, the gradients of the outputs, with ReLU also the outputs, the sums
    of each task (those of the kernel, then those of the biases), and a workspace for each task,
    which holds the gradients of one image before ReLU.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : Conv2DShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.
    n_tasks : int
        The number of tasks that the work is split into.
    relu : bool
        Whether the outputs are those of ReLU.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of a task, the number of images, and the buffers.
    """
    builder, (task, n_images, images, *sources, sums, workspaces) = start_kernel(
        module, registers, "conv2d_kernel_grad", n_buffers=5 if relu else 4
    )
    sums = builder.element(sums, (task, shape.kernel_size + shape.filters))
    builder.fill_zeros(sums, shape.kernel_size + shape.filters)
    with builder.chunk(task, n_images, n_tasks) as index:
        image = builder.element(images, (index, shape.image_size))
        gradient, *outputs = (
            builder.element(source, (index, shape.output_size)) for source in sources
        )
        if relu:
            workspace = builder.element(workspaces, (task, shape.output_size))
            _copy(builder, shape.output_size, workspace, gradient, *outputs)
            gradient = workspace
        for first, lengths in panels(builder, shape.filters, registers):
            panel = builder.element(gradient, (first, 1))
            with builder.loop(0, shape.kernel_height) as down:
                tiles = builder.tiles(shape.kernel_row_size, max_rows(lengths, registers))
                for across, n_rows in tiles:
                    corner = builder.element(image, (down, shape.row_size), (across, 1))
                    block = Accumulators(builder, n_rows, lengths)
                    with _output_pixels(builder, shape) as (row, column):
                        window = builder.element(
                            corner, (row, shape.row_size), (column, shape.channels)
                        )
                        block.add_products(
                            [builder.element(window, (n, 1)) for n in range(n_rows)],
                            _output_pixel(builder, panel, row, column, shape),
                        )
                    target = builder.element(
                        sums,
                        (down, shape.kernel_row_size * shape.filters),
                        (across, shape.filters),
                        (first, 1),
                    )
                    block.add_from(target, shape.filters)
                    block.store(target, shape.filters)
            block = Accumulators(builder, 1, lengths)
            with _output_pixels(builder, shape) as (row, column):
                block.add_from(_output_pixel(builder, panel, row, column, shape))
            target = builder.element(sums, (shape.kernel_size, 1), (first, 1))
            block.add_from(target)
            block.store(target)
    builder.ret_void()
    return builder.function


def _convolved_blocks(
    builder: Builder,
    shape: Conv2DShape,
    registers: Registers,
    image: ir.Value,
    kernel: ir.Value,
    output: ir.Value,
) -> Iterator[tuple[Accumulators, ir.Value]]:
    """Convolve an image; yield each block of sums and its first filter before they are stored."""
    with builder.loop(0, shape.rows) as row:
        for first, lengths in panels(builder, shape.filters, registers):
            for column, n_pixels in builder.tiles(shape.columns, max_rows(lengths, registers)):
                corner = builder.element(image, (row, shape.row_size), (column, shape.channels))
                sums = Accumulators(builder, n_pixels, lengths)
                with builder.loop(0, shape.kernel_height) as down:
                    window_row = builder.element(corner, (down, shape.row_size))
                    kernel_row = builder.element(
                        kernel, (down, shape.kernel_row_size * shape.filters), (first, 1)
                    )
                    with builder.loop(0, shape.kernel_row_size) as across:
                        sums.add_products(
                            [
                                builder.element(window_row, (across, 1), (n, shape.channels))
                                for n in range(n_pixels)
                            ],
                            builder.element(kernel_row, (across, shape.filters)),
                        )
                yield sums, first
                target = _output_pixel(builder, output, row, column, shape)
                sums.store(builder.element(target, (first, 1)), shape.filters)


def _copy(
    builder: Builder, count: int, target: ir.Value, source: ir.Value, *outputs: ir.Value
) -> None:
    """Copy `count` floats; given the outputs of ReLU, only where they are positive."""
    zero = ir.Constant(builder.vector, None)
    for start, length in builder.tiles(count, builder.lanes, even=False):
        value, *output = (
            builder.load_vector(builder.element(array, (start, 1)), length)
            for array in (source, *outputs)
        )
        if output:
            value = builder.select(builder.fcmp_ordered(">", *output, zero), value, zero)
        builder.store_vector(value, builder.element(target, (start, 1)), length)


@contextmanager
def _output_pixels(builder: Builder, shape: Conv2DShape) -> Iterator[tuple[ir.Value, ir.Value]]:
    with builder.loop(0, shape.rows) as row, builder.loop(0, shape.columns) as column:
        yield row, column


def _output_pixel(
    builder: Builder, pointer: ir.Value, row: ir.Value, column: ir.Value, shape: Conv2DShape
) -> ir.Value:
    return builder.element(pointer, (row, shape.columns * shape.filters), (column, shape.filters))
