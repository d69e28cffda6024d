"""Steps with their weights as text: a description in JSON, and numbers in base64.

Each array is quantized to integers with a scale for each channel, along its last axis. The integers
are stored as planes, all their highest bytes first: with few bits, the highest bytes hardly vary,
and gzip compresses them well. So the number of bits decides the size of the page.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import NamedTuple

import numpy as np

from mnistedu.export.graph import Step


class Packed(NamedTuple):
    """A network as text."""

    description: str
    weights: str


def pack(network: dict[str, object], bits: int) -> Packed:
    """Serialize a network as text.

    Parameters
    ----------
    network : dict
        Written as JSON; arrays may be anywhere in it.
    bits : int
        Of each weight, from 2 to 24; 24 bits are as precise as float32.

    Returns
    -------
    packed : Packed

    Examples
    --------
    >>> packed = pack({"factor": np.array([[0.5, -2], [1, 1]])}, bits=8)
    >>> packed.description
    '{"factor": {"shape": [2, 2], "planes": 1, "start": 0}}'
    >>> list(gzip.decompress(base64.b64decode(packed.weights)))[:4]
    [192, 1, 255, 192]
    """
    numbers = bytearray()
    known: dict[tuple, Step] = {}  # layers that are used several times store their weights once

    def describe(array: np.ndarray) -> Step:
        key = array.shape, array.tobytes()
        if key not in known:
            planes, scales = quantize(array, bits)
            known[key] = {"shape": array.shape, "planes": len(planes), "start": len(numbers)}
            numbers.extend(planes.tobytes() + scales.tobytes())
        return known[key]

    description = json.dumps(network, default=describe).replace("<", "\\u003c")
    weights = base64.b64encode(gzip.compress(bytes(numbers), mtime=0)).decode()
    return Packed(description, weights)


def quantize(array: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Quantize an array to integers, with a scale for each index along the last axis.

    Parameters
    ----------
    array : ndarray of shape (..., channels)
    bits : int
        Of each integer.

    Returns
    -------
    planes : ndarray of shape (bytes, size) and dtype uint8
        The integers' bytes, the highest first; the middle of their range stands for 0.
    scales : ndarray of shape (channels,) and dtype float32

    Examples
    --------
    >>> planes, scales = quantize(np.array([[0.25], [-127.0], [0.0]]), bits=16)
    >>> planes.tolist()
    [[128, 0, 128], [65, 1, 0]]
    >>> 127 / scales
    array([32767.], dtype=float32)
    """
    largest = 2 ** (bits - 1) - 1
    rows = array.reshape(-1, array.shape[-1]).astype(np.float64)
    scales = (np.abs(rows).max(axis=0) / largest).astype("<f4")
    scales[scales == 0] = 1
    count = -(-bits // 8)
    whole = np.rint(rows / scales).clip(-largest, largest).astype(np.int64) + (1 << (8 * count - 1))
    shifts = 8 * np.arange(count)[::-1, None]
    return (whole.ravel() >> shifts & 0xFF).astype(np.uint8), scales
