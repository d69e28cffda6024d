"""Exercises of lesson 00: solutions, typical mistakes and blanks."""

import pytest

from mnistedu.exercises import check
from mnistedu.ink import Ink

FOUR = Ink([[(180, 90), (140, 280), (370, 270)], [(320, 100), (290, 450)]])
SEVEN = Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])
SCRIBBLE = Ink([[(10, 10), (400, 20), (30, 300), (420, 310), (20, 40), (300, 400), (310, 10)]])


@pytest.mark.parametrize("exercise", ["00.1", "00.2", "00.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


@pytest.mark.parametrize(
    ("exercise", "blank"), [("00.1", ...), ("00.2", lambda ink: ...), ("00.3", ...)]
)
def test_reports_an_untouched_cell_as_blank(exercise, blank):
    assert check(exercise, blank).verdict == "blank"


def test_a_network_that_is_not_sure_counts_as_fooled():
    assert check("00.3", (SCRIBBLE, 5))


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("00.1", SEVEN, "as a 7"),
        ("00.1", Ink(), "empty"),
        ("00.1", [[(180, 90), (140, 280)]], "a list of length 1"),
        ("00.1", 4, "a number, 4"),
        ("00.2", lambda ink: len(ink.strokes), "counts the strokes"),
        ("00.2", lambda ink: sum(stroke.size for stroke in ink.strokes), "counted twice"),
        ("00.2", lambda ink: len(ink.strokes[-1]), "points of only one"),
        ("00.2", lambda ink: sum(map(len, ink.strokes)) or 1, "has no points"),
        ("00.2", lambda ink: sum(map(len, ink.strokes)) + 5, "counts 12"),
        ("00.2", 7, "a number, 7"),
        ("00.3", SEVEN, "Expected a drawing and a digit"),
        ("00.3", (SEVEN, 7), "not fooled"),
        ("00.3", (Ink(), 7), "empty"),
        ("00.3", (SEVEN, "7"), "from 0 to 9"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
