"""The cells of the matrix and of its images."""

from __future__ import annotations

import numpy as np
import pytest

from mnistedu import Evaluation, Split
from mnistedu.widgets.confusion_explorer.cells import (
    SIDE,
    describe_pair,
    find_images,
    gallery_cells,
    index_of,
    matrix_cells,
    most_frequent_mistake,
    pair_at,
)


@pytest.fixture
def result() -> Evaluation:
    """Three 7s read as 1, as 1 and as 7, and a 3 read as 3."""
    split = Split(np.zeros((4, 28, 28), np.uint8), np.array([7, 7, 7, 3]))
    confidences = np.array([[0.7], [0.9], [0.8], [0.6]])
    probabilities = np.eye(10)[[1, 1, 7, 3]] * confidences
    probabilities[:, 0] += 1 - confidences[:, 0]
    return Evaluation.from_predictions(split, probabilities)


def test_indices_and_pairs_are_inverse() -> None:
    assert [index_of(pair_at(index)) for index in range(SIDE**2)] == list(range(SIDE**2))


def test_pairs_in_words() -> None:
    assert describe_pair((None, None)) == "any digit read as any digit"


def test_images_are_ordered_and_limited_by_confidence(result: Evaluation) -> None:
    assert find_images(result, (7, 1)).tolist() == [1, 0]
    assert find_images(result, (7, None)).tolist() == [1, 2, 0]
    assert find_images(result, (None, None), (0.65, 0.85)).tolist() == [2, 0]


def test_the_most_frequent_mistake(result: Evaluation) -> None:
    assert most_frequent_mistake(result) == (7, 1)


def test_the_matrix_has_sums_in_its_first_row_and_column(result: Evaluation) -> None:
    cells = matrix_cells(result)
    assert len(cells) == SIDE**2
    assert cells[index_of((7, 1))] | {"shade": 0} == {
        **{"label": "7 read as 1: 2 images", "text": "2", "image": "", "tone": "wrong", "shade": 0}
    }
    assert cells[index_of((7, None))]["label"] == "7 read as any digit: 3 images"
    assert cells[index_of((None, 1))]["label"] == "any digit read as 1: 2 images"
    assert cells[index_of((3, 3))]["tone"] == "right"
    assert cells[index_of((0, 0))]["tone"] == "plain"
    shades = [cells[index_of(pair)]["shade"] for pair in [(7, 1), (7, 7), (0, 0)]]
    assert shades == [100, 63, 0], "logarithms of 2, 1 and 0"


def test_images_show_what_they_were_read_as(result: Evaluation) -> None:
    wrong, right = gallery_cells(result, np.array([1, 2]))
    assert wrong["label"] == "Image 1: a 7, read as 1, 90.0 % sure"
    assert (wrong["text"], wrong["tone"]) == ("7 → 1\n90.0 %", "wrong")
    assert (right["text"], right["tone"]) == ("7\n80.0 %", "right")
