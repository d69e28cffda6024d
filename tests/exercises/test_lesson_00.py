"""Exercises of lesson 00: solutions, typical mistakes and blanks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistedu.exercises import check
from mnistedu.ink import Ink

FOUR = Ink([[(180, 90), (140, 280), (370, 270)], [(320, 100), (290, 450)]])
SEVEN = Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])
SCRIBBLE = Ink([[(10, 10), (400, 20), (30, 300), (420, 310), (20, 40), (300, 400), (310, 10)]])


@pytest.mark.parametrize("exercise", ["00.1", "00.2", "00.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise, four=FOUR))


@pytest.mark.parametrize(
    ("exercise", "blank"), [("00.1", ...), ("00.2", lambda ink: ...), ("00.3", ...)]
)
def test_reports_an_untouched_cell_as_blank(exercise, blank):
    assert check(exercise, blank).verdict == "blank"


@given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_counts_that_ignore_some_points_are_wrong(lengths):
    """Counting only so many strokes, or so many points of each, is wrong for some drawing."""
    strokes, points = len(lengths), max(lengths)
    if strokes < 17:  # the longest drawing of the checker
        assert not check("00.2", lambda ink: sum(map(len, ink.strokes[:strokes])))
    if points < 9:  # its longest stroke
        assert not check("00.2", lambda ink: sum(len(stroke[:points]) for stroke in ink.strokes))


def test_the_message_says_what_the_network_was_sure_of():
    narrow = Ink([stroke * [0.35, 1] for stroke in FOUR.strokes])
    assert "You mean a 4, and the network is not sure." in check("00.3", (narrow, 4)).message
    assert "never sure of a 5" in check("00.3", (SCRIBBLE, 5)).message


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("00.1", SEVEN, "as a 7"),
        ("00.1", Ink(), "empty"),
        ("00.1", [[(180, 90), (140, 280)]], "as a 1"),
        ("00.1", [180, 90], "not the strokes of a drawing"),
        ("00.1", 4, "a number, 4"),
        ("00.2", lambda ink: len(ink.strokes), "counts the strokes"),
        ("00.2", lambda ink: sum(stroke.size for stroke in ink.strokes), "counted twice"),
        ("00.2", lambda ink: len(ink.strokes[-1]), "points of only one"),
        ("00.2", lambda ink: sum(map(len, ink.strokes)) or 1, "has no points"),
        ("00.2", lambda ink: sum(map(len, ink.strokes)) + 5, "counts 12"),
        ("00.2", 7, "a number, 7"),
        ("00.3", SEVEN, "Expected a drawing and a digit"),
        ("00.3", (SEVEN, 7), "not fooled"),
        ("00.3", (SEVEN, 1), "looks like a 7, not like a 1"),
        ("00.3", (Ink(), 7), "empty"),
        ("00.3", (SEVEN, "7"), "from 0 to 9"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
