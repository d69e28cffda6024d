"""Texts that a user or a file can set never become part of the page, in any widget."""

from __future__ import annotations

import base64
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from ipywidgets import HTML
from markupsafe import Markup

import mnistedu
from mnistedu import Dataset, DrawingPad, Ink, Samples, Split
from mnistedu.displays import HistoryDisplay
from mnistedu.widgets.common.answer_html import alert_html, answer_html, error_html
from mnistedu.widgets.common.pixel_images import picture_html
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.layer_explorer.html import attribution_html, layer_html
from mnistedu.widgets.training_monitor.html import curves_html
from tests.widgets.driver import always, button, shown, widgets

MARKUP = '<img src=x onerror="hacked=1">"\'&lt;'
ELEMENTS = {
    *("div", "span", "p", "b", "i", "em", "h4", "br", "ul", "li", "code", "style", "progress"),
    *(
        "figure",
        "figcaption",
        "img",
        "svg",
        "g",
        "rect",
        "path",
        "polyline",
        "circle",
        "line",
        "text",
    ),
    *("title", "table", "caption", "thead", "tbody", "tr", "td", "th"),
}
SEVEN = Ink([[(140, 110), (420, 110), (240, 480)]])


class Page(HTMLParser):
    """The texts of some HTML, which must hold no element or attribute of :data:`MARKUP`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS
        for name, value in attributes:
            assert not name.startswith("on")
            assert (tag, value) != ("img", "x")
            self.texts.append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def __contains__(self, text: str) -> bool:
        return any(text in each for each in self.texts)


def hostile_model(path: Path) -> object:
    """A model of a stranger's file, with markup for every name in it."""
    keras = mnistedu._backend.import_keras()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), name=MARKUP),
            layers.Conv2D(4, 3, name=f"{MARKUP}conv"),
            layers.Flatten(name=f"{MARKUP}flatten"),
            layers.Dense(10, "softmax", name=f"{MARKUP}dense"),
        ],
        name=MARKUP,
    )
    metric = keras.metrics.SparseCategoricalAccuracy(name=MARKUP)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    model.save(path)
    return mnistedu.load_model(path)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> object:
    return hostile_model(tmp_path_factory.mktemp("stranger") / "model.keras")


class Failing:
    """A model that fails with markup in its message and in the name of its error."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        raise type(MARKUP, (Exception,), {})(MARKUP)


def test_all_html_goes_through_one_class() -> None:
    digits = mnistedu.load_digits()
    pad = DrawingPad(mnistedu.build_mlp())
    for root in (
        pad,
        mnistedu.LayerExplorer(pad),
        mnistedu.TrainingMonitor(digits),
        mnistedu.ConfusionExplorer(lambda images: np.eye(10)[images[:, 0, 0] % 10], digits.test),
    ):
        for widget in widgets(root, HTML):
            assert isinstance(widget, SafeHTML)


def test_a_text_is_shown_as_it_is_written() -> None:
    widget = SafeHTML(MARKUP)
    assert Page(widget.value).texts == [MARKUP]
    widget.value = Markup("<b>{}</b>").format(MARKUP)
    assert Page(widget.value).texts == [MARKUP]
    assert widget.value.startswith("<b>")
    state = widget.get_state()
    widget.set_state({"value": state["value"]})
    assert widget.value == state["value"], "what a page sends back is not escaped twice"


@pytest.mark.parametrize(
    "html",
    [
        answer_html(None, MARKUP),
        error_html(ValueError(MARKUP)),
        alert_html(MARKUP, ValueError(MARKUP)),
        picture_html(MARKUP, alt=MARKUP, width=3),
        layer_html(MARKUP, MARKUP, np.zeros((2, 2, 3))),
        layer_html(MARKUP, MARKUP, np.zeros(10)),
        attribution_html(MARKUP, np.zeros((28, 28)), np.zeros((28, 28), np.uint8)),
        curves_html({MARKUP: [(1, 0.5)], f"val_{MARKUP}": [(1, 0.5)]}, MARKUP),
    ],
)
def test_templates_escape_what_they_are_formatted_with(html: Markup) -> None:
    assert isinstance(html, Markup)
    assert MARKUP in Page(html)


def test_names_of_a_strangers_layers_are_texts(model: object) -> None:
    pad = DrawingPad(model)
    pad.draw(SEVEN)
    explorer = mnistedu.LayerExplorer(pad)
    assert f"{MARKUP}conv (Conv2D): 4 maps" in Page(shown(explorer))
    explorer.layer = f"{MARKUP}conv"
    bundle, _ = explorer._repr_mimebundle_()
    assert "text/html" not in bundle


def test_names_of_a_strangers_metrics_are_texts(model: object, digits: Dataset) -> None:
    monitor = mnistedu.TrainingMonitor(digits)
    history = mnistedu.train(model, digits, epochs=1, callbacks=[monitor], verbose=False)
    assert MARKUP in history.history
    assert f"The {MARKUP} over 1 epoch:" in Page(shown(monitor))
    bundle, _ = monitor._repr_mimebundle_()
    assert "text/html" not in bundle
    html = HistoryDisplay(history.history).plot(metric=MARKUP)._repr_mimebundle_()[0]["text/html"]
    assert MARKUP in Page(html)


def test_messages_of_errors_are_texts(model: object, digits: Dataset) -> None:
    pad = DrawingPad(Failing())
    pad.draw(SEVEN)
    assert f"{MARKUP}: {MARKUP}" in Page(shown(pad))
    explorer = mnistedu.LayerExplorer(pad, model)
    explorer._probe.activations = explorer._probe.occlusion = Failing()
    pad.recognizer = always(7)
    for worker in explorer._workers:
        worker.wait()
    assert shown(explorer).count("mnistedu-alert") == 2
    assert f"{MARKUP}: {MARKUP}" in Page(shown(explorer))


def test_names_of_files_are_texts(tmp_path: Path) -> None:
    folder = tmp_path / MARKUP
    folder.mkdir()
    pad = DrawingPad(always(7), samples=folder / "hand.jsonl")
    pad.draw(SEVEN)
    pad.keep(7)
    button(pad, "Learn my handwriting").click()
    assert "cannot be adapted" in Page(shown(pad))
    pad._panel.show_message(f"{folder} is full")
    assert f"{MARKUP} is full" in Page(shown(pad))


def test_labels_are_digits_or_refused() -> None:
    images = np.zeros((1, 28, 28), np.uint8)
    with pytest.raises((TypeError, ValueError)):
        Split(images, np.array([MARKUP]))
    with pytest.raises(TypeError, match="must be an integer"):
        Samples().add(SEVEN, MARKUP)


def test_a_still_picture_is_no_html(model: object) -> None:
    pad = DrawingPad(model)
    pad.draw(SEVEN)
    bundle, _ = pad._repr_mimebundle_()
    assert set(bundle) <= {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
