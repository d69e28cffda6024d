"""Exercises of lesson 02: solutions, typical mistakes and blanks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mnistedu.exercises import check
from mnistedu.preprocessing import normalize
from tests.exercises.mutants.lesson_02 import preprocess


@pytest.mark.parametrize("exercise", ["02.1", "02.2", "02.3", "02.4"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise, middle=13.5))


def test_accepts_other_right_answers():
    assert check("02.1", lambda answers: [int(np.argmax(row)) for row in answers])
    assert check("02.2", lambda picture: picture if np.median(picture) < 128 else ~picture)
    assert check("02.3", normalize)


def shrink(picture, size=(28, 28)):
    return np.asarray(Image.fromarray(picture).resize(size))


def cut(sheet):
    rows, columns = np.nonzero(255 - sheet)
    return (255 - sheet)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def centred_by_box(sheet):
    digit = cut(sheet)
    scale = 20 / max(digit.shape)
    box = shrink(digit, (round(digit.shape[1] * scale), round(digit.shape[0] * scale)))
    top, left = ((28 - side) // 2 for side in box.shape)
    image = np.zeros((28, 28), np.uint8)
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return image


def stretched(sheet):
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 4:24] = shrink(cut(sheet), (20, 20))
    return image


def returns_an_image_for_a_blank(sheet):
    return normalize(sheet) if (sheet < 255).any() else np.zeros((28, 28), np.uint8)


def fails_by_accident(sheet):
    np.flatnonzero((sheet < 128).any(axis=1))[0]
    return normalize(sheet)


@given(st.integers(1, 499))
def test_digits_for_only_so_many_rows_are_wrong(rows):
    assert not check("02.1", lambda answers: answers[:rows].argmax(axis=1))


@given(st.floats(0, 255))
def test_no_threshold_of_the_mean_tells_paper_from_ink(threshold):
    assert not check("02.2", lambda p: 255 - p if p.mean() > threshold else p)


@settings(max_examples=10)
@given(st.integers(12, 27).filter(lambda side: side != 20))
def test_a_box_of_another_size_is_wrong(side):
    assert not check("02.3", preprocess(side=side))


@settings(max_examples=10)
@given(st.integers(-3, 3), st.integers(-3, 3))
def test_only_the_middle_is_right(down, right):
    result = check("02.3", preprocess(middle=(14 + down, 14 + right)))
    assert bool(result) == (down == right == 0)


@settings(max_examples=10)
@given(st.floats(0, 0.8))
def test_pale_ink_is_wrong(brightness):
    faded = preprocess(finish=lambda image: (brightness * image).astype(np.uint8))
    assert not check("02.3", faded)


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("02.1", lambda answers: answers.argmax(), "one number for 6 rows"),
        ("02.1", lambda answers: answers.max(axis=1), "largest probabilities"),
        ("02.1", lambda answers: answers.argmax(axis=0), "should have shape"),
        ("02.1", lambda answers: answers.argmin(axis=1), "not the most probable"),
        ("02.2", lambda picture: 255 - picture, "although the ink is bright already"),
        ("02.2", lambda picture: picture, "leaves ink of 0 on paper of 255 as it is"),
        ("02.2", lambda picture: 1 - picture / 255, "dtype float64"),
        (
            "02.2",
            lambda picture: picture if picture[0, 0] < 128 else 254 - picture.clip(0, 254),
            "some values are not right",
        ),
        ("02.3", shrink, "Ink is dark"),
        ("02.3", lambda sheet: shrink(255 - sheet), "smaller than MNIST's"),
        ("02.3", lambda sheet: shrink(cut(sheet)), "fills the whole image"),
        ("02.3", stretched, "aspect ratio"),
        ("02.3", centred_by_box, "centre of mass"),
        ("02.3", lambda sheet: normalize(sheet) / 255, "dtype float64"),
        ("02.3", lambda sheet: normalize(sheet)[::-1], "centre of mass"),
        ("02.3", returns_an_image_for_a_blank, "image for a blank sheet"),
        ("02.3", fails_by_accident, "fails with IndexError"),
        ("02.4", lambda sheet: shrink(255 - sheet), "should be 90% at least"),
        ("02.4", lambda sheet: 255 - normalize(sheet), "should be 90% at least"),
        ("02.4", lambda sheet: normalize(sheet) / 255, "range from 0 to 1"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
