"""The pad as a still picture."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from mnistedu import DrawingPad
from tests.widgets.driver import (
    SEVEN,
    mouse,
    one_or_seven,
)


def test_a_picture_stands_in_where_no_widget_can_show(pad: DrawingPad) -> None:
    mouse(pad, SEVEN)
    bundle, metadata = pad._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("DrawingPad(ink=Ink(1 stroke, 3 points), prediction=")
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))))
    assert picture.shape == (224, 720)
    assert "the answer 7 (7: > 99.9 %" in metadata["image/png"]["alt"]
    sheet, view, answer = picture[:, :224], picture[:, 248:472], picture[:, 496:]
    assert sheet[44, 100] == 0, "the bar of the 7, black on white"
    assert sheet[150, 30] == 255
    np.testing.assert_array_equal(view[4::8, 4::8], pad.prediction.image)
    assert answer.min() < 50


def test_the_picture_of_a_blank_pad_is_a_sheet() -> None:
    bundle, _ = DrawingPad(one_or_seven)._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.size == (224, 224)
