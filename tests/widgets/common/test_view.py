"""How views are displayed."""

from __future__ import annotations

import base64

from mnistedu.widgets.common.view import View
from mnistedu.widgets.common.widget_tree import WidgetTree


class Picture(View):
    def _still(self) -> tuple[bytes, str]:
        return b"\x89PNG", "A picture."


class Nothing(View):
    def _still(self) -> None:
        return None


def test_a_view_leaves_a_still_picture() -> None:
    bundle, metadata = Picture()._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]) == b"\x89PNG"
    assert metadata == {"image/png": {"alt": "A picture."}}
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_view_without_a_picture_leaves_none() -> None:
    bundle, metadata = Nothing()._repr_mimebundle_()
    assert "image/png" not in bundle
    assert metadata == {}


def test_marimo_gets_one_anywidget() -> None:
    view = Picture()
    tree = view._display_()
    assert isinstance(tree, WidgetTree)
    assert view.model_id in tree.widgets
