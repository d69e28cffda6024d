"""A tree of widgets as one: what the page gets, and what it reports."""

from __future__ import annotations

import pytest
from ipywidgets import HTML, Box, Button, Dropdown, IntSlider, Widget
from markupsafe import Markup

from mnistedu.widgets.common.widget_tree import WidgetTree


class Page:
    """What a page knows of a tree, and what it reports."""

    def __init__(self, root: Widget) -> None:
        self.tree = WidgetTree(root)
        self.messages: list[dict] = []
        self.states: dict[str, dict] = {}
        self.tree.send = self._receive
        self.report(ready=True)

    def report(self, **content: object) -> None:
        self.tree._handle_custom_msg(content, [])

    def _receive(self, content: dict, buffers: object = None) -> None:
        self.messages.append(content)
        for model_id, state in content["states"].items():
            self.states.setdefault(model_id, {}).update(state)


@pytest.fixture
def slider() -> IntSlider:
    return IntSlider(3)


def test_the_page_gets_each_widget_and_its_layout(slider: IntSlider) -> None:
    box = Box([slider])
    page = Page(box)
    assert page.messages[0]["root"] == box.model_id
    assert set(page.states) == {w.model_id for w in (box, box.layout, slider, slider.layout)}
    assert page.states[box.model_id]["children"] == [f"IPY_MODEL_{slider.model_id}"]


def test_changes_are_sent_to_the_page(slider: IntSlider) -> None:
    page = Page(Box([slider]))
    slider.value = 7
    slider.layout.display = "none"
    assert page.messages[1:] == [
        {"states": {slider.model_id: {"value": 7}}},
        {"states": {slider.layout.model_id: {"display": "none"}}},
    ]


def test_a_widget_that_is_added_later_is_sent_whole(slider: IntSlider) -> None:
    box, html = Box([slider]), HTML("new")
    page = Page(box)
    box.children = [slider, html]
    assert page.states[html.model_id]["value"] == "new"
    html.value = Markup("<b>newer</b>")
    assert page.states[html.model_id]["value"] == "<b>newer</b>"
    assert type(page.states[html.model_id]["value"]) is str, "marimo encodes markup as an object"


def test_what_the_page_reports_reaches_the_widgets(slider: IntSlider) -> None:
    button, menu, pressed = Button(), Dropdown(options=["a", "b"]), []
    button.on_click(pressed.append)
    page = Page(Box([slider, button, menu]))
    page.report(id=slider.model_id, state={"value": 9})
    assert slider.value == 9
    assert len(page.messages) == 1, "the page knows what it has reported"
    page.report(id=button.model_id, content={"event": "click"})
    assert pressed == [button]
    page.report(id=menu.model_id, state={"index": 1})
    assert menu.value == "b"


@pytest.mark.parametrize(
    "content", [None, [], {}, {"id": "unknown", "state": {}}, {"id": []}, {"state": {"value": 9}}]
)
def test_other_messages_change_nothing(slider: IntSlider, content: object) -> None:
    page = Page(Box([slider]))
    page.tree._handle_custom_msg(content, [])
    assert slider.value == 3
    assert len(page.messages) == 1
