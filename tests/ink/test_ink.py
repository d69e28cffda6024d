from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given

from mnistedu import Ink
from tests.ink.examples import SEVEN, few, strokes


@few
@given(strokes)
def test_ink_survives_json(strokes):
    ink = Ink(strokes)
    assert Ink.from_json(ink.to_json()) == ink


@few
@given(strokes)
def test_svg_is_well_formed_and_shows_every_stroke(strokes):
    root = ElementTree.fromstring(Ink(strokes).to_svg())
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) == len(strokes)


def test_ink_grows_point_by_point():
    ink = Ink()
    for points in SEVEN:
        ink.begin_stroke(*points[0])
        for point in points[1:]:
            ink.add_point(*point)
    assert ink == Ink(SEVEN)


def test_strokes_returned_earlier_do_not_change():
    ink = Ink([[(0, 0)]])
    before = ink.strokes[0]
    for x in range(1, 100):
        ink.add_point(x, x)
    np.testing.assert_array_equal(before, [[0, 0]])
    with pytest.raises(ValueError, match="read-only"):
        before[0] = 1


def test_ink_copies_its_arrays():
    points = np.zeros((2, 2), np.float32)
    ink = Ink([points])
    points[:] = 9
    np.testing.assert_array_equal(ink.strokes[0], 0)


def test_undo_clear_and_copy():
    ink = Ink(SEVEN)
    copy = ink.copy()
    ink.undo()
    assert ink == Ink(SEVEN[:1])
    ink.clear()
    assert ink.blank
    ink.undo()
    assert copy == Ink(SEVEN)
    assert copy != ink
    assert copy != "ink"


@pytest.mark.parametrize("strokes", [(), [[]], [[], np.empty((0, 2))]])
def test_blank_ink_is_refused(strokes):
    ink = Ink(strokes)
    assert ink.blank
    for use in (ink.to_image, ink.to_svg, lambda: ink.bounds):
        with pytest.raises(ValueError, match="blank"):
            use()


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        ("1,2 3,4", "list of arrays"),
        (b"1,2", "list of arrays"),
        (7, "list of arrays"),
        ([(0, 0), (1, 1)], r"strokes\[0\] must have shape \(n_points, 2\), got \(2,\)"),
        (np.zeros((5, 2)), r"Ink\(\[stroke\]\)"),
        ([np.zeros((5, 3))], r"got \(5, 3\)"),
        ([[(0, 0)], [(0, np.nan)]], r"strokes\[1\] must hold finite"),
        ([[(0, np.inf)]], "finite"),
        ([[(0, 1e300)]], "finite"),
        ([[(0, 1e39)]], r"at most 3\.4e38"),
        ([[(0, 10**400)]], "pairs of numbers"),
        ([[(0, 1j)]], "pairs of numbers"),
        ([np.array([[1, 1j]])], "pairs of numbers"),
        ([[("1", "2")]], "pairs of numbers"),
        ([{}], "pairs of numbers"),
        (np.array(7), "list of arrays"),
        ([["ab", "cd"]], "pairs of numbers"),
        ([[(1, 2), (3,)]], "pairs of numbers"),
        ([None], "pairs of numbers|shape"),
    ],
)
def test_bad_strokes_are_refused(strokes, message):
    with pytest.raises(ValueError, match=message):
        Ink(strokes)


def test_bad_points_are_refused():
    with pytest.raises(ValueError, match="begin_stroke"):
        Ink().add_point(1, 2)
    ink = Ink([[(0, 0)]])
    for bad in (float("nan"), float("inf"), 1e39, -1e300, 10**400, "1", None, 1j, [1, 2]):
        for write in (ink.add_point, ink.begin_stroke):
            for x, y in ((bad, 0), (0, bad)):
                with pytest.raises(ValueError, match=r"the point must (hold|have)"):
                    write(x, y)
    assert ink == Ink([[(0, 0)]])


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"points": []}', "no json", "[" * 100_000, b"\xff", '{"strokes": ' * 5000],
)
def test_bad_json_is_refused(text):
    with pytest.raises(ValueError, match="JSON"):
        Ink.from_json(text)


def test_json_with_bad_strokes_is_refused():
    with pytest.raises(ValueError, match="shape"):
        Ink.from_json(json.dumps({"strokes": [[1, 2]]}))
    for number in ("1e39", "1" + "0" * 400, "NaN", "null", '"1"', "[" * 500 + "]" * 500):
        with pytest.raises(ValueError, match=r"strokes\[0\] must hold"):
            Ink.from_json(f'{{"strokes": [[[{number}, 0]]]}}')
