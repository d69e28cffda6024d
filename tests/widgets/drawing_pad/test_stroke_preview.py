"""What the page needs to show a stroke by itself."""

from __future__ import annotations

from mnistedu import DrawingPad
from mnistedu.widgets.drawing_pad.sheet import LABEL
from mnistedu.widgets.drawing_pad.stroke_preview import StrokePreview
from tests.widgets.driver import widgets


def test_the_page_gets_the_script_the_label_and_the_pen(pad: DrawingPad) -> None:
    (preview,) = widgets(pad, StrokePreview)
    state = preview.get_state()
    assert "export default" in state["_esm"]
    assert state["label"] == LABEL
    assert state["pen"] == pad.pen
    pad.pen = 50
    assert preview.get_state()["pen"] == 50
