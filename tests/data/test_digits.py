import numpy as np


def test_the_splits_have_the_format_of_mnist(digits):
    assert [len(part) for part in (digits.train, digits.validation, digits.test)] == [
        1197,
        200,
        400,
    ]
    assert digits.name == "digits"
    for images, labels in (digits.train, digits.validation, digits.test):
        assert images.dtype == np.uint8
        assert set(labels) == set(range(10))
        assert images.max(axis=(1, 2)).min() > 100  # each holds ink


def test_each_digit_fills_the_box_and_is_centred_by_mass(digits):
    for image in digits.test.images[:100]:
        rows, columns = np.nonzero(image)
        longer = max(np.ptp(rows), np.ptp(columns)) + 1
        assert 17 <= longer <= 20
        mass = image / image.sum()
        middle = (np.arange(28) + 0.5) @ mass.sum(axis=1), (np.arange(28) + 0.5) @ mass.sum(axis=0)
        np.testing.assert_allclose(middle, 14.5, atol=0.55)  # the middle of pixel 14
