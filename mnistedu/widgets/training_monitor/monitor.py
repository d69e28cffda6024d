"""The training monitor: watch a network learn, and stop it when it has learned enough."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from ipywidgets import Box, Button, VBox
from markupsafe import Markup

from mnistedu._backend import import_keras
from mnistedu.data import Dataset, Split
from mnistedu.training.best_weights import BestWeights
from mnistedu.widgets.common.answer_html import error_html
from mnistedu.widgets.common.pixel_images import png_url
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.common.stylesheet import style
from mnistedu.widgets.common.subshells import handle_on_subshell
from mnistedu.widgets.training_monitor.html import confusion_html, curves_html, digits_html
from mnistedu.widgets.training_monitor.still import training_png

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

keras = import_keras()

MOST_IMAGES = 1000  # of the validation that are read after each epoch; more would take too long
_INTERVAL = 0.4  # seconds between two drawings of the curves, at the least
_SHARE = 0.01  # of the time that may go into drawing; where epochs are short, some are left out


class TrainingMonitor(Box, keras.callbacks.Callback):  # type: ignore[name-defined]
    """A Keras callback that shows a training while it runs.

    Curves of loss and accuracy on the training and the validation images; how many images are
    learned in a second, and how much time is left; after each epoch, ten validation digits with the
    model's answers, and its confusion matrix. It appears below the cell that trains, with
    :func:`mnistedu.train` and with Keras's own ``fit``, and leaves a still picture in the saved
    notebook.

    **Stop** ends the training within a fraction of a second and gives the model the weights of its
    best epoch, the one with the lowest validation loss. The button's message must reach the kernel
    while a cell runs: JupyterLab 4.4 and newer with ipykernel 7 and newer can do that. Elsewhere
    (Voilà, VS Code, older kernels) it is heard only when the cell has ended; there, the kernel's
    own stop button does the same for :func:`mnistedu.train`.

    Parameters
    ----------
    data : Dataset or Split, optional
        What the digits and the matrix are made from: the validation images of a data set, up to
        1,000 of them, or the images of a split. Without, only the curves are shown.

    Attributes
    ----------
    history : dict of str to list of float
        The measures after each epoch, by name.

    Raises
    ------
    TypeError
        If `data` is neither.

    Examples
    --------
    >>> import mnistedu
    >>> data = mnistedu.load_digits()
    >>> monitor = TrainingMonitor(data)
    >>> history = mnistedu.train(
    ...     mnistedu.build_mlp(), data, epochs=2, callbacks=[monitor], verbose=False
    ... )
    >>> len(monitor.history["val_accuracy"])
    2
    """

    def __init__(self, data: Dataset | Split | None = None) -> None:
        keras.callbacks.Callback.__init__(self)
        self._lock = threading.RLock()
        self._images_per_epoch = len(data.train) if isinstance(data, Dataset) else 0
        self._sample = _choose_sample(data)
        self._ten = _one_of_each(self._sample.labels) if self._sample else np.zeros(0, int)
        images = self._sample.images[self._ten] if self._sample else []
        self._pictures = [png_url(image) for image in images]
        self._status = SafeHTML()
        self._stop_button = Button(
            description="Stop",
            icon="stop",
            tooltip="End the training now, with the weights of its best epoch",
            disabled=True,
        )
        self._stop_button.on_click(lambda _: self.stop())
        handle_on_subshell(self._stop_button)
        self._curves = SafeHTML(), SafeHTML()
        self._answers = SafeHTML()
        self._matrix = SafeHTML()
        self._handle: DisplayHandle | None = None
        self._reset(1)
        head = Box([self._status, self._stop_button]).add_class("mnistedu-pages")
        curves = Box(self._curves).add_class("mnistedu-row")
        left = VBox([head, curves, self._answers]).add_class("mnistedu-progress")
        Box.__init__(self, [style("views.css"), left, self._matrix])
        self.add_class("mnistedu-view")
        self._say("Not training yet")

    def stop(self) -> None:
        """End the training at its next step, and give the model the weights of its best epoch."""
        with self._lock:
            self._stopped = True
            if self.model is not None:
                self.model.stop_training = True
            self._stop_button.disabled = True
            self._say("Stopping …")

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Appear, and forget the training before."""
        with self._lock:
            self._reset(self.params.get("epochs") or 1)
            self._best = BestWeights(self.model)
            self._stop_button.disabled = False
            self._say("Compiling the first step …")
            self._draw_curves()
            self._appear()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Remember which epoch runs."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Update the curves, if the last update is some time ago."""
        with self._lock:
            if time.monotonic() - self._drawn_at < _INTERVAL:
                return
            steps = self.params.get("steps") or batch + 1
            self._note(self._epoch + (batch + 1) / steps, logs or {})
            self._draw()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Show what the model has learned by now."""
        logs = logs or {}
        with self._lock:
            for name, value in logs.items():
                self.history.setdefault(name, []).append(value)
            self._best.update(epoch, logs)
            self._note(epoch + 1, logs)
            last = epoch + 1 == self._epochs  # on_train_end shows that
            if not last and self._spent <= _SHARE * (time.monotonic() - self._began):
                self._draw()
                self._show_answers()

    def on_train_end(self, logs: dict | None = None) -> None:
        """Say how it ended, and leave a picture."""
        with self._lock:
            if self._stopped and self._best.epoch is not None:
                self._best.restore()
                self._say(f"Stopped; the model has the weights of epoch {self._best.epoch + 1}")
            else:
                self._say(f"Trained for {len(self.history.get('loss', []))} epochs")
            self._draw_curves()
            self._show_answers()
            self._stop_button.disabled = True
            if self._handle is not None:
                self._handle.update(self)  # now with a picture

    def _reset(self, epochs: int) -> None:
        self.history: dict[str, list[float]] = {}
        self.confusion: np.ndarray | None = None
        self._epochs, self._epoch = epochs, 0
        self._points: dict[str, list[tuple[float, float]]] = {}
        self._timed: list[tuple[float, float]] = []
        self._began = self._drawn_at = time.monotonic()
        self._spent = 0.0
        self._compiled = False  # the program that asks the model; that takes a while, once
        self._stopped = False

    def _note(self, epochs: float, logs: dict[str, Any]) -> None:
        """Take down the measures after so many epochs."""
        self._timed.append((time.monotonic(), epochs))
        for name, value in logs.items():
            if np.ndim(value) == 0:
                self._points.setdefault(name, []).append((epochs, float(value)))

    def _draw(self) -> None:
        began = time.monotonic()
        self._draw_curves()
        if not self._stopped:
            self._say(self._describe())
        self._drawn_at = time.monotonic()
        self._spent += self._drawn_at - began

    def _draw_curves(self) -> None:
        for metric, view in zip(_metrics(self._points), self._curves, strict=False):
            view.value = curves_html(self._points, metric, self._epochs)

    def _show_answers(self) -> None:
        if not self._sample:
            return
        from mnistedu.evaluation import Evaluation
        from mnistedu.inference import predict_proba

        began = time.monotonic()
        try:
            probabilities = predict_proba(self.model, self._sample.images)
            self.confusion = Evaluation.from_predictions(self._sample, probabilities).confusion
        except Exception as error:  # of any model that a learner may bring
            self._answers.value = error_html(error)
            return
        self._matrix.value = confusion_html(self.confusion)
        self._answers.value = digits_html(
            self._pictures, self._sample.labels[self._ten], probabilities[self._ten]
        )
        if self._compiled:
            self._spent += time.monotonic() - began
        self._compiled = True

    def _describe(self) -> str:
        """Say how far the training is, how fast, and how long it will take."""
        text = f"Epoch {min(self._epoch + 1, self._epochs)} of {self._epochs}"
        (began, first), (now, done) = self._timed[0], self._timed[-1]
        if done > first:  # the time before the first measurement went into compiling
            rate = (done - first) / (now - began)
            per_epoch, unit = self._images_per_epoch, "images"
            if not per_epoch:
                per_epoch, unit = self.params.get("steps") or 1, "batches"
            left = round((self._epochs - done) / rate)
            text += f" · {rate * per_epoch:,.0f} {unit}/s · about {left:,} s left"
        return text

    def _say(self, text: str) -> None:
        self._status.value = Markup('<div role="status"><h4>{}</h4></div>').format(text)

    def _appear(self) -> None:
        """Show the monitor below the cell that runs, if this is a notebook."""
        try:
            from IPython import get_ipython
            from IPython.display import display
        except ImportError:
            return
        if getattr(get_ipython(), "kernel", None) is not None:
            self._handle = display(self, display_id=True)

    def __repr__(self) -> str:
        done = len(self.history.get("loss", []))
        latest = {name: f"{values[-1]:.4f}" for name, values in self.history.items() if values}
        measures = "".join(f", {name} {value}" for name, value in latest.items())
        return f"TrainingMonitor({done} of {self._epochs} epochs{measures})"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        """Add a still picture, for places where no widget can show."""
        bundle = Box._repr_mimebundle_(self, **kwargs)
        if not self.history.get("loss"):
            return bundle, {}
        png = training_png(self.history, _metrics(self.history), self.confusion)
        bundle["image/png"] = base64.b64encode(png).decode()
        return bundle, {"image/png": {"alt": repr(self)}}


def _metrics(names: Iterable[str]) -> list[str]:
    """Choose what to draw: the loss, and the first measure beside it."""
    others = [name for name in names if name != "loss" and not name.startswith("val_")]
    return ["loss", *(others or ["accuracy"])[:1]]


def _choose_sample(data: Dataset | Split | None) -> Split | None:
    if data is None:
        return None
    if not isinstance(data, Dataset | Split):
        raise TypeError(
            "data must be a mnistedu.Dataset, or a mnistedu.Split such as data.validation, got "
            f"{type(data).__name__}"
        )
    split = data.validation if isinstance(data, Dataset) else data
    return split[:: max(1, len(split) // MOST_IMAGES)][:MOST_IMAGES] if len(split) else None


def _one_of_each(labels: np.ndarray) -> np.ndarray:
    """Find the first of each digit."""
    return np.unique(labels, return_index=True)[1]
