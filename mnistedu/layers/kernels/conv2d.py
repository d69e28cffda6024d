"""The two loops of a convolution, as a processor likes them.

A processor is fastest at multiplying and adding what is in its registers. So both loops work out a
small block of results at a time, all of which stay in registers until they are done: some pixels of
a row, each with some vectors of filters. Each number that is loaded serves the whole block [1]_.
Images come as Keras has them, channels last. So the columns and channels under one row of a kernel
lie side by side in memory, and one loop goes along them.

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

from mnistedu.layers.kernels.accumulators import Block, height, panels
from mnistedu.layers.kernels.builder import Code, begin
from mnistedu.layers.kernels.target import Registers


class Shape(NamedTuple):
    """What a convolution looks like: the padded image, the kernel, and the number of filters."""

    height: int
    width: int
    channels: int
    kernel_height: int
    kernel_width: int
    filters: int

    @property
    def rows(self) -> int:
        """Of the result."""
        return self.height - self.kernel_height + 1

    @property
    def columns(self) -> int:
        """Of the result."""
        return self.width - self.kernel_width + 1

    @property
    def under_row(self) -> int:
        """Numbers of the image under one row of the kernel."""
        return self.kernel_width * self.channels

    @property
    def weights(self) -> int:
        """Of the kernel, without the biases."""
        return self.kernel_height * self.under_row * self.filters


def convolve(
    module: ir.Module, shape: Shape, registers: Registers, *, rectify: bool
) -> ir.Function:
    """Write the function that convolves one image: kernel, bias and, if wanted, rectifier.

    It takes the image's number, how many there are, images, kernel, biases, and outputs.
    """
    code, (image, _, images, kernel, biases, outputs) = begin(
        module, registers, "convolve", buffers=4
    )
    images = code.at(images, (image, shape.height * shape.width * shape.channels))
    outputs = code.at(outputs, (image, shape.rows * shape.columns * shape.filters))
    for block, first in _convolved_blocks(code, shape, registers, images, kernel, outputs):
        block.add_to_each(code.at(biases, (first, 1)))
        if rectify:
            block.rectify()
    code.ret_void()
    return code.function


def images_gradient(
    module: ir.Module, shape: Shape, registers: Registers, *, pieces: int, rectify: bool
) -> ir.Function:
    """Write the function that works out the gradient of a share of the images.

    That is a convolution, too: of the gradients of the outputs, each in a frame of zeros, with the
    kernel turned round. `shape` is what that one looks like.

    The function takes the share's number, how many images there are, the gradients of the outputs,
    where there is a rectifier the outputs themselves, the turned kernel, the gradients of the
    images, and for each share the room for one that is framed.
    """
    code, (piece, count, *sources, kernel, results, rooms) = begin(
        module, registers, "images_gradient", buffers=5 if rectify else 4
    )
    top, left = shape.kernel_height - 1, shape.kernel_width - 1
    rows, line = shape.height - 2 * top, (shape.width - 2 * left) * shape.channels
    size = shape.height * shape.width * shape.channels
    room = code.at(rooms, (piece, size))
    code.clear(room, size)
    with code.share(piece, count, pieces) as image:
        with code.loop(0, rows) as row:
            lines = [code.at(source, (image, rows * line), (row, line)) for source in sources]
            framed = code.at(room, (top, shape.width * shape.channels), (left, shape.channels))
            _copy(code, line, code.at(framed, (row, shape.width * shape.channels)), *lines)
        result = code.at(results, (image, shape.rows * shape.columns * shape.filters))
        for _ in _convolved_blocks(code, shape, registers, room, kernel, result):
            pass  # there are no biases
    code.ret_void()
    return code.function


def weights_gradient(
    module: ir.Module, shape: Shape, registers: Registers, *, pieces: int, rectify: bool
) -> ir.Function:
    """Write the function that sums the gradient of kernel and biases over a share of the images.

    It takes the share's number, how many images there are, the images, the gradients of the
    outputs, where there is a rectifier the outputs themselves, the sums, for each share those of
    the kernel and behind them those of the biases, and for each share the room for the gradients
    before the rectifier of one image.
    """
    code, (piece, count, images, *sources, sums, rooms) = begin(
        module, registers, "weights_gradient", buffers=5 if rectify else 4
    )
    size = shape.rows * shape.columns * shape.filters
    sums = code.at(sums, (piece, shape.weights + shape.filters))
    code.clear(sums, shape.weights + shape.filters)
    with code.share(piece, count, pieces) as image:
        image_start = code.at(images, (image, shape.height * shape.width * shape.channels))
        wanted, *outputs = (code.at(source, (image, size)) for source in sources)
        if rectify:
            room = code.at(rooms, (piece, size))
            _copy(code, size, room, wanted, *outputs)
            wanted = room
        for first, lengths in panels(code, shape.filters, registers):
            wanted_here = code.at(wanted, (first, 1))
            with code.loop(0, shape.kernel_height) as down:
                for across, numbers in code.tiles(shape.under_row, height(lengths, registers)):
                    seen = code.at(image_start, (down, shape.width * shape.channels), (across, 1))
                    block = Block(code, numbers, lengths)
                    block.clear()
                    with _pixels(code, shape) as (row, column):
                        window = code.at(
                            seen, (row, shape.width * shape.channels), (column, shape.channels)
                        )
                        block.add_products(
                            [code.at(window, (n, 1)) for n in range(numbers)],
                            _pixel(code, wanted_here, row, column, shape),
                        )
                    place = code.at(
                        sums,
                        (down, shape.under_row * shape.filters),
                        (across, shape.filters),
                        (first, 1),
                    )
                    block.add_from(place, shape.filters)
                    block.store(place, shape.filters)
            block = Block(code, 1, lengths)
            block.clear()
            with _pixels(code, shape) as (row, column):
                block.add_from(_pixel(code, wanted_here, row, column, shape))
            place = code.at(sums, (shape.weights, 1), (first, 1))
            block.add_from(place)
            block.store(place)
    code.ret_void()
    return code.function


def _convolved_blocks(
    code: Code,
    shape: Shape,
    registers: Registers,
    image: ir.Value,
    kernel: ir.Value,
    outputs: ir.Value,
) -> Iterator[tuple[Block, ir.Value]]:
    """Convolve an image: give each block of results before it is stored, and its first filter."""
    with code.loop(0, shape.rows) as row:
        for first, lengths in panels(code, shape.filters, registers):
            for column, pixels in code.tiles(shape.columns, height(lengths, registers)):
                seen = code.at(image, (row, shape.width * shape.channels), (column, shape.channels))
                block = Block(code, pixels, lengths)
                block.clear()
                with code.loop(0, shape.kernel_height) as down:
                    line = code.at(seen, (down, shape.width * shape.channels))
                    weights = code.at(kernel, (down, shape.under_row * shape.filters), (first, 1))
                    with code.loop(0, shape.under_row) as across:
                        block.add_products(
                            [
                                code.at(line, (across, 1), (n, shape.channels))
                                for n in range(pixels)
                            ],
                            code.at(weights, (across, shape.filters)),
                        )
                yield block, first
                result = _pixel(code, outputs, row, column, shape)
                block.store(code.at(result, (first, 1)), shape.filters)


def _copy(code: Code, size: int, target: ir.Value, source: ir.Value, *outputs: ir.Value) -> None:
    """Copy as many numbers; with outputs of a rectifier, only where those are above 0."""
    zero = ir.Constant(code.vector, None)
    for place, length in code.tiles(size, code.lanes, even=False):
        value, *output = (
            code.load_vector(code.at(array, (place, 1)), length) for array in (source, *outputs)
        )
        if output:
            value = code.select(code.fcmp_ordered(">", *output, zero), value, zero)
        code.store_vector(value, code.at(target, (place, 1)), length)


@contextmanager
def _pixels(code: Code, shape: Shape) -> Iterator[tuple[ir.Value, ir.Value]]:
    with code.loop(0, shape.rows) as row, code.loop(0, shape.columns) as column:
        yield row, column


def _pixel(
    code: Code, pointer: ir.Value, row: ir.Value, column: ir.Value, shape: Shape
) -> ir.Value:
    return code.at(pointer, (row, shape.columns * shape.filters), (column, shape.filters))
