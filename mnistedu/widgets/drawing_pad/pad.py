"""The drawing pad: draw a digit, and see what the network sees and what it makes of it."""

from __future__ import annotations

import base64
import os
import threading
import time
from typing import NamedTuple

import numpy as np
from ipywidgets import Box, IntSlider, ToggleButton, VBox, link
from markupsafe import Markup
from traitlets import Bool, Instance, Int, observe

from mnistedu.data import Samples
from mnistedu.ink import Ink
from mnistedu.preprocessing import Bitmap, normalize
from mnistedu.recognition import Prediction, Recognizer
from mnistedu.widgets.common.answer_html import BLANK_IMAGE, answer_html, error_html, image_html
from mnistedu.widgets.common.button import make_button
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.common.stylesheet import style
from mnistedu.widgets.common.subshells import hear_beside_cells
from mnistedu.widgets.drawing_pad.canvas import PEN, InkCanvas, fit
from mnistedu.widgets.drawing_pad.filmstrip import filmstrip_html
from mnistedu.widgets.drawing_pad.still import picture_png, picture_text
from mnistedu.widgets.drawing_pad.teaching_panel import TeachingPanel
from mnistedu.widgets.drawing_pad.undo import History

LIVE_INTERVAL = 0.04  # seconds between two answers while drawing
DIGIT_KEYS = tuple("0123456789")


class _State(NamedTuple):
    """What undo goes back to: a drawing, and the sample that was kept when it came about."""

    strokes: tuple[np.ndarray, ...]
    kept: tuple[Ink, int] | None = None


class DrawingPad(Box):
    """A sheet to draw a digit on, with mouse, finger or pen, and the model's answer beside it.

    Parameters
    ----------
    recognizer : Recognizer, keras.Model or callable, optional
        What reads the drawing: a recogniser, a model, or any function from an image, uint8 of
        shape (28, 28), to ten probabilities. By default the weights that come with the package.
    live : bool, default=True
        Read while the pen moves and after each stroke, not only when asked to.
    samples : Samples, str or path-like, optional
        Drawings to add to, or a file to keep them in. By default there are none, and they are kept
        in memory.

    Attributes
    ----------
    ink : Ink
        The drawing, stroke by stroke; a trait to observe. Read-only: see :meth:`draw`.
    prediction : Prediction or None
        The answer to the drawing, None while there is none; a trait to observe. Read-only.
    live : bool
        See above; a trait.
    pen : int
        How thick the line looks, in the sheet's pixels; a trait. The answer does not depend on it.

    Notes
    -----
    A drawing becomes a sample when it is said what it was meant to be, by one of ten buttons behind
    "Teach", by the key of the digit, or by :meth:`keep`. :meth:`teach` lets a copy of the
    recogniser learn from the samples.

    The pad answers also while a cell runs, in JupyterLab 4.4 and newer with ipykernel 7 and newer.
    Elsewhere the page shows the line as it is drawn, and the answer comes when the cell has ended.

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
    pen = Int(PEN, min=1)

    def __init__(
        self,
        recognizer: object = None,
        *,
        live: bool = True,
        samples: Samples | str | os.PathLike[str] | None = None,
    ) -> None:
        self._recognizer = self._untaught = _as_recognizer(recognizer)
        self._samples = samples if isinstance(samples, Samples) else Samples(samples)
        self._lock = threading.RLock()
        self._canvas = InkCanvas(
            lock=self._lock, on_move=self._follow, on_stroke=self._record, on_key=self._press_key
        )
        self._history = History(_State(self._canvas.ink.strokes))
        self._live_from = 0.0
        self._answer = SafeHTML(answer_html(None))
        self._view = SafeHTML(_view_html(Ink(), None))
        self._undo_button = make_button(self.undo, "Undo", "Take the last change back (Ctrl+Z)")
        self._redo_button = make_button(self.redo, "Redo", "Bring back what was undone (Ctrl+Y)")
        self._undo_button.disabled = self._redo_button.disabled = True
        self._panel = TeachingPanel(
            on_keep=self._keep_if_drawn, on_teach=self._try_to_teach, on_forget=self.forget
        )
        self._panel_button = ToggleButton(
            description="Teach", tooltip="Teach the model your hand", value=bool(len(self._samples))
        )
        self._panel_button.observe(self._show_panel, "value")
        self._show_panel()
        self._panel.show_counts(self._samples.counts)
        parts = [style("pad.css"), self._sheet(), self._answer, self._view]
        super().__init__(children=[*parts, self._panel.widget], live=live)
        self.add_class("mnistedu-pad")
        hear_beside_cells(*parts)  # not the panel: no model is taught beside another

    @property
    def recognizer(self) -> Recognizer:
        """What reads the drawing. Set it to a recogniser, a model or a function to read anew."""
        return self._recognizer

    @recognizer.setter
    def recognizer(self, recognizer: object) -> None:
        with self._lock:
            self._recognizer = self._untaught = _as_recognizer(recognizer)
            self._panel.show_taught(False)
            self._read_if_live()

    @property
    def samples(self) -> Samples:
        """The drawings that were kept, with their labels. Set it to add to others."""
        return self._samples

    @samples.setter
    def samples(self, samples: Samples) -> None:
        with self._lock:
            self._samples = samples
            self._panel.show_counts(samples.counts)
            self._panel_button.value = True

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

    def keep(self, label: int) -> None:
        """Keep the drawing as a sample of a digit, and take a fresh sheet. Can be undone.

        Parameters
        ----------
        label : int
            What it was meant to be, 0 to 9.

        Raises
        ------
        ValueError
            If nothing has been drawn, or `label` is not from 0 to 9.
        """
        with self._lock:
            ink = self._canvas.ink.copy()
            self._add_sample(ink, label)
            self._panel_button.value = True
            self._canvas.show(Ink())
            self._record(kept=(ink, label))

    def teach(self) -> None:
        """Let a copy of the recogniser learn from the samples, and read with it from now on.

        Raises
        ------
        TypeError, ValueError
            If there are no samples, or the model cannot be taught; see :meth:`Recognizer.adapt`.
        """
        with self._lock:
            recognizer = self._untaught.adapt(self._samples, progress=self._panel.show_progress)
            self._recognizer = recognizer
            self._panel.show_taught(True)
            self._panel.say(str(recognizer.adaptation))
            self._read_if_live()

    def forget(self) -> None:
        """Read with the recogniser as it was before it was taught. The samples stay."""
        with self._lock:
            self._recognizer = self._untaught
            self._panel.show_taught(False)
            self._panel.show_counts(self._samples.counts)
            self._read_if_live()

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
            if self._history.can_step(by):
                left = self._history.current
                self._history.step(by)
                if by < 0 and left.kept:
                    self._take_back(*left.kept)
                elif by > 0 and self._history.current.kept:
                    self._add_sample(*self._history.current.kept)
            self._canvas.show(Ink(self._history.current.strokes))
            self._update()

    def _add_sample(self, ink: Ink, label: int) -> None:
        self._samples.add(ink, label)
        self._panel.show_counts(self._samples.counts)

    def _take_back(self, ink: Ink, label: int) -> None:
        """Remove a sample, if it is still there."""
        pairs = list(zip(self._samples.inks, self._samples.labels.tolist(), strict=True))
        if (ink, label) in pairs:
            self._samples.remove(len(pairs) - 1 - pairs[::-1].index((ink, label)))
            self._panel.show_counts(self._samples.counts)

    def _keep_if_drawn(self, label: int) -> None:
        self._panel_button.value = True
        if self._canvas.ink.blank:
            self._panel.say(f"Draw a {label} first, then press {label}.")
        else:
            self.keep(label)

    def _try_to_teach(self) -> None:
        try:
            self.teach()
        except Exception as error:  # of any model that a learner may bring
            self._panel.say(f"This model could not be taught: {error}")

    def _show_panel(self, _: object = None) -> None:
        self._panel.widget.layout.display = "" if self._panel_button.value else "none"

    @observe("pen")
    def _change_pen(self, _: object) -> None:
        with self._lock:
            self._canvas.pen = self.pen

    def _record(self, kept: tuple[Ink, int] | None = None) -> None:
        self._history.add(_State(self._canvas.ink.strokes, kept))
        self._update()

    def _update(self) -> None:
        self.set_trait("ink", self._canvas.ink.copy())
        self._read_if_live()
        self._undo_button.disabled = not self._history.can_step(-1)
        self._redo_button.disabled = not self._history.can_step(+1)

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

    def _show(self, prediction: Prediction | None, answer: Markup) -> None:
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
        elif key in DIGIT_KEYS:
            self._keep_if_drawn(int(key))

    def _sheet(self) -> VBox:
        recognise = make_button(self.recognize, "Recognise", "Read the drawing (Enter)")
        recognise.button_style = "primary"
        clear = make_button(self.clear, "Clear", "Take a fresh sheet (Delete)")
        live = ToggleButton(description="Live", tooltip="Read while you draw")
        link((self, "live"), (live, "value"))
        pen = IntSlider(
            min=PEN // 3,
            max=2 * PEN,
            description="Pen",
            readout=False,
            tooltip="How thick the line looks. The network gets a line of always the same width.",
        ).add_class("mnistedu-pen")
        link((self, "pen"), (pen, "value"))
        buttons = Box([recognise, clear, self._undo_button, self._redo_button, live])
        buttons.add_class("mnistedu-buttons")
        more = Box([pen, self._panel_button]).add_class("mnistedu-buttons")
        return VBox([self._canvas.widget, buttons, more]).add_class("mnistedu-sheet")

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


def _view_html(ink: Ink, prediction: Prediction | None) -> Markup:
    if prediction is not None:
        image = prediction.image
    else:
        image = BLANK_IMAGE if ink.blank else ink.to_image()
    return image_html(image) + filmstrip_html(ink)
