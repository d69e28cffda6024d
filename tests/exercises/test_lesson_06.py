"""Exercises of lesson 06: the solutions, and what learners get wrong."""

import numpy as np
import pytest

import mnistedu
from mnistedu.exercises import check

FOUR = [[(110, 40), (60, 160), (210, 160)], [(160, 90), (150, 260)]]


@pytest.mark.parametrize("exercise", ["06.1", "06.2", "06.3"])
def test_the_solution_is_right(solve, exercise):
    shipped = mnistedu.Recognizer()
    assert check(exercise, solve(exercise, np=np, mnistedu=mnistedu, recognizer=shipped))


def test_the_solution_of_the_open_exercise_reads_the_offline_digits(solve, digits):
    assert check("06.4", solve("06.4", data=digits))


def test_ink_is_as_good_as_strokes():
    assert check("06.1", mnistedu.Ink(FOUR))


def decide(probabilities, cost, *, threshold=None):
    threshold = 1 - 1 / cost if threshold is None else threshold
    return int(probabilities.argmax()) if probabilities.max() >= threshold else None


def turn(strokes, degrees, *, about=0.0):
    angle = np.deg2rad(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [(stroke - about) @ matrix + about for stroke in strokes]


def turn_each(strokes, degrees):
    return [turn([stroke], degrees, about=stroke[0])[0] for stroke in strokes]


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        ("06.1", [[(x, -y) for x, y in stroke] for stroke in FOUR], "on its head"),
        ("06.1", FOUR[0], "no strokes"),
        ("06.1", [[(0, 0), (0, 50)]], "reads a 1"),
        ("06.1", [[]], "nothing on the sheet"),
        ("06.1", 4, "no strokes"),
        ("06.2", lambda p, cost: int(p.argmax()), "cheaper to ask"),
        ("06.2", lambda p, cost: decide(p, cost, threshold=0.9), "cheaper to answer"),
        ("06.2", lambda p, cost: decide(p, cost, threshold=0.5), "cheaper to ask"),
        ("06.2", lambda p, cost: p.max(), "the answer is not"),
        ("06.2", 7, "A function"),
        ("06.3", lambda strokes, degrees: turn(strokes, -degrees), "wrong way"),
        ("06.3", lambda strokes, degrees: turn(strokes, np.rad2deg(degrees)), "radians"),
        ("06.3", turn_each, "falls apart"),
        ("06.3", lambda strokes, degrees: strokes, "Nothing has turned"),
        ("06.3", lambda strokes, degrees: turn(strokes, degrees)[0], "2 strokes go in"),
        ("06.3", lambda strokes, degrees: [s * [0.5, 1] for s in turn(strokes, degrees)], "shape"),
    ],
)  # fmt: skip
def test_a_typical_mistake(expect_wrong, exercise, answer, says):
    expect_wrong(exercise, answer, says)


@pytest.mark.parametrize(
    ("reader", "says"),
    [
        (lambda images: np.eye(10)[[0] * len(images)], "reads"),
        (lambda images: 7, "should have shape"),
        (lambda images: np.tile(np.arange(10.0), (len(images), 1)), "no probabilities"),
        (lambda images: np.full(10, 0.1), "should have shape"),
        (np.full(10, 0.1), "A function"),
    ],
)
def test_a_reader_that_does_not_do(expect_wrong, digits, reader, says):
    expect_wrong("06.4", (reader, digits), says)


def test_a_reader_that_is_not_written_yet(digits):
    assert check("06.4", (lambda images: None, digits)).verdict == "blank"
