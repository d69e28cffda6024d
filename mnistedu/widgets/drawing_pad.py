"""The drawing pad: draw a digit, and see what the network sees and what it makes of it."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from importlib import resources

from ipywidgets import HTML, Box, Button, Layout, ToggleButton, VBox, link
from traitlets import Bool, Instance, observe

from mnistedu.ink import Ink
from mnistedu.preprocessing import Bitmap, normalize
from mnistedu.recognizer import Prediction, Recognizer
from mnistedu.widgets._answer import BLANK_IMAGE, answer_html, error_html, image_html
from mnistedu.widgets._canvas import InkCanvas, fit
from mnistedu.widgets._filmstrip import filmstrip_html
from mnistedu.widgets._history import History
from mnistedu.widgets._picture import picture_png, picture_text

LIVE_INTERVAL = 0.04  # seconds between two answers while drawing


class DrawingPad(Box):
    """A sheet to draw a digit on, with mouse, finger or pen, and the model's answer beside it.

    Parameters
    ----------
    recognizer : Recognizer, keras.Model or callable, optional
        What reads the drawing: a recogniser, a model, or any function from an image, uint8 of
        shape (28, 28), to ten probabilities. By default the weights that come with the package.
    live : bool, default=True
        Read while the pen moves and after each stroke, not only when asked to.

    Attributes
    ----------
    ink : Ink
        The drawing, stroke by stroke; a trait to observe. Read-only: see :meth:`draw`.
    prediction : Prediction or None
        The answer to the drawing, None while there is none; a trait to observe. Read-only.
    live : bool
        See above; a trait.

    Examples
    --------
    >>> pad = DrawingPad()
    >>> pad.draw(Ink([[(150, 120), (400, 120), (260, 460)]]))
    >>> pad.prediction.digit
    7

    Follow what is drawn:

    >>> pad.observe(lambda change: print(change.new), "ink")
    >>> pad.clear()
    Ink(0 strokes, 0 points)
    """

    ink = Instance(Ink, (), read_only=True)
    prediction = Instance(Prediction, allow_none=True, read_only=True)
    live = Bool(True)

    def __init__(self, recognizer: object = None, *, live: bool = True) -> None:
        self._recognizer = _as_recognizer(recognizer)
        self._lock = threading.RLock()
        self._canvas = InkCanvas(
            lock=self._lock, on_move=self._follow, on_stroke=self._record, on_key=self._press_key
        )
        self._history = History(self._canvas.ink.strokes)
        self._live_from = 0.0
        self._answer = HTML(answer_html(None))
        self._view = HTML(_view_html(Ink(), None))
        self._recognise_button = _button(self.recognize, "Recognise", "Read the drawing (Enter)")
        self._recognise_button.button_style = "primary"
        self._undo_button = _button(self.undo, "Undo", "Take the last change back (Ctrl+Z)")
        self._redo_button = _button(self.redo, "Redo", "Bring back what was undone (Ctrl+Y)")
        self._undo_button.disabled = self._redo_button.disabled = True
        super().__init__(children=[_style(), self._sheet(), self._answer, self._view], live=live)
        self.add_class("mnistedu-pad")

    @property
    def recognizer(self) -> Recognizer:
        """What reads the drawing. Set it to a recogniser, a model or a function to read anew."""
        return self._recognizer

    @recognizer.setter
    def recognizer(self, recognizer: object) -> None:
        with self._lock:
            self._recognizer = _as_recognizer(recognizer)
            self._read_if_live()

    def draw(self, ink: Ink) -> None:
        """Replace the drawing.

        Parameters
        ----------
        ink : Ink
            In the pad's pixels. An ink that lies elsewhere, or is too small to see, is moved and
            scaled to fit.
        """
        with self._lock:
            self._canvas.show(fit(ink))
            self._record()

    def clear(self) -> None:
        """Take a fresh sheet. This too can be undone."""
        if not self._canvas.ink.blank:
            self.draw(Ink())

    def undo(self) -> None:
        """Take the last change back: a stroke, a clear or a :meth:`draw`."""
        self._step(-1)

    def redo(self) -> None:
        """Bring back what was undone last."""
        self._step(+1)

    def recognize(self) -> None:
        """Read the drawing as it is now."""
        with self._lock:
            if self._canvas.ink.blank:
                self._show(None, answer_html(None))
                return
            self._read(self._canvas.ink)

    def read(self, image: Bitmap) -> None:
        """Take a fresh sheet, and read an image instead of a drawing.

        Parameters
        ----------
        image : array-like, PIL.Image.Image or path
            Anything that :func:`mnistedu.normalize` takes.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError
            If it is no picture, or blank.
        """
        normalize(image)  # raises here what the pad would show as the model's error
        with self._lock:
            self.clear()
            self._read(image)

    def _read(self, drawing: Ink | Bitmap) -> None:
        try:
            prediction = self._recognizer.predict(drawing)
        except Exception as error:  # of any model that a learner may bring
            self._show(None, error_html(error))
        else:
            self._show(prediction, answer_html(prediction))

    def _step(self, by: int) -> None:
        with self._lock:
            self._history.step(by)
            self._canvas.show(Ink(self._history.current))
            self._update()

    def _record(self) -> None:
        self._history.add(self._canvas.ink.strokes)
        self._update()

    def _update(self) -> None:
        self._undo_button.disabled = not self._history.can_step(-1)
        self._redo_button.disabled = not self._history.can_step(+1)
        self.set_trait("ink", self._canvas.ink.copy())
        self._read_if_live()

    def _follow(self) -> None:
        """Read the unfinished stroke, as often as leaves the kernel time to follow the pen."""
        if self.live and time.monotonic() >= self._live_from:
            start = time.monotonic()
            self.recognize()
            end = time.monotonic()
            self._live_from = end + max(LIVE_INTERVAL, end - start)

    @observe("live")
    def _read_if_live(self, _: object = None) -> None:
        with self._lock:
            if self.live or self._canvas.ink.blank:
                self.recognize()
            else:
                self._show(None, answer_html(None, "Press Recognise"))

    def _show(self, prediction: Prediction | None, answer: str) -> None:
        self._answer.value = answer
        self._view.value = _view_html(self._canvas.ink, prediction)
        self.set_trait("prediction", prediction)

    def _press_key(self, key: str) -> None:
        actions = {
            "Enter": self.recognize,
            "Delete": self.clear,
            "Ctrl+z": self.undo,
            "Ctrl+y": self.redo,
            "Ctrl+Shift+Z": self.redo,
        }
        if key in actions:
            actions[key]()

    def _sheet(self) -> VBox:
        live = ToggleButton(description="Live", tooltip="Read while you draw")
        link((self, "live"), (live, "value"))
        clear = _button(self.clear, "Clear", "Take a fresh sheet (Delete)")
        buttons = Box([self._recognise_button, clear, self._undo_button, self._redo_button, live])
        buttons.add_class("mnistedu-buttons")
        return VBox([self._canvas.widget, buttons]).add_class("mnistedu-sheet")

    def __repr__(self) -> str:
        return f"DrawingPad(ink={self.ink}, prediction={self.prediction})"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        """Add a still picture, for places where no widget can show."""
        png = picture_png(self.ink, self.prediction)
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["image/png"] = base64.b64encode(png).decode()
        return bundle, {"image/png": {"alt": picture_text(self.prediction)}}


def _as_recognizer(model: object) -> Recognizer:
    return model if isinstance(model, Recognizer) else Recognizer(model)


def _view_html(ink: Ink, prediction: Prediction | None) -> str:
    if prediction is not None:
        image = prediction.image
    else:
        image = BLANK_IMAGE if ink.blank else ink.to_image()
    return image_html(image) + filmstrip_html(ink)


def _button(action: Callable[[], None], description: str, tooltip: str) -> Button:
    button = Button(description=description, tooltip=tooltip)
    button.on_click(lambda _: action())
    return button


def _style() -> HTML:
    css = resources.files(__package__).joinpath("drawing_pad.css").read_text(encoding="utf-8")
    return HTML(f"<style>{css}</style>", layout=Layout(display="none"))
