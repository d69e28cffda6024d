"""The buttons below the sheet."""

from __future__ import annotations

from ipywidgets import IntSlider

from mnistedu import DrawingPad
from mnistedu.widgets.drawing_pad.toolbar import Toolbar
from tests.widgets.driver import (
    ONE,
    SEVEN,
    button,
    mouse,
    one_or_seven,
    shown,
    toggle,
    widgets,
)


def test_without_live_only_recognise_reads() -> None:
    pad = DrawingPad(one_or_seven, live=False)
    mouse(pad, ONE)
    assert pad.prediction is None
    assert "Press Recognise" in shown(pad)
    button(pad, "Recognise").click()
    assert pad.prediction.digit == 1
    mouse(pad, SEVEN)
    assert pad.prediction is None, "an answer to an older drawing must not stay"


def test_live_can_be_switched_on() -> None:
    pad = DrawingPad(one_or_seven, live=False)
    mouse(pad, ONE)
    toggle(pad, "Live").value = True
    assert pad.live
    assert pad.prediction.digit == 1


def test_the_toolbar_starts_with_nothing_to_undo_and_calls_what_it_is_given() -> None:
    pressed = []
    toolbar = Toolbar(
        on_recognize=lambda: pressed.append("recognize"),
        on_clear=lambda: pressed.append("clear"),
        on_undo=lambda: pressed.append("undo"),
        on_redo=lambda: pressed.append("redo"),
    )
    assert button(toolbar.widget, "Undo").disabled
    assert button(toolbar.widget, "Redo").disabled
    toolbar.show_undo(can_undo=True, can_redo=False)
    assert not button(toolbar.widget, "Undo").disabled
    assert button(toolbar.widget, "Redo").disabled
    for name in ("Recognise", "Clear", "Undo", "Redo"):
        button(toolbar.widget, name).click()
    assert pressed == ["recognize", "clear", "undo", "redo"]


def test_the_slider_and_the_pen_follow_each_other(pad: DrawingPad) -> None:
    (slider,) = widgets(pad, IntSlider)
    assert slider.value == pad.pen
    slider.value = 20
    assert pad.pen == 20
    pad.pen = 300
    assert slider.value == slider.max
    assert pad.pen == 300
