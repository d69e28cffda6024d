"""The loops of max pooling with windows that do not overlap, and of its gradient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import product
from typing import NamedTuple

from llvmlite import ir

from mnistedu.layers.kernels.builder import Builder, start_kernel
from mnistedu.layers.kernels.target import Registers


class MaxPoolShape(NamedTuple):
    """The shape of a pooling: of an output, and of the window."""

    rows: int
    columns: int
    channels: int
    window_height: int
    window_width: int


def build_max_pool(module: ir.Module, shape: MaxPoolShape, registers: Registers) -> ir.Function:
    """Build the kernel that pools one image.

    Its buffers are the images and the outputs.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : MaxPoolShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of an image, the number of images, and the buffers.
    """
    builder, (image, _, images, outputs) = start_kernel(module, registers, "max_pool", n_buffers=2)
    with _windows(builder, shape, image) as (pixels, output):
        for channel, length in builder.tiles(shape.channels, builder.lanes, even=False):
            values = [
                builder.load_vector(builder.element(images, (pixel, 1), (channel, 1)), length)
                for pixel in pixels
            ]
            maximum = reduce(builder.maximum, values)
            target = builder.element(outputs, (output, 1), (channel, 1))
            builder.store_vector(maximum, target, length)
    builder.ret_void()
    return builder.function


def build_max_pool_grad(
    module: ir.Module, shape: MaxPoolShape, registers: Registers
) -> ir.Function:
    """Build the kernel that computes the gradient of one image.

    Of equal maxima the first one gets the gradient. The kernel's buffers are the images, the
    outputs, the gradients of the outputs, and those of the images.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : MaxPoolShape
        The shape to compile for.
    registers : Registers
        The processor's vector registers.

    Returns
    -------
    kernel : llvmlite.ir.Function
        Takes the index of an image, the number of images, and the buffers.
    """
    builder, (image, _, images, outputs, gradients, results) = start_kernel(
        module, registers, "max_pool_grad", n_buffers=4
    )
    zero = ir.Constant(builder.vector, None)
    with _windows(builder, shape, image) as (pixels, output):
        for channel, length in builder.tiles(shape.channels, builder.lanes, even=False):
            maximum, gradient = (
                builder.load_vector(builder.element(array, (output, 1), (channel, 1)), length)
                for array in (outputs, gradients)
            )
            taken = None
            for pixel in pixels:
                source = builder.element(images, (pixel, 1), (channel, 1))
                value = builder.load_vector(source, length)
                found = builder.fcmp_ordered("==", value, maximum)
                if taken is None:
                    first = taken = found
                else:
                    first = builder.and_(found, builder.not_(taken))
                    taken = builder.or_(found, taken)
                target = builder.element(results, (pixel, 1), (channel, 1))
                builder.store_vector(builder.select(first, gradient, zero), target, length)
    builder.ret_void()
    return builder.function


@contextmanager
def _windows(
    builder: Builder, shape: MaxPoolShape, image: ir.Value
) -> Iterator[tuple[list[ir.Value], ir.Value]]:
    """Loop over the windows: the offset of each pixel in the images, and that of the output."""
    rows, columns, channels = shape[:3]
    height, width = shape.window_height, shape.window_width
    row_size = columns * width * channels
    with builder.loop(0, rows) as row, builder.loop(0, columns) as column:
        corner = builder.offset(
            (image, rows * height * row_size), (row, height * row_size), (column, width * channels)
        )
        pixels = [
            builder.offset((corner, 1), (down, row_size), (across, channels))
            for down, across in product(range(height), range(width))
        ]
        output = builder.offset(
            (image, rows * columns * channels), (row, columns * channels), (column, channels)
        )
        yield pixels, output
