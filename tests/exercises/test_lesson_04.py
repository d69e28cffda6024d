"""Exercises of lesson 04: solutions, typical mistakes and blanks."""

import numpy as np
import pytest

import mnistedu
from mnistedu.exercises import check
from mnistedu.exercises.lesson_04 import convolve

BELOW = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
DIAGONAL = 3 * np.eye(3) - 1


@pytest.mark.parametrize("exercise", ["04.1", "04.2", "04.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise, cross=np.eye(24)))


def test_accepts_the_solution_of_the_open_exercise_on_the_bundled_digits(solve, digits):
    assert check("04.4", solve("04.4", data=digits, on_mnist=False))


def test_accepts_other_right_answers():
    assert check("04.1", [[1, 0, -1], [0, 0, 0], [-1, 0, 1]])
    assert check("04.1", 100 * DIAGONAL)
    assert check("04.2", lambda image: sum(corners(image)) / 4)


def corners(image):
    height, width = (size // 2 * 2 for size in image.shape)
    return [image[row:height:2, column:width:2] for row in (0, 1) for column in (0, 1)]


def test_reports_a_network_that_does_not_qualify(expect_wrong, digits):
    expect_wrong("04.4", (mnistedu.build_cnn(filters=(4, 4)), digits), "of the validation images")
    expect_wrong("04.4", (mnistedu.build_cnn(), digits), "61,378 numbers")
    expect_wrong("04.4", (mnistedu.build_mlp(units=(4,)), digits), "no convolution")
    expect_wrong("04.4", (5_000, digits), "Expected a Keras model")


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("04.1", np.eye(3), "evenly inked"),
        ("04.1", DIAGONAL[:, ::-1], "down to the left"),
        ("04.1", BELOW, "across"),
        ("04.1", np.zeros((3, 3)), "zero"),
        ("04.1", np.eye(5), "should have shape"),
        ("04.2", lambda image: np.max(corners(image), axis=0), "maximum"),
        ("04.2", lambda image: sum(corners(image)), "sum"),
        ("04.2", lambda image: corners(image)[0], "one pixel"),
        (
            "04.2",
            lambda image: image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
            .reshape(2, image.shape[0] // 2, 2, image.shape[1] // 2)
            .mean(axis=(0, 2)),
            "not the means",
        ),
        ("04.2", lambda image: image.reshape(13, 2, 13, 2).mean(axis=(1, 3)), "failed"),
        ("04.3", convolve, "smaller than the image"),
        ("04.3", lambda image, kernel: convolve(np.pad(image, 1), kernel[::-1, ::-1]), "rotated"),
        ("04.3", lambda image, kernel: convolve(np.pad(image, 1, "edge"), kernel), "the border"),
        ("04.3", lambda image, kernel: convolve(np.pad(image, (2, 0)), kernel), "away from"),
        ("04.3", lambda image, kernel: np.pad(convolve(image, kernel), 1), "along the border"),
    ],
)  # fmt: skip
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
