"""Dropout in one pass: the random numbers stay in registers until they have done their work.

The numbers are those of JAX: for each place its index, encrypted by Threefry-2x32 with the key
[1]_. So the layer drops exactly what Keras's drops.

References
----------
.. [1] J. K. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from llvmlite import ir

from mnistedu.layers.kernels.builder import Code, begin
from mnistedu.layers.kernels.target import Registers

_INT = ir.IntType(32)
_ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)
_PARITY = 0x1BD11BDA
_ROUNDS = 5  # of four rotations each
_DIGITS = 23  # bits of a random number in [0, 1)


class Shape(NamedTuple):
    """What dropout does: how many numbers belong to an image, what share of them is kept."""

    size: int
    kept: float


def drop(module: ir.Module, shape: Shape, registers: Registers, *, pieces: int) -> ir.Function:
    """Write the function that drops numbers of a share of the images, and scales up the others.

    It takes the share's number, how many images there are, the images, the key, two integers of 32
    bits, and the outputs.
    """
    code, (piece, count, images, key, outputs) = begin(module, registers, "drop", buffers=3)
    key = [code.load(code.at(key, (n, 1)), typ=_INT) for n in range(2)]
    integers = ir.VectorType(_INT, registers.lanes)
    lanes = ir.Constant(integers, list(range(registers.lanes)))
    below = _repeated(integers, math.ceil(float(np.float32(shape.kept)) * 2**_DIGITS))
    scale = _repeated(code.vector, 1 / shape.kept)
    zero = ir.Constant(code.vector, None)
    with code.share(piece, count, pieces) as image:
        for first, length in code.tiles(shape.size, registers.lanes, even=False):
            place = code.place((image, shape.size), (first, 1))
            index = code.add(code.repeat(code.trunc(place, _INT)), lanes)
            number = code.lshr(_threefry(code, key, index), _repeated(integers, 32 - _DIGITS))
            seen = code.load_vector(code.at(images, (place, 1)), length)
            chosen = code.icmp_unsigned("<", number, below)
            result = code.select(chosen, code.fmul(seen, scale), zero)
            code.store_vector(result, code.at(outputs, (place, 1)), length)
    code.ret_void()
    return code.function


def _threefry(code: Code, key: list[ir.Value], index: ir.Value) -> ir.Value:
    """Encrypt indices and fold each result's two words into one."""
    parity = code.xor(code.xor(*key), _INT(_PARITY))
    keys = [code.repeat(word) for word in (*key, parity)]
    high, low = keys[0], code.add(index, keys[1])
    for number in range(_ROUNDS):
        for rotation in _ROTATIONS[number % 2]:
            high = code.add(high, low)
            low = code.xor(code.rotate(low, rotation), high)
        high = code.add(high, keys[(number + 1) % 3])
        low = code.add(low, keys[(number + 2) % 3])
        low = code.add(low, _repeated(low.type, number + 1))
    return code.xor(high, low)


def _repeated(kind: ir.VectorType, value: float) -> ir.Constant:
    return ir.Constant(kind, [value] * kind.count)
