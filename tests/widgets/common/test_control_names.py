"""Pads and views with controls bring the script that names them."""

from __future__ import annotations

from mnistedu import ConfusionExplorer, Dataset, DrawingPad
from mnistedu.widgets.common.control_names import ControlNames
from tests.widgets.driver import always, widgets


def test_widgets_with_sliders_or_toggle_buttons_have_the_script(digits: Dataset) -> None:
    for widget in (DrawingPad(), ConfusionExplorer(always(0), digits.test)):
        (script,) = widgets(widget, ControlNames)
        assert "aria-pressed" in script.get_state()["_esm"]
