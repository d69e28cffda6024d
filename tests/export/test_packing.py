"""Weights as text: precise enough, each array once."""

from __future__ import annotations

import base64
import gzip
import json

import numpy as np
import pytest

from mnistedu.export.packing import pack, quantize


def restore(planes: np.ndarray, scales: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    whole = sum(plane.astype(float) * 256**i for i, plane in enumerate(planes[::-1]))
    return (whole - 2.0 ** (8 * len(planes) - 1)).reshape(shape) * scales


@pytest.mark.parametrize("bits", [8, 12, 16, 24])
@pytest.mark.parametrize("shape", [(3, 3, 2, 5), (40, 7), (6,)])
def test_weights_come_back_to_within_half_a_step_of_their_channel(bits, shape):
    array = np.random.default_rng(0).normal(size=shape)
    planes, scales = quantize(array, bits)
    assert planes.shape == (-(-bits // 8), array.size)
    steps = np.abs(array).reshape(-1, shape[-1]).max(axis=0) / (2 ** (bits - 1) - 1)
    assert (abs(restore(planes, scales, shape) - array) <= 0.51 * steps + 1e-7).all()


def test_zeros_stay_zeros():
    planes, scales = quantize(np.zeros((4, 2)), 16)
    assert not restore(planes, scales, (4, 2)).any()


def test_arrays_that_are_the_same_are_stored_once():
    kernel = np.ones((5, 3))
    packed = pack({"steps": [{"kernel": kernel}, {"kernel": kernel.copy()}]}, bits=16)
    first, second = (step["kernel"] for step in json.loads(packed.description)["steps"])
    assert first == second
    assert len(gzip.decompress(base64.b64decode(packed.weights))) == 5 * 3 * 2 + 3 * 4


def test_a_description_cannot_close_its_script():
    assert "<" not in pack({"name": "</script><script>"}, bits=8).description
