"""The sheet on either surface: pointer events in, ink out."""

from __future__ import annotations

import functools
import sys
import types

import numpy as np
import pytest
from anywidget._util import enable_custom_widget_manager_once

from mnistedu import DrawingPad, Ink
from mnistedu.widgets.drawing_pad.anywidget_surface import AnywidgetSurface
from mnistedu.widgets.drawing_pad.ipycanvas_surface import IpycanvasSurface
from mnistedu.widgets.drawing_pad.sheet import fit
from mnistedu.widgets.drawing_pad.surfaces import SURFACES
from tests.widgets.driver import ONE, SEVEN, mouse, one_or_seven, send


@pytest.fixture(params=SURFACES)
def pad(request: pytest.FixtureRequest) -> DrawingPad:
    return DrawingPad(one_or_seven, sheet=request.param)


def test_ipycanvas_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(DrawingPad()._sheet.surface, IpycanvasSurface)
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    assert isinstance(DrawingPad()._sheet.surface, IpycanvasSurface)


def test_colab_gets_an_anywidget_and_its_custom_widget_manager(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manager = "https://ssl.gstatic.com/manager.min.js"
    output = types.ModuleType("google.colab.output")
    output._widgets = types.SimpleNamespace(_installed_url=None)
    enable = functools.partial(setattr, output._widgets, "_installed_url", manager)
    setattr(output, "enable_custom_widget_manager", enable)  # noqa: B010 - for vulture
    for name in ("google", "google.colab"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    enable_custom_widget_manager_once.cache_clear()
    pad = DrawingPad()
    enable_custom_widget_manager_once.cache_clear()
    assert isinstance(pad._sheet.surface, AnywidgetSurface)
    _, metadata = pad._repr_mimebundle_()
    assert metadata["application/vnd.jupyter.widget-view+json"] == {
        "colab": {"custom_widget_manager": {"url": manager}}
    }


def test_a_page_that_cannot_load_ipycanvas_gets_an_anywidget() -> None:
    pad = DrawingPad(one_or_seven)
    mouse(pad, ONE)
    pad.pen = 50
    pad._sheet.surface._preview._handle_custom_msg("no canvas", [])
    surface = pad._sheet.surface
    assert isinstance(surface, AnywidgetSurface)
    assert pad._sheet.widget.children == (surface,)
    assert surface.strokes == [[[float(x), float(y)] for x, y in ONE]]
    assert surface.pen == 50
    mouse(pad, SEVEN)
    assert pad.ink == Ink([ONE, SEVEN])


def test_an_unknown_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, ipycanvas or anywidget"):
        DrawingPad(sheet="paper")


def test_moving_without_pressing_draws_nothing(pad: DrawingPad) -> None:
    send(pad, "mouse_move", x=100, y=100)
    send(pad, "mouse_up", x=100, y=100)
    assert pad.ink.blank


def test_leaving_the_canvas_ends_the_stroke(pad: DrawingPad) -> None:
    mouse(pad, ONE, end="mouse_out")
    send(pad, "mouse_move", x=500, y=500)
    assert pad.ink == Ink([ONE])


def test_a_press_whose_release_was_missed_starts_a_stroke_of_its_own(pad: DrawingPad) -> None:
    send(pad, "mouse_down", x=100, y=100)
    mouse(pad, ONE)
    assert pad.ink == Ink([[(100, 100)], ONE])


def test_draw_makes_an_ink_of_another_canvas_fit(pad: DrawingPad) -> None:
    pad.draw(Ink([[(-3, -3), (17, 17)]]))
    left, top, right, bottom = pad.ink.bounds
    assert 0 < left < right < 560
    assert 0 < top < bottom < 560


def test_the_pen_changes_the_line_and_not_the_answer(pad: DrawingPad) -> None:
    send(pad, "client_ready")
    mouse(pad, SEVEN)
    image = pad.prediction.image
    pad.pen = 60
    pad.recognize()
    np.testing.assert_array_equal(pad.prediction.image, image)


def test_an_ink_that_is_visible_stays_as_it_is() -> None:
    ink = Ink([[(0, 0), (560, 560)]])
    assert fit(ink) is ink
    assert fit(Ink()).blank


@pytest.mark.parametrize("points", [[(0, 0), (9, 9)], [(300, 300)], [(-1, 0), (300, 300)]])
def test_an_ink_that_is_too_small_or_outside_fills_the_middle(points: list) -> None:
    left, top, right, bottom = fit(Ink([points])).bounds
    assert (left + right) / 2 == pytest.approx(280)
    assert (top + bottom) / 2 == pytest.approx(280)
    assert max(right - left, bottom - top) == pytest.approx(392 if len(points) > 1 else 0, abs=1e-3)


def test_malformed_events_leave_the_canvas_usable(pad: DrawingPad) -> None:
    send(pad, "mouse_down", x=None, y=1)
    send(pad, "mouse_move", x=5, y=5)
    send(pad, "mouse_down", x=float("nan"), y=1)
    send(pad, "mouse_up", x=5, y=5)
    assert pad.ink.blank
    mouse(pad, ONE)
    assert pad.ink == Ink([ONE])
