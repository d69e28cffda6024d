"""Saving and opening files, without a browser."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from mnistedu import Dataset, DrawingPad, Ink
from mnistedu.widgets.drawing_pad.files import FileButtons
from tests.widgets.driver import ONE, SEVEN, mouse, shown, widgets


@pytest.fixture
def drawing(pad: DrawingPad) -> FileButtons:
    return widgets(pad, FileButtons)[0]


@pytest.fixture
def hand(pad: DrawingPad) -> FileButtons:
    return widgets(pad, FileButtons)[1]


def report(buttons: FileButtons, **content: object) -> None:
    buttons._handle_custom_msg(content, [])


def test_a_saved_drawing_can_be_opened(pad: DrawingPad, drawing: FileButtons) -> None:
    mouse(pad, SEVEN)
    report(drawing, save=True)
    assert drawing.saved["name"] == "drawing.json"
    pad.clear()
    report(drawing, open="drawing.json", text=drawing.saved["text"])
    assert pad.ink == Ink([SEVEN])
    assert pad.prediction.digit == 7
    pad.undo()
    assert pad.ink.blank


def test_a_taught_hand_can_be_saved_and_opened(pad: DrawingPad, hand: FileButtons) -> None:
    for label, stroke in ((1, ONE), (7, SEVEN)):
        mouse(pad, stroke)
        pad.keep(label)
    report(hand, save=True)
    other = DrawingPad()
    report(widgets(other, FileButtons)[1], open="my-hand.jsonl", text=hand.saved["text"])
    assert other.samples.inks == pad.samples.inks
    assert other.samples.labels.tolist() == [1, 7]


def test_a_picture_is_read(digits: Dataset) -> None:
    pad = DrawingPad()
    image = digits.test.images[np.flatnonzero(digits.test.labels == 3)[0]]
    file = io.BytesIO()
    Image.fromarray(255 - image).resize((560, 560)).convert("RGB").save(file, "JPEG")
    encoded = base64.b64encode(file.getvalue()).decode()
    report(widgets(pad, FileButtons)[0], open="three.jpg", image=encoded)
    assert pad.prediction.digit == 3


@pytest.mark.parametrize(
    "content",
    [
        {"text": "no drawing"},
        {"text": json.dumps({"strokes": "none"})},
        {"image": ""},
        {"image": base64.b64encode(b"no picture").decode()},
        {"image": base64.b64encode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n").decode()},
        {"error": "it has more than 900 kB"},
    ],
)
def test_other_files_are_refused(pad: DrawingPad, drawing: FileButtons, content: dict) -> None:
    mouse(pad, ONE)
    report(drawing, open="a<b>", **content)
    assert "The file could not be used" in shown(pad)
    assert "<b>" not in shown(pad).split("The file could")[1]
    assert "BytesIO" not in shown(pad)
    assert pad.ink == Ink([ONE])
    assert len(pad.samples) == 0


def test_a_page_that_gets_a_new_kernel_keeps_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    pad = DrawingPad()
    kept = widgets(pad, FileButtons)[0]
    assert kept.storage_key
    mouse(pad, ONE)
    assert Ink.from_json(kept.drawing) == Ink([ONE])
    pad.clear()
    assert kept.drawing == ""
