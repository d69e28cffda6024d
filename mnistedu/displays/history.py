"""The metrics of a training run by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mnistedu.displays._display import Display, styled

if TYPE_CHECKING:
    import keras


class HistoryDisplay(Display):
    """Curves of a metric by epoch, for training and validation.

    Parameters
    ----------
    history : mapping of str to sequence of float
        Values of each metric, one per epoch; those of validation metrics are named ``val_...``.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    lines_ : list of matplotlib Line2D
        The training curve and, if there are validation metrics, the validation curve.

    Examples
    --------
    >>> display = HistoryDisplay({"accuracy": [0.9, 0.95], "val_accuracy": [0.92, 0.94]}).plot()
    >>> [line.get_label() for line in display.lines_]
    ['training', 'validation']
    """

    def __init__(self, history: Mapping[str, Sequence[float]]) -> None:
        self.history = {name: list(values) for name, values in history.items()}
        self.metric = "accuracy"

    @classmethod
    def from_history(cls, history: keras.callbacks.History) -> HistoryDisplay:
        """Create a display from the history of a training run.

        Parameters
        ----------
        history : keras.callbacks.History
            Return value of :func:`mnistedu.train` or Keras's ``fit``.

        Returns
        -------
        display : HistoryDisplay
            Display of the history.
        """
        return cls(history.history)

    @property
    def alt_text(self) -> str:  # noqa: D102
        training = self.history[self.metric]
        text = (
            f"Line chart of the {self.metric} over {len(training)} epochs: on the training images "
            f"from {training[0]:.4f} to {training[-1]:.4f}"
        )
        if validation := self.history.get(f"val_{self.metric}"):
            text += f", on the validation images from {validation[0]:.4f} to {validation[-1]:.4f}"
        return text + "."

    @styled
    def plot(self, *, metric: str = "accuracy", ax: Axes | None = None) -> HistoryDisplay:
        """Draw the curves.

        Parameters
        ----------
        metric : str, default="accuracy"
            Name of the metric, such as ``"loss"``.
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : HistoryDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the history has no such metric.
        """
        if not self.history.get(metric):
            names = [name for name in self.history if not name.startswith("val_")]
            raise ValueError(f"metric must be one of {', '.join(names)}, got {metric!r}")
        self.metric = metric
        self.ax_ = self._get_axes(ax, size=(5.2, 3.4))
        self.lines_ = [
            self._curve(name, label, marker)
            for name, label, marker in (
                (metric, "training", "o"),
                (f"val_{metric}", "validation", "s"),
            )
            if self.history.get(name)
        ]
        self.ax_.set(xlabel="epoch", ylabel=metric, title=f"{metric.capitalize()} by epoch")
        self.ax_.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.ax_.legend()
        return self

    def _curve(self, name: str, label: str, marker: str) -> Line2D:
        values = self.history[name]
        (line,) = self.ax_.plot(range(1, len(values) + 1), values, marker=marker, label=label)
        return line
