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

    def _receive(self, _: object, content: object, buffers: object) -> None:
        match content:
            case {"ready": True}:
                states = {key: _state(widget) for key, widget in self.widgets.items()}
                self.send({"states": states, "root": self._root.model_id})
            case {"id": str(key), "state": dict(state)} if key in self.widgets:
                self._from_page = {"id": key, "state": state}
                try:
                    self.widgets[key].set_state(state)
                finally:
                    self._from_page = {}
            case {"id": str(key), "content": message} if key in self.widgets:
                self.widgets[key]._handle_custom_msg(message, [])
            case _:
                raise ValueError(f"a page must name one of its widgets, got {content!r:.50}")


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
