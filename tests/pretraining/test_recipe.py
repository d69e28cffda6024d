import jax
import numpy as np
import pytest

from mnistedu.pretraining.recipe import Cycle


def test_crisp_images_are_shifted_by_whole_pixels():
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, 13, 9:19] = 200
    shifted = np.asarray(Cycle(1, 1e-3, crisp=1.0).distort(jax.random.key(0), images))
    assert set(np.unique(shifted)) == {0, 200}
    assert (shifted.sum(axis=(1, 2)) == 2000).all()
    assert set(shifted.any(axis=2).argmax(axis=1)) == {11, 12, 13, 14, 15}
    assert set(shifted.any(axis=1).argmax(axis=1)) == {7, 8, 9, 10, 11}


def test_the_given_fraction_of_images_is_crisp():
    images = np.zeros((500, 28, 28), np.uint8)
    images[:, 13, 9:19] = 200
    for crisp in (0.0, 0.3):
        augmented = np.asarray(Cycle(1, 1e-3, crisp=crisp).distort(jax.random.key(0), images))
        sharp = np.isin(augmented, [0, 200]).all(axis=(1, 2))
        assert sharp.mean() == pytest.approx(crisp, abs=0.06)
