"""Exercises of lesson 02: solutions, typical mistakes and blanks."""

import numpy as np
import pytest
from PIL import Image

from mnistedu.exercises import check
from mnistedu.preprocessing import normalize


@pytest.mark.parametrize("exercise", ["02.1", "02.2", "02.3", "02.4"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise, middle=13.5))


def test_accepts_other_right_answers():
    assert check("02.1", lambda answers: [int(np.argmax(row)) for row in answers])
    assert check("02.2", lambda picture: picture if picture[0, 0] < 128 else 255 - picture)
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


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("02.1", lambda answers: answers.argmax(), "one number for 6 rows"),
        ("02.1", lambda answers: answers.max(axis=1), "largest probabilities"),
        ("02.1", lambda answers: answers.argmax(axis=0), "should have shape"),
        ("02.1", lambda answers: answers.argmin(axis=1), "not the most probable"),
        ("02.2", lambda picture: 255 - picture, "already bright is now dark"),
        ("02.2", lambda picture: picture, "stays dark"),
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
        ("02.4", lambda sheet: shrink(255 - sheet), "less than 90%"),
        ("02.4", lambda sheet: 255 - normalize(sheet), "less than 90%"),
        ("02.4", lambda sheet: normalize(sheet) / 255, "range from 0 to 1"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
