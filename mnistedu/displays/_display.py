"""What every display has in common: its style, its figure and its alternative text."""

from __future__ import annotations

import io
from importlib.resources import files

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

STYLE = str(files("mnistedu.displays") / "mnistedu.mplstyle")


class Display:
    """A picture that shows itself in a notebook with a text for those who cannot see it.

    Subclasses set ``figure_`` in their ``plot`` and say in ``alt_text`` what the picture shows.
    """

    figure_: Figure | None = None
    owns_figure_: bool = False

    @property
    def alt_text(self) -> str:
        """What the picture shows, in a sentence or two."""
        raise NotImplementedError

    def _new_axes(self, ax: Axes | None, *, size: tuple[float, float]) -> Axes:
        """Give the axes to draw on: the caller's, or those of a new figure of `size` in inches."""
        self.owns_figure_ = ax is None
        if ax is None:
            _, ax = plt.subplots(figsize=size)
        self.figure_ = ax.figure
        return ax

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """Give the picture as PNG, and its text as ``alt`` in the metadata.

        A figure of the caller's own is left to whoever made it. Ours is closed here, or Jupyter
        would show it a second time.
        """
        bundle, metadata = {"text/plain": f"{type(self).__name__}: {self.alt_text}"}, {}
        if self.owns_figure_:
            buffer = io.BytesIO()
            self.figure_.savefig(buffer, format="png", bbox_inches="tight")
            plt.close(self.figure_)
            bundle["image/png"] = buffer.getvalue()
            metadata["image/png"] = {"alt": self.alt_text}
        return bundle, metadata
