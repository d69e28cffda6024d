"""Exercises of lesson 06: solutions, typical mistakes and blanks."""

import numpy as np
import pytest

import mnistedu
from mnistedu.exercises import check

FOUR = [[(110, 40), (60, 160), (210, 160)], [(160, 90), (150, 260)]]


@pytest.mark.parametrize("exercise", ["06.1", "06.2", "06.3"])
def test_accepts_the_solution(solve, exercise):
    shipped = mnistedu.Recognizer()
    assert check(exercise, solve(exercise, np=np, mnistedu=mnistedu, recognizer=shipped))


def test_accepts_the_solution_of_the_open_exercise_on_the_bundled_digits(solve, digits):
    assert check("06.4", solve("06.4", data=digits))


def test_accepts_ink_instead_of_strokes():
    assert check("06.1", mnistedu.Ink(FOUR))


def decide(probabilities, cost, *, threshold=None):
    threshold = 1 - 1 / cost if threshold is None else threshold
    return int(probabilities.argmax()) if probabilities.max() >= threshold else None


def rotate(strokes, degrees, *, about=0.0):
    angle = np.deg2rad(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [(stroke - about) @ matrix + about for stroke in strokes]


def rotate_each(strokes, degrees):
    return [rotate([stroke], degrees, about=stroke[0])[0] for stroke in strokes]


def squeeze(strokes, degrees):
    return [stroke * [0.5, 1] for stroke in rotate(strokes, degrees)]


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("06.1", [[(x, -y) for x, y in stroke] for stroke in FOUR], "upside down"),
        ("06.1", FOUR[0], "Expected strokes"),
        ("06.1", [[(0, 0), (0, 50)]], "reads it as a 1"),
        ("06.1", [[]], "is empty"),
        ("06.1", 4, "Expected strokes"),
        ("06.2", lambda p, cost: int(p.argmax()), "cheaper to ask"),
        ("06.2", lambda p, cost: decide(p, cost, threshold=0.9), "cheaper to answer"),
        ("06.2", lambda p, cost: decide(p, cost, threshold=0.5), "cheaper to ask"),
        ("06.2", lambda p, cost: p.max(), "the answer is not"),
        ("06.2", 7, "Expected a function"),
        ("06.3", lambda strokes, degrees: rotate(strokes, -degrees), "wrong direction"),
        ("06.3", lambda strokes, degrees: rotate(strokes, np.rad2deg(degrees)), "radians"),
        ("06.3", rotate_each, "falls apart"),
        ("06.3", lambda strokes, degrees: strokes, "are unchanged"),
        ("06.3", lambda strokes, degrees: rotate(strokes, degrees)[0], "2 strokes go in"),
        ("06.3", squeeze, "their shape"),
    ],
)  # fmt: skip
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (lambda images: np.eye(10)[[0] * len(images)], "reads"),
        (lambda images: 7, "should have shape"),
        (lambda images: np.tile(np.arange(10.0), (len(images), 1)), "not probabilities"),
        (lambda images: np.full(10, 0.1), "should have shape"),
        (np.full(10, 0.1), "Expected a function"),
    ],
)
def test_reports_a_classifier_that_does_not_qualify(expect_wrong, digits, classifier, message):
    expect_wrong("06.4", (classifier, digits), message)


def test_reports_a_classifier_that_returns_nothing_as_blank(digits):
    assert check("06.4", (lambda images: None, digits)).verdict == "blank"
