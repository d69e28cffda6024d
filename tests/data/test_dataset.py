import numpy as np
import pytest

from mnistedu import Dataset, Split

IMAGES = np.zeros((3, 28, 28), np.uint8)


def test_a_split_unpacks_and_counts():
    split = Split(IMAGES, np.array([1, 2, 3]))
    images, labels = split
    assert images is split.images
    assert labels.dtype == np.uint8
    assert len(split) == 3
    assert repr(split) == "Split(3 images of 28x28)"


def test_a_split_is_indexed_by_slices_and_arrays():
    split = Split(IMAGES, np.array([1, 2, 3]))
    assert split[1:].labels.tolist() == [2, 3]
    assert split[np.array([2, 0])].labels.tolist() == [3, 1]
    assert split[split.labels == 2].labels.tolist() == [2]
    with pytest.raises(TypeError, match=r"use split\.images\[1\]"):
        split[1]


@pytest.mark.parametrize(
    ("images", "labels", "error", "message"),
    [
        (IMAGES / 255, [1, 2, 3], TypeError, "must be uint8 .* got float64"),
        (IMAGES[..., None], [1, 2, 3], ValueError, r"\(n, 28, 28\), got \(3, 28, 28, 1\)"),
        (IMAGES, [1, 2], ValueError, r"shape \(3,\), one for each image, got \(2,\)"),
        (IMAGES, [1, 2, 10], ValueError, "from 0 to 9, got 10 at index 2"),
        (IMAGES, [-1, 2, 3], ValueError, "from 0 to 9, got -1 at index 0"),
        (IMAGES, [1.0, 2.0, 3.0], TypeError, "must be integers .* float64"),
        (IMAGES, np.eye(3), ValueError, r"got \(3, 3\)"),
    ],
)
def test_bad_splits_are_refused(images, labels, error, message):
    with pytest.raises(error, match=message):
        Split(images, np.array(labels))


def test_a_split_may_be_empty():
    assert len(Split(IMAGES[:0], np.array([]))) == 0


def test_the_repr_of_a_dataset_lists_its_splits():
    split = Split(IMAGES, np.array([1, 2, 3]))
    text = repr(Dataset(split, split[:1], split[:2], "three"))
    assert text == "Dataset 'three': 3 train, 1 validation, 2 test images of 28x28"
