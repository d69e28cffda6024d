"""Exercises of lesson 06: solutions, typical mistakes and blanks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mnistedu
from mnistedu.exercises import check
from tests.exercises.mutants import lesson_06 as forms

few = settings(deadline=None, max_examples=20)

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


@few
@given(st.floats(0.1, 5), st.floats(-300, 300), st.floats(-300, 300))
def test_a_four_may_be_of_any_size_anywhere_but_not_upside_down(scale, right, down):
    def drawn(factor):
        return [np.array(stroke) * [scale, factor] + [right, down] for stroke in forms.L_AND_BAR]

    assert check("06.1", drawn(scale))
    assert not check("06.1", drawn(-scale))


@few
@given(st.floats(0, 1))
def test_no_threshold_is_right_for_all_costs(threshold):
    assert not check("06.2", lambda p, cost: decide(p, cost, threshold=threshold))


@few
@given(st.floats(0.01, 0.6) | st.floats(1.4, 100))
def test_the_cost_is_neither_exaggerated_nor_played_down(factor):
    assert not check("06.2", lambda p, cost: decide(p, factor * cost))


@few
@given(st.floats(-3, 3), st.floats(-1000, 1000))
def test_strokes_are_rotated_by_the_whole_angle_about_any_point(factor, about):
    factor = 1 if abs(factor - 1) < 0.001 else factor
    result = check("06.3", lambda strokes, degrees: rotate(strokes, factor * degrees, about=about))
    assert bool(result) == (factor == 1)


@settings(deadline=None, max_examples=5)
@given(st.floats(0, 0.9))
def test_probabilities_may_be_cautious_but_not_depend_on_the_batch(weight):
    def classifier(others):
        return lambda images: (1 - weight) * forms.read(images) + weight * others(images)

    assert check("06.4", (classifier(lambda images: 0.1), forms.DATA))
    of_batch = classifier(lambda images: forms.read(images).mean(axis=0))
    if weight > 0.05:
        assert not check("06.4", (of_batch, forms.DATA))
