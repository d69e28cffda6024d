"""A tree of widgets as a single anywidget, for front ends that show nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from anywidget import AnyWidget
from ipywidgets import Widget


class WidgetTree(AnyWidget):
    """Show a widget and all that it contains, on a page that has no ipywidgets.

    The page gets each widget's state, and draws the kinds of widgets that this package uses: boxes,
    HTML, buttons, sliders, menus and anywidgets. What it reports goes to the widgets as if it came
    from a page of their own.

    Parameters
    ----------
    root : ipywidgets.Widget

    Examples
    --------
    >>> from ipywidgets import Button, VBox
    >>> tree = WidgetTree(VBox([Button(description="Stop")]))
    >>> len(tree.widgets)  # with their layouts
    4
    """

    _esm = Path(__file__).with_name("widget_tree.js")
    _css = Path(__file__).with_name("widget_tree.css")

    def __init__(self, root: Widget) -> None:
        super().__init__()
        self.widgets: dict[str, Widget] = {}
        self._root = root
        self._from_page: dict[str, object] = {}
        self._add(root)
        self.on_msg(self._receive)

    def _add(self, widget: Widget) -> None:
        if widget.model_id in self.widgets:
            return
        self.widgets[widget.model_id] = widget
        widget.observe(self._send_change, list(widget.keys))
        for child in _references(widget):
            self._add(child)

    def _send_change(self, change: dict) -> None:
        widget, name = change["owner"], change["name"]
        known = set(self.widgets)
        for child in _references(widget):
            self._add(child)
        state = _state(widget, name)
        if self._from_page == {"id": widget.model_id, "state": state}:
            return
        added = {key: _state(self.widgets[key]) for key in self.widgets if key not in known}
        self.send({"states": added | {widget.model_id: state}})

    def _receive(self, _: object, content: dict, buffers: object) -> None:
        if "ready" in content:
            states = {key: _state(widget) for key, widget in self.widgets.items()}
            self.send({"states": states, "root": self._root.model_id})
        elif "state" in content:
            self._from_page = content
            try:
                self.widgets[content["id"]].set_state(content["state"])
            finally:
                self._from_page = {}
        else:
            self.widgets[content["id"]]._handle_custom_msg(content["content"], [])


def _state(widget: Widget, name: str | None = None) -> dict[str, object]:
    """Return the state of a widget, or one trait of it, with markup as plain text.

    marimo would encode markup as an object.
    """
    state = widget.get_state(name)
    return {key: str(value) if isinstance(value, str) else value for key, value in state.items()}


def _references(widget: Widget) -> Iterator[Widget]:
    yield from getattr(widget, "children", ())
    if hasattr(widget, "layout"):
        yield widget.layout
