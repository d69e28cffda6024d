"""Exercises of lesson 05: solutions, typical mistakes and blanks."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mnistedu.exercises import check
from tests.exercises.mutants import lesson_05 as forms

few = settings(deadline=None, max_examples=20)


@pytest.mark.parametrize("exercise", ["05.1", "05.2", "05.3", "05.5"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


def test_accepts_the_solution_of_the_open_exercise(solve):
    assert check("05.4", solve("05.4", soften=solve("05.3")))


def test_accepts_the_pair_in_either_order():
    def most_confused(confusion):
        mistakes = np.triu(confusion + confusion.T, 1)
        return [int(digit) for digit in np.argwhere(mistakes == mistakes.max())[0]][::-1]

    assert check("05.1", most_confused)


def index_of_largest(table):
    return np.unravel_index(table.argmax(), (10, 10))


def off_diagonal(confusion):
    return confusion * (1 - np.eye(10, dtype=int))


def n_images(accuracy, half, factor=1.96**2):
    return math.ceil(factor * accuracy * (1 - accuracy) / half**2)


def soften(probabilities, temperature, axis=1):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=axis, keepdims=True)


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("05.1", (4, 9), "Expected a function"),
        ("05.1", lambda confusion: (4, 9), "but only"),
        ("05.1", index_of_largest, "diagonal"),
        ("05.1", lambda confusion: index_of_largest(off_diagonal(confusion)), "both directions"),
        ("05.1", lambda confusion: confusion.argmax(), "Expected two digits"),
        ("05.2", lambda p, half: n_images(p, half, 1), "two thirds"),
        ("05.2", lambda p, half: math.sqrt(n_images(p, half)), "square root"),
        ("05.2", lambda p, half: n_images(p, half / 2), "factor of four"),
        ("05.2", lambda p, half: n_images(p, half) - 1, "One image too few"),
        ("05.2", lambda p, half: 1.96**2 * p * (1 - p) / half**2, "whole number"),
        ("05.2", lambda p, half: 403, "is not right"),
        ("05.3", lambda p, t: soften(p, 1 / t), "raises it"),
        ("05.3", lambda p, t: p ** (1 / t), "add up to one"),
        ("05.3", lambda p, t: p / t, "add up to one"),
        ("05.3", lambda p, t: (p / t) / (p / t).sum(axis=1, keepdims=True), "Nothing changes"),
        ("05.3", lambda p, t: soften(p, t, axis=0), "add up to one"),
        ("05.3", lambda p, t: soften(p, t + 1), "temperature of 1.0"),
        ("05.4", lambda p, labels: 1.0, "but there is one with"),
        ("05.4", lambda p, labels: 1 / 3, "increases the loss"),
        ("05.4", lambda p, labels: (p.argmax(axis=1) == labels).mean(), "increases the loss"),
        ("05.4", lambda p, labels: -2, "positive"),
        ("05.5", lambda labels, first, second: 1.5, "is a probability"),
        ("05.5", lambda labels, first, second: True, "yes or no"),
        ("05.5", lambda labels, first, second: 0.0625, "one direction only"),
        ("05.5", lambda labels, first, second: 0.5, "is not 0.500"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)


@few
@given(st.floats(0, 1))
def test_the_two_directions_count_equally(weight):
    assume(weight == 0.5 or abs(weight - 0.5) > 0.1)
    result = check("05.1", forms.confused_by(lambda a, b: weight * a + (1 - weight) * b))
    assert bool(result) == (weight == 0.5)


@few
@given(st.floats(0.1, 4))
def test_the_images_of_both_directions_are_added(power):
    assume(power == 1 or abs(power - 1) > 0.2)
    result = check("05.1", forms.confused_by(lambda a, b: a**power + b**power))
    assert bool(result) == (power == 1)


@few
@given(st.floats(0.5, 4), st.integers(-30, 30))
def test_the_number_of_images_is_exact(z, more):
    z = 1.96 if abs(z - 1.96) < 0.02 else z
    result = check("05.2", lambda p, half: forms.n_images(p, half, z=z) + more)
    assert bool(result) == (z == 1.96 and more == 0)


@few
@given(st.floats(-2, 3))
def test_logarithms_are_divided_by_the_temperature_itself(power):
    power = 1 if abs(power - 1) < 0.01 else power
    result = check("05.3", lambda p, t: forms.soften(p, t**power))
    assert bool(result) == (power == 1)


@few
@given(st.floats(0.3, 3))
def test_a_temperature_is_right_within_the_tolerance(factor):
    assume(not 0.035 < abs(math.log(factor)) < 0.065)
    result = check("05.4", lambda p, labels: factor * forms.by_scipy(p, labels))
    assert bool(result) == (abs(math.log(factor)) < 0.05)


@few
@given(st.floats(0.011, 1), st.sampled_from([-1, 1]))
def test_a_p_value_is_right_to_within_a_hundredth(difference, sign):
    def p_value(only_first, only_second):
        return forms.exact(only_first, only_second) + sign * difference

    assert not check("05.5", forms.from_counts(p_value))
