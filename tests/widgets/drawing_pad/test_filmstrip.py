"""The steps from the ink to the image."""

from __future__ import annotations

import re

import pytest

from mnistedu import DrawingPad, Ink
from mnistedu.widgets.drawing_pad.filmstrip import filmstrip_html
from tests.widgets.driver import (
    SEVEN,
    mouse,
    shown,
    shown_image,
)


def test_the_view_shows_how_the_image_came_about(pad: DrawingPad) -> None:
    blank = shown(pad)
    mouse(pad, SEVEN)
    assert "<path" not in blank
    assert '<rect x="122" y="92" width="316" height="406"/>' in shown(pad)
    assert shown_image(pad) == pytest.approx(Ink([SEVEN]).to_image())


def test_a_blank_ink_gives_two_empty_pictures() -> None:
    html = filmstrip_html(Ink())
    assert html.count("<svg") == 2
    assert "<path" not in html


def test_a_dot_is_a_line_to_itself() -> None:
    assert filmstrip_html(Ink([[(100, 200)]])).count('d="M100 200 100 200"') == 2


def test_the_second_picture_has_the_ink_in_mnists_box() -> None:
    html = filmstrip_html(Ink([[(100, 100), (100, 276)]]))
    x, y = re.search(r"translate\((-\d+)\.0 (-\d+)\.0\)", html).groups()
    assert (x, y) == ("-100", "-188"), "the middle of the ink is the origin"
    assert "scale(0.10000)" in html, "17.6 pixels of ink and 2.4 of the line make 20"
    assert 'stroke-width="24.0"' in html
