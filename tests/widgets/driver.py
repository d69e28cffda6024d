"""What a page does to the widgets, and what they show, without a browser."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from ipywidgets import HTML, Button, ToggleButton, Widget
from PIL import Image

from mnistedu import DrawingPad
from mnistedu.widgets.drawing_pad.ipycanvas_surface import IpycanvasSurface

ONE = [(280, 100), (280, 200), (280, 450)]
SEVEN = [(140, 110), (420, 110), (240, 480)]

Kind = TypeVar("Kind", bound=Widget)


def always(digit: int) -> Callable[[np.ndarray], np.ndarray]:
    """A model that reads every image as the same digit."""
    return lambda images: np.eye(10)[[digit] * len(images)]


def one_or_seven(images: np.ndarray) -> np.ndarray:
    """A model that reads narrow drawings as 1 and wide ones as 7."""
    widths = [np.ptp(image.any(axis=0).nonzero()) for image in images]
    return np.eye(10)[[1 if width < 8 else 7 for width in widths]]


def widgets(root: Widget, kind: type[Kind]) -> list[Kind]:
    """All widgets of a kind inside another, in their order."""
    found = [root] if isinstance(root, kind) else []
    return found + [
        widget for child in getattr(root, "children", ()) for widget in widgets(child, kind)
    ]


def shown(root: Widget) -> str:
    """All the HTML that a widget shows."""
    return "".join(html.value for html in widgets(root, HTML) if "<style>" not in html.value)


def button(root: Widget, name: str) -> Button:
    return next(button for button in widgets(root, Button) if button.description == name)


def toggle(root: Widget, name: str) -> ToggleButton:
    return next(button for button in widgets(root, ToggleButton) if button.description == name)


def send(pad: DrawingPad, event: str, **content: object) -> None:
    """Do what arrives when the browser reports an event of ipycanvas, on either surface."""
    surface = pad._sheet.surface
    if isinstance(surface, IpycanvasSurface):
        surface.canvas._handle_custom_msg({"event": event, **content}, [])
    elif event == "key_down":
        ctrl = content["ctrl_key"] or content["meta_key"]
        key = {"key": content["key"], "shift": content["shift_key"], "ctrl": ctrl}
        surface._handle_custom_msg(key, [])
    elif event != "client_ready":
        begins = event in ("mouse_down", "touch_start")
        ends = event in ("mouse_up", "mouse_out", "touch_end", "touch_cancel")
        fingers = content.get("touches", [content])
        points = [] if ends else [[finger["x"], finger["y"]] for finger in fingers[:1]]
        batch = {"stroke": "page-0", "points": points, "begin": begins, "end": ends}
        surface._handle_custom_msg(batch, [])


def mouse(pad: DrawingPad, points: list[tuple[float, float]], end: str = "mouse_up") -> None:
    (x, y), *others = points
    send(pad, "mouse_down", x=x, y=y)
    for x, y in others:
        send(pad, "mouse_move", x=x, y=y)
    send(pad, end, x=x, y=y)


def touch(pad: DrawingPad, event: str, *fingers: tuple[float, float]) -> None:
    send(pad, f"touch_{event}", touches=[{"x": x, "y": y} for x, y in fingers])


def press(pad: DrawingPad, key: str, *, shift: bool = False, ctrl: bool = False) -> None:
    send(pad, "key_down", key=key, shift_key=shift, ctrl_key=ctrl, meta_key=False)


def shown_image(pad: DrawingPad) -> np.ndarray:
    """The pixels that the pad shows as the network's."""
    return first_image(shown(pad))


def first_image(html: str) -> np.ndarray:
    """The pixels of the first image in some HTML."""
    png = html.split("data:image/png;base64,")[1].split('"')[0]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))
