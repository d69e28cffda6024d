"""Messages of widgets are handled on the subshell that the page chose."""

from __future__ import annotations

from ipywidgets import Box, Button, VBox

from mnistedu import DrawingPad
from mnistedu.widgets.common.subshells import handle_on_subshell
from tests.widgets.driver import always, button


def subshell_of(widget: Button) -> str | None:
    return widget.comm._reply_subshell_for({}, "of the page")


def test_widgets_and_those_inside_them_follow_the_page() -> None:
    inside, alone, other = Button(), Button(), Button()
    for widget in (inside, alone, other):
        widget.comm._reply_subshell_for = lambda data, subshell: None  # as ipykernel's
    handle_on_subshell(VBox([Box([inside])]), alone)
    assert subshell_of(inside) == subshell_of(alone) == "of the page"
    assert subshell_of(other) is None


def test_a_pad_teaches_one_model_at_a_time(monkeypatch) -> None:
    handled = []
    monkeypatch.setattr(
        "mnistedu.widgets.drawing_pad.pad.handle_on_subshell",
        lambda *widgets: handled.extend(widgets),
    )
    pad = DrawingPad(always(7))
    inside = Box(handled)
    assert button(inside, "Recognise")
    assert pad.children[-1] not in handled, "the panel waits for a running cell"
