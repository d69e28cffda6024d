"""How training went."""

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
    """Curves of one metric over the epochs, for training and validation.

    Parameters
    ----------
    history : mapping of str to sequence of float
        The values of each metric, one an epoch; those of the validation are called ``val_...``.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of matplotlib Line2D
        The curve of the training and, where there was a validation, that of the validation.

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
        """Take what :func:`mnistedu.train` or Keras's ``fit`` returned.

        Parameters
        ----------
        history : keras.callbacks.History

        Returns
        -------
        display : HistoryDisplay
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
            Which metric, ``"loss"`` for one.
        ax : matplotlib Axes, optional
            Where to; a new figure by default.

        Returns
        -------
        display : HistoryDisplay
            Itself.

        Raises
        ------
        ValueError
            If the history has no such metric.
        """
        if not self.history.get(metric):
            names = [name for name in self.history if not name.startswith("val_")]
            raise ValueError(f"metric must be one of {', '.join(names)}, got {metric!r}")
        self.metric = metric
        self.ax_ = self._new_axes(ax, size=(5.2, 3.4))
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
