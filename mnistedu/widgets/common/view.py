"""What the pad and the views have in common: how they are displayed."""

from __future__ import annotations

import base64
import sys

from ipywidgets import Box

from mnistedu.widgets.common.widget_tree import WidgetTree

WIDGET_MIME_TYPE = "application/vnd.jupyter.widget-view+json"


class View(Box):
    """A box of widgets that is displayed wherever a notebook can be.

    Front ends without widgets show a still picture. marimo, which shows anywidgets only, gets a
    single one of the whole view.
    """

    def _still(self) -> tuple[bytes, str] | None:
        """Return a PNG image and its alternative text, or None if there is nothing to show yet."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        bundle = Box._repr_mimebundle_(self, **kwargs)
        metadata = _colab_metadata()
        still = self._still()
        if still:
            png, alt = still
            bundle["image/png"] = base64.b64encode(png).decode()
            metadata["image/png"] = {"alt": alt}
        return bundle, metadata

    def _display_(self) -> WidgetTree:
        """Return what marimo shows instead."""
        return WidgetTree(self)


def _colab_metadata() -> dict[str, dict]:
    """Return the address of Colab's widget manager, which it needs with the last value of a cell.

    Creating an anywidget switches the manager on. Colab itself adds the address to what is shown by
    ``display``.
    """
    output = sys.modules.get("google.colab.output")
    url = output._widgets._installed_url if output else None
    return {WIDGET_MIME_TYPE: {"colab": {"custom_widget_manager": {"url": url}}}} if url else {}
