"""The part of the pad that collects labelled drawings and teaches a recogniser with them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from ipywidgets import Box, Button, VBox
from markupsafe import Markup

from mnistedu.widgets.common.button import make_button
from mnistedu.widgets.common.live_region import LiveRegion
from mnistedu.widgets.common.safe_html import SafeHTML

ENOUGH = 5  # drawings of a digit


class TeachingPanel:
    """Ten buttons to label a drawing, with the number of samples of each digit.

    Parameters
    ----------
    on_keep : callable
        Called with a digit when its button is pressed.
    on_teach, on_forget : callable
        Called without arguments to teach the recogniser, or to return to the untaught one.

    Attributes
    ----------
    widget : ipywidgets.VBox
        The widget to put into a layout.
    """

    def __init__(
        self,
        *,
        on_keep: Callable[[int], None],
        on_teach: Callable[[], None],
        on_forget: Callable[[], None],
    ) -> None:
        self._digits = [make_button(partial(on_keep, digit), str(digit), "") for digit in range(10)]
        self._teach = make_button(
            on_teach, "Learn my handwriting", "Train a copy of the model on these drawings"
        )
        self._forget = make_button(on_forget, "Forget it", "Use the untaught model again")
        self._forget.disabled = True
        self._message, self._live = SafeHTML(), LiveRegion()
        self.widget = VBox(
            [
                SafeHTML(Markup('<div class="mnistedu-heading">Teach it your handwriting</div>')),
                Box(self._digits).add_class("mnistedu-digits"),
                Box([self._teach, self._forget]).add_class("mnistedu-buttons"),
                self._message,
                self._live,
            ]
        ).add_class("mnistedu-teaching")
        self.show_counts(np.zeros(10, int))

    def show_counts(self, counts: np.ndarray) -> None:
        """Show the number of samples of each digit, as up to five dots.

        Parameters
        ----------
        counts : ndarray of shape (10,)
        """
        for digit, (button, count) in enumerate(zip(self._digits, counts.tolist(), strict=True)):
            button.tooltip = f"This is a {digit}: {count} of {ENOUGH} so far (key {digit})"
            _set_class(button, f"mnistedu-dots-{min(count, ENOUGH)}")
        total, missing = int(counts.sum()), int(np.maximum(ENOUGH - counts, 0).sum())
        self._teach.disabled = total == 0
        self._teach.button_style = "primary" if missing == 0 else ""
        if missing == 0:
            self.show_message(
                f"{total} drawings, {ENOUGH} or more of each digit: enough to learn from."
            )
        else:
            self.show_message(
                "Press the digit that your drawing is, here or on the keyboard. "
                f"{ENOUGH} of each are best: {missing} to go."
            )

    def show_progress(self, fraction: float) -> None:
        """Show the fraction of the training that is done, from 0 to 1."""
        bar = Markup('<progress value="{:.2f}" aria-label="Progress of learning"></progress>')
        self._show(Markup("Learning your handwriting {}").format(bar.format(fraction)))

    def show_taught(self, taught: bool) -> None:
        """Enable "Forget it", or disable it."""
        self._forget.disabled = not taught

    def show_message(self, text: str) -> None:
        """Show a message, and announce it to screen readers."""
        self._show(text)
        self._live.text = text

    @contextlib.contextmanager
    def reported(self, summary: str) -> Iterator[None]:
        """Show the error of a block on the panel, and raise it.

        Parameters
        ----------
        summary : str
            What failed.
        """
        try:
            yield
        except Exception as error:
            self.show_message(f"{summary}: {error}")
            raise

    def _show(self, content: str) -> None:
        message = Markup('<div class="mnistedu-message">{}</div>')
        self._message.value = message.format(content)


def _set_class(button: Button, name: str) -> None:
    if name not in button._dom_classes:
        button._dom_classes = (name,)
