"""Exercises of lesson 05: the solutions, and what learners get wrong."""

import math

import numpy as np
import pytest

from mnistedu.exercises import check


@pytest.mark.parametrize("exercise", ["05.1", "05.2", "05.3"])
def test_the_solution_is_right(solve, exercise):
    assert check(exercise, solve(exercise))


def test_the_solution_of_the_open_exercise_is_right(solve):
    assert check("05.4", solve("05.4", soften=solve("05.3")))


def test_a_pair_may_come_either_way_round():
    def most_confused(confusion):
        mistakes = np.triu(confusion + confusion.T, 1)
        return [int(digit) for digit in np.argwhere(mistakes == mistakes.max())[0]][::-1]

    assert check("05.1", most_confused)


def place_of_largest(table):
    return np.unravel_index(table.argmax(), (10, 10))


def off_diagonal(confusion):
    return confusion * (1 - np.eye(10, dtype=int))


def n_images(accuracy, half, factor=1.96**2):
    return math.ceil(factor * accuracy * (1 - accuracy) / half**2)


def soften(probabilities, temperature, axis=1):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=axis, keepdims=True)


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        ("05.1", (4, 9), "A function"),
        ("05.1", lambda confusion: (4, 9), "other digits"),
        ("05.1", place_of_largest, "diagonal"),
        ("05.1", lambda confusion: place_of_largest(off_diagonal(confusion)), "both directions"),
        ("05.1", lambda confusion: confusion.argmax(), "Two digits"),
        ("05.2", lambda p, half: n_images(p, half, 1), "two thirds"),
        ("05.2", lambda p, half: math.sqrt(n_images(p, half)), "square root"),
        ("05.2", lambda p, half: n_images(p, half / 2), "Four times off"),
        ("05.2", lambda p, half: n_images(p, half) - 1, "One image short"),
        ("05.2", lambda p, half: 1.96**2 * p * (1 - p) / half**2, "whole number"),
        ("05.2", lambda p, half: 403, "is not right"),
        ("05.3", lambda p, t: soften(p, 1 / t), "surer"),
        ("05.3", lambda p, t: p ** (1 / t), "add up to one"),
        ("05.3", lambda p, t: p / t, "add up to one"),
        ("05.3", lambda p, t: (p / t) / (p / t).sum(axis=1, keepdims=True), "Nothing changes"),
        ("05.3", lambda p, t: soften(p, t, axis=0), "add up to one"),
        ("05.3", lambda p, t: soften(p, t + 1), "temperature of 1.0"),
        ("05.4", lambda p, labels: 1.0, "too sure"),
        ("05.4", lambda p, labels: 1 / 3, "larger than without"),
        ("05.4", lambda p, labels: (p.argmax(axis=1) == labels).mean(), "larger than without"),
        ("05.4", lambda p, labels: -2, "positive"),
    ],
)
def test_a_typical_mistake(expect_wrong, exercise, answer, says):
    expect_wrong(exercise, answer, says)
