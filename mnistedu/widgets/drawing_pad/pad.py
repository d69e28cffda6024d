"""The drawing pad: draw a digit, and watch a model read it."""

from __future__ import annotations

import os
import threading
import time
from functools import partial

import numpy as np
from ipywidgets import VBox
from PIL import Image
from traitlets import Bool, Instance, Int, observe

from mnistedu.data import Samples
from mnistedu.ink import Ink
from mnistedu.preprocessing import Bitmap, normalize
from mnistedu.recognition import Prediction, Recognizer
from mnistedu.widgets.common.control_names import ControlNames
from mnistedu.widgets.common.front_end import detect_front_end
from mnistedu.widgets.common.locked_link import link_locked
from mnistedu.widgets.common.stylesheet import style
from mnistedu.widgets.common.subshells import handle_on_subshell
from mnistedu.widgets.common.view import View
from mnistedu.widgets.drawing_pad.answer_view import AnswerView
from mnistedu.widgets.drawing_pad.files import FileButtons, read_samples, write_samples
from mnistedu.widgets.drawing_pad.sheet import PEN, Sheet, fit
from mnistedu.widgets.drawing_pad.still import still_alt, still_png
from mnistedu.widgets.drawing_pad.surfaces import find_surface
from mnistedu.widgets.drawing_pad.teaching_panel import TeachingPanel
from mnistedu.widgets.drawing_pad.toolbar import Toolbar
from mnistedu.widgets.drawing_pad.undo import Edit, UndoStack

LIVE_INTERVAL = 0.04  # seconds between two predictions while drawing
DIGIT_KEYS = tuple("0123456789")
DRAWING_START = '{"strokes"'  # of a drawing's file; that of samples starts with a label


class DrawingPad(View):
    """A sheet to draw a digit on, with mouse, finger or pen, next to the model's answer.

    Parameters
    ----------
    recognizer : Recognizer, keras.Model or callable, optional
        What reads the drawing: a recogniser, a model, or any function from an image, uint8 of
        shape (28, 28), to ten probabilities. By default the weights that ship with the package.
    live : bool, default=True
        Read the drawing while the pen moves and after each stroke, not only on request.
    samples : Samples, str or path-like, optional
        Samples to add to, or a file to keep them in. By default there are none, and they are kept
        in memory.
    sheet : {"auto", "ipycanvas", "anywidget"}
        What shows the sheet on the page. ``"auto"`` is ipycanvas, or an anywidget of the same
        behaviour where ipycanvas cannot load, as in Colab and VS Code.

    Attributes
    ----------
    ink : Ink
        The drawing, stroke by stroke; a trait to observe. Read-only: see :meth:`draw`.
    prediction : Prediction or None
        The answer to the drawing, None while there is none; a trait to observe. Read-only.
    live : bool
        See above; a trait.
    pen : int
        Width of the line on the sheet, in its pixels; a trait. The answer does not depend on it.

    Notes
    -----
    A drawing becomes a sample when it gets a label: by one of the ten buttons behind "Teach", by
    the digit's key, or by :meth:`keep`. :meth:`teach` trains a copy of the recogniser on the
    samples.

    The pad also answers while a cell runs, in JupyterLab 4.4 and newer with ipykernel 7 and newer.
    Elsewhere the page shows the line as it is drawn, and the answer comes when the cell has ended.

    A model that raises, or does not return within ten seconds, leaves the pad usable: it shows the
    error and keeps the drawing. If an observer raises, the pad completes its update first, shows
    the error, and raises it.

    Examples
    --------
    >>> pad = DrawingPad()
    >>> pad.draw(Ink([[(150, 120), (400, 120), (260, 460)]]))
    >>> pad.prediction.digit
    7

    Follow the drawing:

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
        sheet: str = "auto",
    ) -> None:
        self._untaught = _as_recognizer(recognizer)
        self._answer = AnswerView(self._untaught)
        self._samples = samples if isinstance(samples, Samples) else Samples(samples)
        self._lock = threading.RLock()
        self._sheet = Sheet(
            find_surface(sheet),
            lock=self._lock,
            on_move=self._read_while_drawing,
            on_stroke=self._add_stroke,
            on_key=self._press_key,
        )
        self._edits = UndoStack()
        self._next_reading = 0.0
        self._toolbar = Toolbar(
            on_recognize=self.recognize,
            on_clear=self.clear,
            on_undo=self.undo,
            on_redo=self.redo,
        )
        self._panel = TeachingPanel(
            on_keep=self._keep_if_drawn, on_teach=self.teach, on_forget=self.forget
        )
        self._files = FileButtons(
            on_save=lambda: ("drawing.json", self._sheet.ink.to_json()),
            on_open=self._open,
            on_error=partial(self._answer.add_alert, "The file could not be used: "),
            save_title="Save the drawing as a file",
            open_title="Open a drawing or a picture of a digit, or drop or paste it onto the pad",
            takes_drops=True,
            storage_key="mnistedu-drawing" if detect_front_end() == "Voilà" else "",
        )
        hand = FileButtons(
            on_save=lambda: ("my-hand.jsonl", write_samples(self._samples)),
            on_open=self._open,
            on_error=partial(self._answer.add_alert, "The file could not be used: "),
            save_title="Save the labelled drawings as a file",
            open_title="Add the labelled drawings of a file",
        )
        self._panel.widget.children = [*self._panel.widget.children, hand]
        self._panel.show_counts(self._samples.counts)
        self._toolbar.teach.observe(self._show_panel, "value")
        self._toolbar.teach.value = bool(len(self._samples))
        self._show_panel()
        left = VBox([self._sheet.widget, self._toolbar.widget, self._files])
        left.add_class("mnistedu-sheet")
        parts = [
            style("pad.css"),
            ControlNames(),
            left,
            *self._answer.widgets,
        ]
        super().__init__(children=[*parts, self._panel.widget], live=live)
        link_locked(self, "live", self._toolbar.live, self._lock)
        link_locked(self, "pen", self._toolbar.pen, self._lock)
        self.add_class("mnistedu-pad")
        handle_on_subshell(*parts)  # not the panel: only one model is taught at a time

    @property
    def recognizer(self) -> Recognizer:
        """What reads the drawing. Set it to a recogniser, a model or a function to read again."""
        return self._answer.recognizer

    @recognizer.setter
    def recognizer(self, recognizer: object) -> None:
        with self._lock:
            self._untaught = _as_recognizer(recognizer)
            self._use(self._untaught)

    @property
    def samples(self) -> Samples:
        """The labelled drawings. Set it to add to others."""
        return self._samples

    @samples.setter
    def samples(self, samples: Samples) -> None:
        with self._lock:
            self._samples = samples
            self._panel.show_counts(samples.counts)
            self._toolbar.teach.value = True

    def draw(self, ink: Ink) -> None:
        """Replace the drawing.

        Parameters
        ----------
        ink : Ink
            In the pad's pixels. An ink that lies elsewhere, or is too small to see, is moved and
            scaled to fit.
        """
        with self._lock:
            self._edits.push(Edit(self._edits.strokes, fit(ink).copy().strokes))
            self._show_drawing()

    def clear(self) -> None:
        """Clear the sheet. This too can be undone."""
        with self._lock:
            if not self._sheet.ink.blank:
                self.draw(Ink())

    def undo(self) -> None:
        """Undo the last change: a stroke, :meth:`clear`, :meth:`draw` or :meth:`keep`.

        Raises
        ------
        OSError, ValueError
            If a sample cannot be removed from its file; nothing is undone then.
        """
        with self._lock:
            if self._edits.done:
                sample = self._edits.done[-1].sample
                if sample is not None:
                    self._toolbar.teach.value = True
                    with self._panel.reported("This could not be undone"):
                        self._remove_sample(*sample)
                self._edits.undo()
            self._show_drawing()

    def redo(self) -> None:
        """Redo the change that was undone last.

        Raises
        ------
        OSError, ValueError
            If a sample cannot be written to its file; nothing is redone then.
        """
        with self._lock:
            if self._edits.undone:
                sample = self._edits.undone[-1].sample
                if sample is not None:
                    self._toolbar.teach.value = True
                    with self._panel.reported("This could not be redone"):
                        self._add_sample(*sample)
                self._edits.redo()
            self._show_drawing()

    def keep(self, label: int) -> None:
        """Keep the drawing as a sample of a digit, and clear the sheet. This can be undone.

        Parameters
        ----------
        label : int
            The digit that was meant, 0 to 9.

        Raises
        ------
        OSError
            If the sample cannot be written to its file.
        ValueError
            If nothing has been drawn, or `label` is not from 0 to 9.
        """
        with self._lock:
            ink = self._sheet.ink.copy()
            self._toolbar.teach.value = True
            with self._panel.reported("The drawing could not be kept"):
                self._add_sample(ink, label)
            self._edits.push(Edit(self._edits.strokes, (), sample=(ink, label)))
            self._show_drawing()

    def teach(self) -> None:
        """Train a copy of the recogniser on the samples, and read with it from now on.

        Raises
        ------
        TypeError, ValueError
            If there are no samples, or the model cannot be taught; see :meth:`Recognizer.adapt`.
        """
        with self._lock:
            with self._panel.reported("This model could not be taught"):
                taught = self._untaught.adapt(self._samples, progress=self._panel.show_progress)
            self._use(taught)

    def forget(self) -> None:
        """Read with the recogniser as it was before it was taught. The samples stay."""
        with self._lock:
            self._panel.show_counts(self._samples.counts)
            self._use(self._untaught)

    def recognize(self) -> None:
        """Read the drawing as it is now."""
        with self._lock:
            prediction = self._read_drawing(live=True)
            self._answer.announce()
            self._set(prediction=prediction)

    def read(self, image: Bitmap) -> None:
        """Clear the sheet, and read an image instead of a drawing.

        Parameters
        ----------
        image : array-like, PIL.Image.Image or path
            Anything that :func:`mnistedu.normalize` takes.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError
            If it is not an image, or blank.
        """
        normalize(image)  # raises here what the pad would show as the model's error
        with self._lock:
            if self._edits.strokes:
                self._edits.push(Edit(self._edits.strokes, ()))
            self._show_drawing(image)

    def _use(self, recognizer: Recognizer) -> None:
        self._answer.recognizer = recognizer
        taught = recognizer is not self._untaught
        self._panel.show_taught(taught)
        if taught:
            self._panel.show_message(str(recognizer.adaptation))
        self._read_if_live()

    def _set(self, **traits: object) -> None:
        """Set traits, all of them even if observers raise; then show and raise the first error."""
        errors = []
        for name, value in traits.items():
            try:
                self.set_trait(name, value)
            except Exception as error:  # of any observer that a learner may add
                self._answer.add_alert(f"An observer of {name} failed: ", error)
                errors.append(error)
        if errors:
            raise errors[0]

    def _add_stroke(self, stroke: np.ndarray) -> None:
        self._edits.push(Edit((), (stroke,)))
        self._update()

    def _show_drawing(self, image: Bitmap | None = None) -> None:
        self._sheet.show(Ink(self._edits.strokes))
        self._update(image)

    def _update(self, image: Bitmap | None = None) -> None:
        """Bring the whole pad up to date with the drawing or an image, then notify observers."""
        self._toolbar.show_undo(can_undo=bool(self._edits.done), can_redo=bool(self._edits.undone))
        ink = self._sheet.ink.copy()
        if image is None:
            prediction = self._read_drawing(live=self.live)
        else:
            prediction = self._answer.read(image, ink)
        self._answer.announce()
        if self._files.storage_key:
            self._files.drawing = "" if ink.blank else ink.to_json()
        self._set(ink=ink, prediction=prediction)

    def _read_while_drawing(self) -> None:
        """Read the unfinished stroke, as often as leaves the kernel time to follow the pen."""
        start = time.monotonic()
        if self.live and start >= self._next_reading:
            try:
                self._set(prediction=self._read_drawing(live=True))
            finally:
                end = time.monotonic()
                self._next_reading = end + max(LIVE_INTERVAL, end - start)

    @observe("live")
    def _read_if_live(self, _: object = None) -> None:
        with self._lock:
            prediction = self._read_drawing(live=self.live)
            self._answer.announce()
            self._set(prediction=prediction)

    def _read_drawing(self, *, live: bool) -> Prediction | None:
        ink = self._sheet.ink
        if live and not ink.blank:
            return self._answer.read(ink, ink)
        self._answer.clear(ink, *[] if ink.blank else ["Press Recognise"])
        return None

    def _open(self, name: str, content: str | Image.Image) -> None:
        """Show a file that the user has opened: a picture, a drawing or labelled drawings."""
        if isinstance(content, Image.Image):
            self.read(content)
        elif content.startswith(DRAWING_START):
            self.draw(Ink.from_json(content))
        else:
            with self._lock:
                self._toolbar.teach.value = True
                samples = read_samples(content)
                for ink, label in zip(samples.inks, samples.labels.tolist(), strict=True):
                    self._add_sample(ink, label)

    def _add_sample(self, ink: Ink, label: int) -> None:
        self._samples.add(ink, label)
        self._panel.show_counts(self._samples.counts)

    def _remove_sample(self, ink: Ink, label: int) -> None:
        """Remove a sample if it is still there, the last one of several."""
        pairs = list(zip(self._samples.inks, self._samples.labels.tolist(), strict=True))
        if (ink, label) in pairs:
            self._samples.remove(len(pairs) - 1 - pairs[::-1].index((ink, label)))
            self._panel.show_counts(self._samples.counts)

    def _keep_if_drawn(self, label: int) -> None:
        with self._lock:
            if self._sheet.ink.blank:
                self._toolbar.teach.value = True
                self._panel.show_message(f"Draw a {label} first, then press {label}.")
            else:
                self.keep(label)

    def _show_panel(self, _: object = None) -> None:
        self._panel.widget.layout.display = "" if self._toolbar.teach.value else "none"

    @observe("pen")
    def _change_pen(self, _: object) -> None:
        with self._lock:
            self._sheet.pen = self.pen

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

    def __repr__(self) -> str:
        return f"DrawingPad(ink={self.ink}, prediction={self.prediction})"

    def _still(self) -> tuple[bytes, str]:
        return still_png(self.ink, self.prediction), still_alt(self.prediction)


def _as_recognizer(model: object) -> Recognizer:
    return model if isinstance(model, Recognizer) else Recognizer(model)
