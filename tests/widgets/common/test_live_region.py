"""Texts for screen readers: the pad announces finished drawings, the monitor epochs."""

from __future__ import annotations

import pytest

import mnistedu
from mnistedu import ConfusionExplorer, Dataset, DrawingPad, Ink, TrainingMonitor
from mnistedu.widgets.common.live_region import LiveRegion
from mnistedu.widgets.training_monitor import monitor as monitor_module
from tests.widgets.driver import ONE, SEVEN, always, mouse, one_or_seven, send, widgets


def announced(widget: object) -> list[str]:
    """What is announced from now on."""
    texts: list[str] = []
    region = widgets(widget, LiveRegion)[0]
    region.observe(lambda change: texts.append(change.new), "text")
    return texts


def test_a_pad_announces_finished_strokes_and_nothing_while_drawing() -> None:
    pad = DrawingPad(one_or_seven)
    texts = announced(pad)
    send(pad, "mouse_down", x=280, y=100)
    for y in range(100, 400, 10):
        send(pad, "mouse_move", x=280, y=y)
    assert texts == []
    send(pad, "mouse_up", x=280, y=400)
    assert texts == ["1, > 99.9 % sure"]
    mouse(pad, SEVEN)
    pad.clear()
    assert texts[1:] == ["7, > 99.9 % sure", ""]


def test_a_pad_announces_that_its_model_failed() -> None:
    pad = DrawingPad(lambda images: 1 / 0)
    texts = announced(pad)
    mouse(pad, ONE)
    assert texts == ["The model failed on this drawing"]


def test_without_live_a_pad_announces_what_was_asked_for() -> None:
    pad = DrawingPad(always(4), live=False)
    texts = announced(pad)
    pad.draw(Ink([ONE]))
    assert texts == []
    pad.recognize()
    assert texts == ["4, > 99.9 % sure"]


@pytest.mark.parametrize(("interval", "count"), [(0.0, 3), (1000.0, 1)])
def test_a_monitor_announces_epochs_but_not_too_often(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch, interval: float, count: int
) -> None:
    monkeypatch.setattr(monitor_module, "_ANNOUNCEMENT_INTERVAL", interval)
    monitor = TrainingMonitor(digits)
    texts = announced(monitor)
    options = {"callbacks": [monitor], "verbose": False}
    mnistedu.train(mnistedu.build_mlp(units=()), digits, epochs=3, **options)
    assert len(texts) == count
    assert texts[-1] == "Trained for 3 epochs"
    if count > 1:
        loss, validation = monitor.history["loss"][0], monitor.history["val_loss"][0]
        start = f"Epoch 1 of 3: loss {loss:.4f}, validation loss {validation:.4f}, accuracy"
        assert texts[0].startswith(start)


def test_a_confusion_explorer_announces_the_cell(digits: Dataset) -> None:
    explorer = ConfusionExplorer(always(0), digits.test)
    texts = announced(explorer)
    explorer.cell = (1, 0)
    assert texts == ["1 read as 0, images: 1–39 of 39"]
