"""Messages to the widgets that no page of ours would send."""

from __future__ import annotations

import functools
import traceback
from pathlib import Path

import keras
import numpy as np
from ipywidgets import Widget
from traitlets import TraitError

import mnistedu
from mnistedu import ConfusionExplorer, DrawingPad, Ink, LayerExplorer, TrainingMonitor, evaluate
from mnistedu.widgets.drawing_pad.files import FileButtons
from mnistedu.widgets.drawing_pad.surfaces import SURFACES
from tests.fuzz.choices import VALUES, Choices
from tests.widgets.driver import ONE, SEVEN, mouse, one_or_seven, widgets
from tests.widgets.random_events import logged_errors

PACKAGE = str(Path(mnistedu.__file__).parent)
EVENTS = (
    *("mouse_down", "mouse_move", "mouse_up", "mouse_out", "mouse_wheel", "key_down", "click"),
    *("touch_start", "touch_move", "touch_end", "touch_cancel", "client_ready"),
)
KEYS = ("Enter", "Delete", "z", "y", "7", *VALUES)
FILES = (
    Ink([ONE]).to_json(),
    '{"label": 1, "strokes": [[[0, 0], [0, 9]]]}',
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNgYGBoAAAAhACBVZ2aRwAAAABJRU5ErkJggg==",
)
LAYOUT = ("children", "layout", "style")  # of a page's own widgets: it may spoil what it shows
MAX_MESSAGES = 20


def receive_messages(content: bytes) -> bool:
    """Receive messages, and check that the pad still works; raise undocumented errors."""
    choices = Choices(content)
    pad = DrawingPad(one_or_seven, sheet=choices.pick(tuple(SURFACES)))
    sheet, *_ = pad._sheet.surface.widgets
    views = [ConfusionExplorer(_evaluation(), pad=pad), TrainingMonitor(), _layer_explorer()]
    found = [widget for root in (pad, *views) for widget in widgets(root, Widget)]
    busiest = [sheet, *widgets(pad, FileButtons)]
    with logged_errors() as errors:
        for _ in range(MAX_MESSAGES):
            if not choices:
                break
            widget = choices.pick(busiest) if choices.below(2) else choices.pick(found)
            message = draw_message(choices)
            if message["method"] == "update":
                names = [name for name in sorted(widget.keys) if name not in LAYOUT]
                message["state"] = {choices.pick(names): choices.pick(VALUES)}
            try:
                widget._handle_msg({"content": {"data": message}, "buffers": []})
            except Exception as error:  # as the kernel does, which logs it
                errors.append(error)
        for worker in views[-1]._workers:
            worker.wait()
        for error in errors:
            _check_documented(error)
        errors.clear()
        check_pad(pad)
        assert not errors
    for widget in widgets(pad, Widget) + widgets(views[0], Widget) + widgets(views[1], Widget):
        widget.close()
    return not errors


def draw_message(choices: Choices) -> dict:
    """Draw a message to a widget; that of an update still lacks its state."""
    if choices.below(3) == 0:
        return {"method": "update"}
    if choices.below(8) == 0:
        return {"method": "custom", "content": choices.pick(VALUES)}
    if choices.below(3) == 0:  # of an anywidget
        points = [[_coordinate(choices), _coordinate(choices)] for _ in range(choices.below(3))]
        ends = {"begin": choices.below(2) == 0, "end": choices.below(2) == 0}
        return {"method": "custom", "content": {"stroke": "a-0", "points": points, **ends}}
    if choices.below(6) == 0:  # of the buttons that save and open files
        kind = choices.pick(("text", "image", "error", "save"))
        name, part = choices.pick(VALUES), choices.pick((*FILES, *VALUES))
        return {"method": "custom", "content": {"open": name, kind: part}}
    event = choices.pick(EVENTS)
    content: dict[str, object] = {"event": event}
    if event.startswith("mouse"):
        content |= {"x": _coordinate(choices), "y": _coordinate(choices)}
    elif event.startswith("touch"):
        points = [
            {"x": _coordinate(choices), "y": _coordinate(choices)} for _ in range(choices.below(3))
        ]
        content["touches"] = choices.pick(VALUES) if choices.below(8) == 1 else points
    elif event == "key_down":
        held = {f"{name}_key": choices.pick(VALUES[1:]) for name in ("shift", "ctrl", "meta")}
        content |= {"key": choices.pick(KEYS), **held}
    return {"method": "custom", "content": content}


def check_pad(pad: DrawingPad) -> None:
    """Check that a pad draws, reads and undoes."""
    pad.live = True
    pad.draw(Ink([ONE]))
    mouse(pad, SEVEN)
    assert pad.ink == Ink([ONE, SEVEN]) == pad._sheet.ink
    assert pad.prediction.digit == 7
    pad.undo()
    assert pad.ink == Ink([ONE])
    pad.clear()
    assert pad.ink.blank


def _coordinate(choices: Choices) -> object:
    return choices.pick(VALUES) if choices.below(4) == 0 else choices.below(600) - 20


def _check_documented(error: Exception) -> None:
    """Raise an error of the package that is none of a bad value."""
    frames = traceback.extract_tb(error.__traceback__)
    is_ours = any(frame.filename.startswith(PACKAGE) for frame in frames)
    if is_ours and not isinstance(error, TraitError | ValueError):
        raise error


@functools.cache
def _layer_explorer() -> LayerExplorer:
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    return LayerExplorer(
        DrawingPad(one_or_seven), keras.Sequential([keras.Input((28, 28, 1)), *layers])
    )


@functools.cache
def _evaluation() -> mnistedu.Evaluation:
    test = mnistedu.load_digits().test
    return evaluate(lambda images: np.eye(10)[images[:, 14, 14] % 10], test)
