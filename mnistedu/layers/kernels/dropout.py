"""The loop of dropout, whose random numbers never leave the registers.

They are the numbers that JAX would draw: each element's index, encrypted by Threefry-2x32 with the
key [1]_. So the layer drops exactly what Keras's layer drops.

References
----------
.. [1] J. K. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from llvmlite import ir

from mnistedu.layers.kernels.builder import INT, Builder, start_kernel
from mnistedu.layers.kernels.target import Registers

_ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)
_PARITY = 0x1BD11BDA
_ROUNDS = 5  # of four rotations each
_BITS = 23  # of a random number in [0, 1)


class DropoutShape(NamedTuple):
    """The shape of dropout: the size of an image, and the fraction that is kept."""

    size: int
    keep_prob: float


def build_dropout(
    module: ir.Module, shape: DropoutShape, registers: Registers, *, n_tasks: int
) -> ir.Function:
    """Build the kernel that drops elements of a chunk of the images and scales the others.

    Its buffers are the images, the key (two 32-bit integers) and the outputs.

    Parameters
    ----------
    module : llvmlite.ir.Module
        Gets the kernel.
    shape : DropoutShape
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
    builder, (task, n_images, images, key, outputs) = start_kernel(
        module, registers, "dropout", n_buffers=3
    )
    key = [builder.load(builder.element(key, (n, 1)), typ=INT) for n in range(2)]
    integers = ir.VectorType(INT, registers.lanes)
    lanes = ir.Constant(integers, list(range(registers.lanes)))
    threshold = _splat(integers, math.ceil(float(np.float32(shape.keep_prob)) * 2**_BITS))
    scale = _splat(builder.vector, 1 / shape.keep_prob)
    zero = ir.Constant(builder.vector, None)
    with builder.chunk(task, n_images, n_tasks) as image:
        for start, length in builder.tiles(shape.size, registers.lanes, even=False):
            offset = builder.offset((image, shape.size), (start, 1))
            index = builder.add(builder.splat(builder.trunc(offset, INT)), lanes)
            bits = builder.lshr(_threefry(builder, key, index), _splat(integers, 32 - _BITS))
            value = builder.load_vector(builder.element(images, (offset, 1)), length)
            kept = builder.icmp_unsigned("<", bits, threshold)
            result = builder.select(kept, builder.fmul(value, scale), zero)
            builder.store_vector(result, builder.element(outputs, (offset, 1)), length)
    builder.ret_void()
    return builder.function


def _threefry(builder: Builder, key: list[ir.Value], index: ir.Value) -> ir.Value:
    """Encrypt indices and combine the two words of each result."""
    parity = builder.xor(builder.xor(*key), INT(_PARITY))
    keys = [builder.splat(word) for word in (*key, parity)]
    high, low = keys[0], builder.add(index, keys[1])
    for number in range(_ROUNDS):
        for rotation in _ROTATIONS[number % 2]:
            high = builder.add(high, low)
            low = builder.xor(builder.rotate_left(low, rotation), high)
        high = builder.add(high, keys[(number + 1) % 3])
        low = builder.add(low, keys[(number + 2) % 3])
        low = builder.add(low, _splat(low.type, number + 1))
    return builder.xor(high, low)


def _splat(kind: ir.VectorType, value: float) -> ir.Constant:
    return ir.Constant(kind, [value] * kind.count)
