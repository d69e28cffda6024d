import numpy as np

from mnistedu import Ink
from mnistedu.ink.augmentation import random_affine, random_image
from tests.ink.examples import SEVEN


def test_random_maps_stay_close_to_the_identity_and_differ():
    rng = np.random.default_rng(0)
    matrices = np.array([random_affine(rng) for _ in range(500)])
    np.testing.assert_allclose(matrices.mean(axis=0), np.eye(2), atol=0.05)
    np.testing.assert_allclose(np.linalg.det(matrices).mean(), 1, atol=0.05)
    assert matrices.std(axis=0).min() > 0.05
    assert matrices.std(axis=0).max() < 0.25


def test_random_images_differ_in_size_and_thickness():
    rng = np.random.default_rng(0)
    images = [random_image(Ink(SEVEN), rng) for _ in range(20)]
    ink = [image.sum() for image in images]
    assert max(ink) > 1.5 * min(ink)
    heights = {np.count_nonzero(image.any(axis=1)) for image in images}
    assert heights <= set(range(18, 23))
    assert len(heights) > 1


def test_a_seed_gives_the_same_image():
    first, second = (random_image(Ink(SEVEN), np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
