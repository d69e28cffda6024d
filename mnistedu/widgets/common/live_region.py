"""Texts for screen readers."""

from __future__ import annotations

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Unicode


class LiveRegion(AnyWidget):
    """An invisible text that screen readers announce politely when it changes.

    The page waits until the user pauses: of several texts that follow each other only the last is
    announced, and none while a pointer is down.

    Attributes
    ----------
    text : str
        The text to announce; a trait.
    announced : str
        The text that a page has announced; a trait.

    Examples
    --------
    >>> region = LiveRegion()
    >>> region.text = "7, 99.2 % sure"
    """

    _esm = Path(__file__).with_name("live_region.js")

    text = Unicode().tag(sync=True)
    announced = Unicode().tag(sync=True)
