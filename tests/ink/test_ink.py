"""Ink: any strokes, anywhere, at any size, become the image that MNIST would have made."""

from __future__ import annotations

import json
import os
import tracemalloc
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnistedu import Ink
from mnistedu.ink import BOX, PEN, centre_by_mass

ROUNDING = 6  # of 255, on average: a fifth of a pixel at the edge of the line
SEVEN = [[(40, 30), (200, 30), (90, 250)], [(80, 130), (190, 130)]]

few = settings(deadline=None, max_examples=25)
coordinates = st.integers(0, 280).map(float)
strokes = st.lists(
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=30), min_size=1, max_size=5
)


def extent(image: np.ndarray) -> tuple[int, int]:
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    return np.array([np.average(index, weights=image) for index in np.indices(image.shape)])


@few
@given(strokes)
def test_every_drawing_becomes_an_mnist_image(strokes):
    image = Ink(strokes).to_image()
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() >= 200
    assert max(extent(image)) <= BOX + 2


@few
@given(strokes, st.floats(0.05, 50), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_neither_size_nor_place_matters(strokes, scale, right, down):
    moved = [np.array(points) * scale + [right, down] for points in strokes]
    difference = Ink(strokes).to_image().astype(int) - Ink(moved).to_image()
    assert np.abs(difference).mean() < ROUNDING


@few
@given(strokes)
def test_direction_and_order_of_strokes_do_not_matter(strokes):
    backwards = [points[::-1] for points in strokes[::-1]]
    difference = Ink(strokes).to_image().astype(int) - Ink(backwards).to_image()
    assert np.abs(difference).mean() < ROUNDING


@few
@given(strokes)
def test_repeated_points_change_nothing(strokes):
    repeated = [np.repeat(points, 3, axis=0) for points in strokes]
    np.testing.assert_array_equal(Ink(strokes).to_image(), Ink(repeated).to_image())


@few
@given(strokes)
def test_json_brings_the_same_ink_back(strokes):
    ink = Ink(strokes)
    assert Ink.from_json(ink.to_json()) == ink


@few
@given(strokes)
def test_svg_is_well_formed_and_shows_every_stroke(strokes):
    root = ElementTree.fromstring(Ink(strokes).to_svg())
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) == len(strokes)


def test_the_line_is_as_thick_whatever_the_size():
    assert Ink(SEVEN).to_image().sum() == pytest.approx(
        Ink([np.array(points) * 30 for points in SEVEN]).to_image().sum(), rel=0.02
    )


def test_the_longer_side_fills_the_box():
    for box in (16, 20):  # pixels, or parts of one more: the place is finer than a pixel
        assert box <= max(extent(Ink(SEVEN).to_image(box=box))) <= box + 1


def test_the_centre_of_mass_lies_where_mnist_puts_it():
    np.testing.assert_allclose(centre_of_mass(Ink(SEVEN).to_image()), 14, atol=0.2)


def test_a_line_is_as_wide_as_the_pen():
    vertical = Ink([[(0, 0), (0, 100)]]).to_image()
    assert vertical[14].sum() / 255 == pytest.approx(PEN, abs=0.4)
    assert BOX <= extent(vertical)[0] <= BOX + 1


def test_a_dot_is_a_dot():
    for dot in ([(5, 5)], [(5, 5)] * 10):
        image = Ink([dot]).to_image()
        assert extent(image) == (3, 3)
        assert image[14, 14] == 255


def test_a_long_stroke_gives_the_same_image_as_a_short_one():
    angles = np.linspace(0, 2 * np.pi, 10_001)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * 1000
    difference = Ink([ring]).to_image().astype(int) - Ink([ring[::100]]).to_image()
    assert np.abs(difference).mean() < ROUNDING


def test_ink_grows_point_by_point():
    ink = Ink()
    for points in SEVEN:
        ink.begin_stroke(*points[0])
        for point in points[1:]:
            ink.add_point(*point)
    assert ink == Ink(SEVEN)


def test_strokes_seen_earlier_do_not_change():
    ink = Ink([[(0, 0)]])
    before = ink.strokes[0]
    for x in range(1, 100):
        ink.add_point(x, x)
    np.testing.assert_array_equal(before, [[0, 0]])
    with pytest.raises(ValueError, match="read-only"):
        before[0] = 1


def test_an_ink_is_no_view_of_the_arrays_it_was_made_from():
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
def test_bad_strokes_get_one_clear_error(strokes, message):
    with pytest.raises(ValueError, match=message):
        Ink(strokes)


def test_bad_points_get_one_clear_error():
    with pytest.raises(ValueError, match="begin_stroke"):
        Ink().add_point(1, 2)
    ink = Ink([[(0, 0)]])
    for bad in (float("nan"), float("inf"), 1e39, -1e300, 10**400, "1", None, 1j, [1, 2]):
        for write in (ink.add_point, ink.begin_stroke):
            for x, y in ((bad, 0), (0, bad)):
                with pytest.raises(ValueError, match=r"the point must (hold|have)"):
                    write(x, y)
    assert ink == Ink([[(0, 0)]])


@pytest.mark.parametrize(("box", "pen"), [(29, 2), (20, 0), (20, 20), (20, -1), (float("nan"), 2)])
def test_a_box_or_pen_that_does_not_fit_is_refused(box, pen):
    with pytest.raises(ValueError, match="thinner than the box"):
        Ink(SEVEN).to_image(box=box, pen=pen)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"points": []}', "no json", "[" * 100_000, b"\xff", '{"strokes": ' * 5000],
)
def test_bad_json_gets_one_clear_error(text):
    with pytest.raises(ValueError, match="JSON"):
        Ink.from_json(text)


def test_json_with_bad_strokes_is_refused():
    with pytest.raises(ValueError, match="shape"):
        Ink.from_json(json.dumps({"strokes": [[1, 2]]}))
    for number in ("1e39", "1" + "0" * 400, "NaN", "null", '"1"', "[" * 500 + "]" * 500):
        with pytest.raises(ValueError, match=r"strokes\[0\] must hold"):
            Ink.from_json(f'{{"strokes": [[[{number}, 0]]]}}')


def test_many_points_take_little_memory_to_draw():
    points = np.random.default_rng(0).normal(size=(200_000, 2))
    ink = Ink([points])
    tracemalloc.start()
    ink.to_image()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * points.nbytes / 2


def test_a_writer_s_number_that_is_too_long_is_none():
    text = f'.SEGMENT DIGIT 0 ? "8"\n.COMMENT 8 {"9" * 5000} 1\n.PEN_DOWN\n 1 2\n.PEN_UP\n'
    assert Ink.from_unipen(text)[0].writer is None


UNIPEN = """.INCLUDE        some.doc
.HIERARCHY      DIGIT

.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 267  333
 267  336
.PEN_UP
.DT 100
.PEN_DOWN
 100  100
.PEN_UP

.SEGMENT DIGIT    1 ? "2"
.PEN_DOWN
 1 2
.PEN_UP
"""


def test_unipen_text_and_file_give_the_same(tmp_path):
    path = tmp_path / "digits.tra"
    path.write_text(UNIPEN)
    eight, two = Ink.from_unipen(UNIPEN)
    assert (eight.label, eight.writer) == (8, 12)
    assert (two.label, two.writer) == (2, None)
    assert eight.ink == Ink([[(267, 167), (267, 164)], [(100, 400)]])
    for source in (path, str(path)):
        assert Ink.from_unipen(source) == [eight, two]


def test_bad_unipen_gets_one_clear_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Ink.from_unipen(tmp_path / "missing.tra")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError, match="file is needed"):
            Ink.from_unipen(path)
    with pytest.raises(ValueError, match="finite numbers"):
        Ink.from_unipen('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 1e39\n.PEN_UP\n')
    with pytest.raises(ValueError, match=r"no \.SEGMENT"):
        Ink.from_unipen("a text\nof two lines")
    with pytest.raises(ValueError, match="DIGIT"):
        Ink.from_unipen('.SEGMENT WORD 0 ? "eight"\n')
    with pytest.raises(ValueError, match="two numbers, got ' 1 2 3'"):
        Ink.from_unipen('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 2 3\n.PEN_UP\n')


def test_mnist_images_are_where_mnist_put_them(mnist):
    for image in mnist.validation.images[:200]:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        digit = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        np.testing.assert_array_equal(centre_by_mass(digit / 255), image)
