"""Exercises of lesson 04: the solutions, and what learners get wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mnistedu
from mnistedu.exercises import check
from mnistedu.exercises.lesson_04 import convolve
from tests.exercises.mutants.lesson_03 import offline, trained
from tests.exercises.mutants.lesson_04 import (
    DIAGONAL,
    corners,
    idle_three_by_three,
    small_cnn,
)

UPPER = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])


@pytest.mark.parametrize("exercise", ["04.1", "04.2", "04.3"])
def test_the_solution_is_right(solve, exercise):
    assert check(exercise, solve(exercise, cross=np.eye(24)))


def test_the_solution_of_the_open_exercise_reads_the_offline_digits(solve, digits):
    assert check("04.4", solve("04.4", data=digits, on_mnist=False))


def test_other_right_answers():
    assert check("04.1", [[1, 0, -1], [0, 0, 0], [-1, 0, 1]])
    assert check("04.1", 100 * DIAGONAL)
    assert check("04.2", lambda image: sum(corners(image)) / 4)


def test_networks_that_do_not_do(expect_wrong, digits):
    expect_wrong("04.4", (mnistedu.build_cnn(filters=(4, 4)), digits), "of the validation images")
    expect_wrong("04.4", (mnistedu.build_cnn(), digits), "61,378 numbers")
    expect_wrong("04.4", (mnistedu.build_mlp(units=(4,)), digits), "no convolution")
    expect_wrong("04.4", (5_000, digits), "Expected a Keras model")


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        ("04.1", np.eye(3), "evenly inked"),
        ("04.1", DIAGONAL[:, ::-1], "down to the left"),
        ("04.1", UPPER, "is not positive"),
        ("04.1", DIAGONAL + DIAGONAL[:, ::-1], "down to the left"),
        ("04.1", -DIAGONAL, "is not positive"),
        ("04.1", np.zeros((3, 3)), "zero"),
        ("04.1", np.eye(5), "should have shape"),
        ("04.2", lambda image: np.max(corners(image), axis=0), "largest"),
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
def test_a_typical_mistake(expect_wrong, exercise, answer, says):
    expect_wrong(exercise, answer, says)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.001, 1000))
def test_a_kernel_of_any_size_finds_the_diagonal(factor):
    assert check("04.1", factor * DIAGONAL)
    assert not check("04.1", -factor * DIAGONAL)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.05, 3), st.sampled_from([-1, 1]))
def test_a_kernel_that_sees_ink_without_a_stroke_is_wrong(summand, sign):
    assert not check("04.1", DIAGONAL + sign * summand)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_only_equal_parts_of_the_four_pixels_are_their_mean(parts):
    result = check("04.2", lambda image: np.tensordot(parts, corners(image), axes=1))
    assert bool(result) == np.allclose(parts, 0.25, atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.floats(-2, 2))
def test_beyond_the_image_is_nothing_but_zero(level):
    def convolve_padded(image, kernel):
        return convolve(np.pad(image, 1, constant_values=level), kernel)

    result = check("04.3", convolve_padded)
    assert bool(result) == (abs(level) < 1e-5)


def test_an_idle_convolution_does_not_count_and_the_weights_stay(expect_wrong):
    model = trained(idle_three_by_three)
    before = model.get_weights()
    expect_wrong("04.4", (model, offline()), "do nothing")
    assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True))


def test_praise_states_the_size():
    model = trained(small_cnn)
    praise = "2,002 numbers are enough. How small can you make it?"
    assert check("04.4", (model, offline())).message == praise
