"""What the page of an anywidget reports, and what it is told to show."""

from __future__ import annotations

import pytest

from mnistedu import DrawingPad, Ink
from mnistedu.widgets.drawing_pad.anywidget_surface import AnywidgetSurface
from tests.widgets.driver import ONE, SEVEN, one_or_seven, press


@pytest.fixture
def pad() -> DrawingPad:
    return DrawingPad(one_or_seven, sheet="anywidget")


@pytest.fixture
def surface(pad: DrawingPad) -> AnywidgetSurface:
    return pad._sheet.surface


def batch(
    surface: AnywidgetSurface, stroke: str, *points: tuple, begin: bool = False, end: bool = False
) -> None:
    content = {"stroke": stroke, "points": list(points), "begin": begin, "end": end}
    surface._handle_custom_msg(content, [])


def test_batches_of_points_make_a_stroke(pad: DrawingPad, surface: AnywidgetSurface) -> None:
    batch(surface, "a-0", *SEVEN[:2], begin=True)
    batch(surface, "a-0", *SEVEN[2:], end=True)
    assert pad.ink == Ink([SEVEN])
    assert pad.prediction.digit == 7
    batch(surface, "a-1", (9, 9), begin=True, end=True)
    assert pad.ink == Ink([SEVEN, [(9, 9)]])


def test_the_page_learns_which_of_its_strokes_was_taken(
    pad: DrawingPad, surface: AnywidgetSurface
) -> None:
    batch(surface, "a-0", *ONE, begin=True, end=True)
    assert surface.taken == "a-0"
    assert surface.strokes == [[[float(x), float(y)] for x, y in ONE]]
    batch(surface, "a-1", (300, 300), begin=True)
    pad.undo()
    batch(surface, "a-1", (310, 310), end=True)
    assert surface.taken == "a-1", "although it was dropped"
    assert surface.strokes == []


def test_an_observer_that_raises_does_not_lose_a_stroke(
    pad: DrawingPad, surface: AnywidgetSurface
) -> None:
    pad.observe(lambda change: 1 / 0, "ink")
    batch(surface, "a-0", *ONE, begin=True, end=True)
    assert surface.taken == "a-0"
    assert len(surface.strokes) == 1
    assert pad.ink == Ink([ONE])


def test_keys(pad: DrawingPad, surface: AnywidgetSurface) -> None:
    batch(surface, "a-0", *ONE, begin=True, end=True)
    press(pad, "z", ctrl=True)
    assert pad.ink.blank
    press(pad, "Z", ctrl=True, shift=True)
    assert pad.ink == Ink([ONE])


@pytest.mark.parametrize(
    "points", [[(None, 1)], [(float("nan"), 1)], [("1", 1)], [(1e30, 1)], [()], [7], ["no"], []]
)
def test_malformed_batches_leave_the_sheet_usable(
    pad: DrawingPad, surface: AnywidgetSurface, points: list
) -> None:
    batch(surface, "a-0", *points, begin=True, end=True)
    assert pad.ink.blank
    batch(surface, "a-1", *ONE, begin=True, end=True)
    assert pad.ink == Ink([ONE])


@pytest.mark.parametrize("content", [None, [], "key", {}, {"key": "z"}, {"points": [[1, 1]]}])
def test_other_messages_are_ignored(
    pad: DrawingPad, surface: AnywidgetSurface, content: object
) -> None:
    surface._handle_custom_msg(content, [])
    assert pad.ink.blank
