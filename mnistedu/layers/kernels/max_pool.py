"""Max pooling with windows that do not overlap: each image passes through the processor once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import product
from typing import NamedTuple

from llvmlite import ir

from mnistedu.layers.kernels.builder import Code, begin
from mnistedu.layers.kernels.target import Registers


class Shape(NamedTuple):
    """What a pooling looks like: the windows in a row and below each other, what they hold."""

    rows: int
    columns: int
    channels: int
    window_height: int
    window_width: int


def pool(module: ir.Module, shape: Shape, registers: Registers) -> ir.Function:
    """Write the function that pools one image.

    It takes the image's number, how many there are, images, and outputs.
    """
    code, (image, _, images, outputs) = begin(module, registers, "pool", buffers=2)
    with _windows(code, shape, image) as (places, result):
        for channel, length in code.tiles(shape.channels, code.lanes, even=False):
            seen = [
                code.load_vector(code.at(images, (place, 1), (channel, 1)), length)
                for place in places
            ]
            largest = reduce(code.largest, seen)
            code.store_vector(largest, code.at(outputs, (result, 1), (channel, 1)), length)
    code.ret_void()
    return code.function


def unpool(module: ir.Module, shape: Shape, registers: Registers) -> ir.Function:
    """Write the function that gives the gradient of one image for that of the outputs.

    It takes the image's number, how many there are, images, outputs, their gradients, and those of
    the images. Of equals the first one gets the gradient.
    """
    code, (image, _, images, outputs, gradients, results) = begin(
        module, registers, "unpool", buffers=4
    )
    zero = ir.Constant(code.vector, None)
    with _windows(code, shape, image) as (places, output):
        for channel, length in code.tiles(shape.channels, code.lanes, even=False):
            largest, gradient = (
                code.load_vector(code.at(array, (output, 1), (channel, 1)), length)
                for array in (outputs, gradients)
            )
            taken = None
            for place in places:
                seen = code.load_vector(code.at(images, (place, 1), (channel, 1)), length)
                found = code.fcmp_ordered("==", seen, largest)
                if taken is None:
                    first = taken = found
                else:
                    first = code.and_(found, code.not_(taken))
                    taken = code.or_(found, taken)
                share = code.select(first, gradient, zero)
                code.store_vector(share, code.at(results, (place, 1), (channel, 1)), length)
    code.ret_void()
    return code.function


@contextmanager
def _windows(
    code: Code, shape: Shape, image: ir.Value
) -> Iterator[tuple[list[ir.Value], ir.Value]]:
    """Go through the windows: where the pixels of each begin in the images, and its output."""
    rows, columns, channels, height, width = shape
    line = columns * width * channels
    with code.loop(0, rows) as row, code.loop(0, columns) as column:
        first = code.place(
            (image, rows * height * line), (row, height * line), (column, width * channels)
        )
        places = [
            code.place((first, 1), (down, line), (across, channels))
            for down, across in product(range(height), range(width))
        ]
        output = code.place(
            (image, rows * columns * channels), (row, columns * channels), (column, channels)
        )
        yield places, output
