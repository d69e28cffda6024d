"""Exercises of lesson 07: solutions, typical mistakes and blanks."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnistedu.exercises import check
from mnistedu.ink import Ink
from mnistedu.training.augmentation import augment
from tests.exercises.mutants import lesson_07 as forms

few = settings(deadline=None, max_examples=20)


@pytest.mark.parametrize("exercise", ["07.1", "07.2", "07.3", "07.4"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


def test_accepts_other_right_answers():
    assert check("07.2", lambda ink, by: Ink([s @ [[1, 0], [by, 1]] for s in ink.strokes]))
    assert check("07.4", augment)


@pytest.mark.parametrize(
    ("exercise", "blank"),
    [
        ("07.1", lambda labels, answers: ...),
        ("07.2", lambda ink, by: ...),
        ("07.3", lambda labels: ...),
        ("07.4", lambda key, images: ...),
    ],
)
def test_reports_an_untouched_cell_as_blank(exercise, blank):
    assert check(exercise, blank).verdict == "blank"


def most_mistakes(labels, predicted):
    return np.bincount(labels[labels != predicted]).argmax()


def least_precise(labels, predicted):
    return np.argmin([(labels[predicted == digit] == digit).mean() for digit in range(10)])


def moved(right, down):
    return lambda ink, by: Ink([np.add(s, [right(by), down(by)]) for s in ink.strokes])


def sheared(matrix):
    return lambda ink, by: Ink([s @ np.array(matrix(by)) for s in ink.strokes])


def indices(labels):
    return np.arange(0, len(labels), 2)


def first_half(labels):
    return np.arange(len(labels)) < len(labels) / 2


def every_second(labels):
    return np.arange(len(labels)) % 2 == 0


def half_of_each(labels, by):
    chosen = np.zeros(len(labels), bool)
    for digit in range(10):
        chosen[np.flatnonzero(labels == digit)[::by]] = True
    return chosen


def noisy(key, images, level):
    return images + level * jax.random.normal(key, images.shape)


def with_numpy(key, images):
    return np.roll(np.asarray(images), 1, axis=2)


def without_key(key, images):
    return jnp.roll(images, 1, axis=2)


def with_numpy_randomness(key, images):
    return jnp.roll(images, np.random.default_rng().integers(1, 1000), axis=0) * 0.5


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("07.1", most_mistakes, "most mistakes"),
        ("07.1", least_precise, "of all drawings of a"),
        ("07.1", lambda labels, answers: 0.25, "returns 0.25"),
        ("07.1", lambda labels, answers: 3, "returns 3"),
        ("07.1", 3, "a number, 3"),
        ("07.2", lambda ink, by: ink, "unchanged"),
        ("07.2", lambda ink, by: [s + by for s in ink.strokes], "a list of length 2"),
        ("07.2", moved(lambda by: 10 * by, lambda by: 0), "moved to the side"),
        ("07.2", sheared(lambda by: [[1, by], [0, 1]]), "up or down"),
        ("07.2", sheared(lambda by: [[1, 0], [-by, 1]]), "wrong side"),
        ("07.2", sheared(lambda by: [[1 + by, 0], [0, 1]]), "have not moved `by` times y"),
        ("07.2", lambda ink, by: Ink(ink.strokes[:1]), "another number of strokes"),
        ("07.2", lambda ink, by: Ink(), "another number of strokes"),
        ("07.3", first_half, "With sorted labels, there is no"),
        ("07.3", every_second, "With alternating labels"),
        ("07.3", lambda labels: half_of_each(labels, 1), "left to evaluate on"),
        ("07.3", lambda labels: half_of_each(labels, 4), "of 4 drawings"),
        ("07.3", indices, "Expected one boolean per drawing"),
        ("07.4", lambda key, images: images, "unchanged"),
        ("07.4", with_numpy, "not inside `jax.jit`"),
        ("07.4", without_key, "Another key returns the same"),
        ("07.4", with_numpy_randomness, "the second time"),
        ("07.4", lambda key, images: noisy(key, images, 0.1), "pixels range from"),
        ("07.4", lambda key, images: noisy(key, images, 9).clip(0, 1), "reads only"),
        ("07.4", lambda key, images: images[:, 1:], "should have shape"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)


@few
@given(st.floats(-1, 0.6) | st.just(1.0) | st.floats(1.4, 3))
def test_correct_answers_are_divided_by_the_number_of_drawings(power):
    def hardest(labels, answers):
        total = np.bincount(labels).astype(float)
        return np.argmin(np.bincount(labels[labels == answers]) / total**power)

    assert bool(check("07.1", hardest)) == (power == 1)


@few
@given(st.floats(-3, 3))
def test_a_drawing_is_slanted_by_the_whole_amount(factor):
    factor = 1 if abs(factor - 1) < 0.01 else factor
    assert bool(check("07.2", lambda ink, by: forms.slant(ink, factor * by))) == (factor == 1)


@few
@given(st.floats(-2, 2))
def test_no_constant_slant_is_right(amount):
    assert not check("07.2", lambda ink, by: forms.slant(ink, amount))


@few
@given(st.floats(0, 0.35) | st.just(0.5) | st.floats(0.65, 1))
def test_half_of_each_digit_is_neither_less_nor_more(fraction):
    def halves(labels):
        mask = np.zeros(len(labels), bool)
        for digit in range(10):
            places = np.flatnonzero(labels == digit)
            mask[places[: round(fraction * len(places))]] = True
        return mask

    assert bool(check("07.3", halves)) == (fraction == 0.5)


@settings(deadline=None, max_examples=2)
@given(st.floats(0.02, 0.2))
def test_noise_of_any_legible_level_is_an_augmentation_if_it_stays_in_range(level):
    assert check("07.4", lambda key, images: forms.noisy(key, images, level))
    assert not check("07.4", lambda key, images: noisy(key, images, level))
