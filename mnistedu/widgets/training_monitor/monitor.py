"""The training monitor: watch a network while it trains, and stop it early."""

from __future__ import annotations

import sys
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
from mnistedu.widgets.common.front_end import detect_front_end
from mnistedu.widgets.common.live_region import LiveRegion
from mnistedu.widgets.common.pixel_images import png_url
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.common.stylesheet import style
from mnistedu.widgets.common.subshells import handle_on_subshell
from mnistedu.widgets.common.view import View
from mnistedu.widgets.training_monitor.axes import Point
from mnistedu.widgets.training_monitor.html import confusion_html, curves_html, digits_html
from mnistedu.widgets.training_monitor.still import training_png

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

keras = import_keras()

MAX_IMAGES = 1000  # validation images that are read after each epoch; more would take too long
MAX_EARLIER = 5  # runs whose validation curves stay on the charts
_INTERVAL = 0.4  # seconds between two updates of the curves, at least
_ANNOUNCEMENT_INTERVAL = 5.0  # seconds between two announcements of epochs, at least
_MAX_OVERHEAD = 0.01  # fraction of the time for updates; if epochs are short, some are skipped


class TrainingMonitor(View, keras.callbacks.Callback):  # type: ignore[name-defined]
    """A Keras callback that shows training while it runs.

    It shows curves of loss and accuracy on the training and the validation images, the images per
    second, and the time left; and after each epoch, ten validation digits with the model's
    predictions, and its confusion matrix. It appears below the cell that trains, with
    :func:`mnistedu.train` and with Keras's own ``fit``, and leaves a still picture in the saved
    notebook. If it is used again, the validation curves of earlier runs stay on the charts.

    **Stop** ends training within a fraction of a second and restores the weights of the best epoch,
    the one with the lowest validation loss. For that, the kernel must handle the button's message
    while a cell runs, as JupyterLab 4.4 and newer with ipykernel 7 and newer do. Elsewhere (Voilà,
    VS Code, older kernels) the message waits until the cell has ended; there, interrupting the
    kernel does the same for :func:`mnistedu.train`.

    Parameters
    ----------
    data : Dataset or Split, optional
        The images for the digits and the matrix: up to 1,000 of the validation images of a data
        set, or of the images of a split. Without it, only the curves are shown.

    Attributes
    ----------
    history : dict of str to list of float
        The metrics after each epoch, by name.

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
        self._status, self._live = SafeHTML(), LiveRegion()
        self._stop_button = Button(
            description="Stop",
            icon="stop",
            tooltip="Stop training, and restore the weights of the best epoch",
            disabled=True,
        )
        self._stop_button.on_click(lambda _: self.stop())
        handle_on_subshell(self._stop_button)
        self._curves = SafeHTML(), SafeHTML()
        self._digits = SafeHTML()
        self._matrix = SafeHTML()
        self._handle: DisplayHandle | None = None
        self._announced = 0.0
        self._points: dict[str, list[Point]] = {}
        self._earlier: list[dict[str, list[Point]]] = []
        self._reset(1)
        head = Box([self._status, self._stop_button]).add_class("mnistedu-pages")
        curves = Box(self._curves).add_class("mnistedu-row")
        left = VBox([head, curves, self._digits]).add_class("mnistedu-progress")
        Box.__init__(self, [style("views.css"), left, self._matrix, self._live])
        self.add_class("mnistedu-view")
        self._show_status("Not training yet")

    def stop(self) -> None:
        """Stop training at the next step, and restore the weights of the best epoch.

        Does nothing while no training is running: a page's message may arrive after it has ended.
        """
        with self._lock:
            if self._stop_button.disabled:
                return
            self._stopped = True
            self.model.stop_training = True
            self._stop_button.disabled = True
            self._show_status("Stopping …")

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Reset and display the monitor."""
        with self._lock:
            self._reset(self.params.get("epochs") or 1)
            self._best = BestWeights(self.model)
            self._stop_button.disabled = False
            self._show_status("Compiling the first step …")
            self._show_curves()
            self._display()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Store the epoch's number."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Update the curves, unless the last update is recent."""
        with self._lock:
            if time.monotonic() - self._updated < _INTERVAL:
                return
            steps = self.params.get("steps") or batch + 1
            self._record(self._epoch + (batch + 1) / steps, logs or {})
            self._update()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Update the history, the curves and the predictions."""
        logs = logs or {}
        with self._lock:
            for name, value in logs.items():
                self.history.setdefault(name, []).append(value)
            self._best.update(epoch, logs)
            self._record(epoch + 1, logs)
            last = epoch + 1 == self._epochs  # on_train_end shows it
            if not last and self._overhead <= _MAX_OVERHEAD * (time.monotonic() - self._started):
                self._update()
                self._show_predictions()
            if not last and time.monotonic() - self._announced >= _ANNOUNCEMENT_INTERVAL:
                self._announced = time.monotonic()
                self._live.text = self._describe_epoch(epoch, logs)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Show the result, and add a still picture to the output."""
        with self._lock:
            if self._stopped and self._best.epoch is not None:
                self._best.restore()
                result = f"Stopped; the model has the weights of epoch {self._best.epoch + 1}"
            else:
                done = len(self.history.get("loss", []))
                result = f"Trained for {done} epoch{'s' * (done != 1)}"
            self._show_status(result)
            self._live.text = result
            self._show_curves()
            self._show_predictions()
            self._stop_button.disabled = True
            if self._handle is not None:
                self._handle.update(self)  # now with a still picture

    def _reset(self, epochs: int) -> None:
        self.history: dict[str, list[float]] = {}
        self.confusion: np.ndarray | None = None
        self._epochs, self._epoch = epochs, 0
        if self._points:
            self._earlier = [*self._earlier, self._points][-MAX_EARLIER:]
        self._points = {}
        self._times: list[tuple[float, float]] = []
        self._started = self._updated = self._announced = time.monotonic()
        self._overhead = 0.0
        self._compiled = False  # whether the program that predicts is compiled, which takes a while
        self._stopped = False

    def _record(self, epochs: float, logs: dict[str, Any]) -> None:
        """Add the metrics after a number of epochs to the curves."""
        self._times.append((time.monotonic(), epochs))
        for name, value in logs.items():
            if np.ndim(value) == 0:
                self._points.setdefault(name, []).append((epochs, float(value)))

    def _update(self) -> None:
        start = time.monotonic()
        self._show_curves()
        if not self._stopped:
            self._show_status(self._describe_progress())
        self._updated = time.monotonic()
        self._overhead += self._updated - start

    def _show_curves(self) -> None:
        for metric, view in zip(_metrics(self._points), self._curves, strict=False):
            earlier = [run["val_" + metric] for run in self._earlier if run.get("val_" + metric)]
            view.value = curves_html(self._points, metric, earlier)

    def _show_predictions(self) -> None:
        if not self._sample:
            return
        from mnistedu.evaluation import Evaluation
        from mnistedu.inference import predict_proba

        start = time.monotonic()
        try:
            probabilities = predict_proba(self.model, self._sample.images)
            self.confusion = Evaluation.from_predictions(self._sample, probabilities).confusion
        except Exception as error:  # of any model that a learner may bring
            self._digits.value = error_html(error)
            return
        self._matrix.value = confusion_html(self.confusion)
        self._digits.value = digits_html(
            self._pictures, self._sample.labels[self._ten], probabilities[self._ten]
        )
        if self._compiled:
            self._overhead += time.monotonic() - start
        self._compiled = True

    def _describe_progress(self) -> str:
        """Return the epoch, the speed and the time left in words."""
        text = f"Epoch {min(self._epoch + 1, self._epochs)} of {self._epochs}"
        (start, first), (now, done) = self._times[0], self._times[-1]
        if done > first:  # before the first record, the step was compiled
            rate = (done - first) / (now - start)
            per_epoch, unit = self._images_per_epoch, "images"
            if not per_epoch:
                per_epoch, unit = self.params.get("steps") or 1, "batches"
            left = round((self._epochs - done) / rate)
            text += f" · {rate * per_epoch:,.0f} {unit}/s · about {left:,} s left"
        return text

    def _describe_epoch(self, epoch: int, logs: dict[str, Any]) -> str:
        """Return the metrics of an epoch in words."""
        metrics = ", ".join(
            f"{label}{name} {logs[prefix + name]:.4f}"
            for name in _metrics(logs)
            for prefix, label in (("", ""), ("val_", "validation "))
            if prefix + name in logs
        )
        return f"Epoch {epoch + 1} of {self._epochs}: {metrics}"

    def _show_status(self, text: str) -> None:
        self._status.value = Markup("<h4>{}</h4>").format(text)

    def _display(self) -> None:
        """Display the monitor below the running cell, if this is a notebook."""
        if detect_front_end() == "marimo":
            sys.modules["marimo"].output.append(self)
            return
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
        metrics = "".join(f", {name} {value}" for name, value in latest.items())
        return f"TrainingMonitor({done} of {self._epochs} epochs{metrics})"

    def _still(self) -> tuple[bytes, str] | None:
        if not self.history.get("loss"):
            return None
        return training_png(self.history, _metrics(self.history), self.confusion), repr(self)


def _metrics(names: Iterable[str]) -> list[str]:
    """Return the names of the metrics to draw: the loss, and the first other one."""
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
    return split[:: max(1, len(split) // MAX_IMAGES)][:MAX_IMAGES] if len(split) else None


def _one_of_each(labels: np.ndarray) -> np.ndarray:
    """Return the index of the first image of each digit."""
    return np.unique(labels, return_index=True)[1]
