"""The page to share: it reads as Python does, whoever draws and whatever with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import mnistedu
from mnistedu import Ink
from mnistedu.layers import Conv2D, MaxPooling2D
from tests.browser.page import DESKTOP, ONE, PHONE, SEVEN, THREE, Stroke

pytestmark = pytest.mark.browser

READ = """inks => inks.map(ink => {
    const { image, probabilities } = mnistedu.read(ink);
    return [[...image], probabilities];
})"""

Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """Export a model and open its page, in a window of its own; no request may leave it."""
    contexts = []

    def open_(model: object, **options: object) -> Page:
        path = mnistedu.export_page(model, tmp_path / "page.html", title="Ada's network")
        contexts.append(chromium.new_context(**{"viewport": DESKTOP, "has_touch": True} | options))
        page = contexts[-1].new_page()
        requests, errors = [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.requests, page.errors = requests, errors
        page.goto(path.as_uri())
        page.wait_for_function("window.mnistedu")
        return page

    yield open_
    for context in contexts:
        context.close()


def draw_inks(count: int, seed: int = 0) -> list[Ink]:
    """Draw digits by a shaky hand, loops that are none, and what is hardly a stroke."""
    rng = np.random.default_rng(seed)
    inks = [
        Ink([[(7, 7)]]),
        Ink([[(7, 7), (7, 7)], [(7, 7)]]),
        Ink([[(0, 3), (500, 3)]]),
        Ink([[(1e-3, 0), (0, 2e-3)]]),
        Ink([[(1e6, 1e6), (1e6 + 64, 3e6)]]),
    ]
    while len(inks) < count:
        if len(inks) % 2:
            shape = [SEVEN, THREE, ONE][rng.integers(3)]
            bend = np.eye(2) + rng.normal(scale=0.2, size=(2, 2))
            strokes = [np.array(points) @ bend * rng.uniform(20, 600) for points in shape]
            strokes = [points + rng.normal(scale=2, size=points.shape) for points in strokes]
        else:
            lengths = rng.integers(1, 40, size=rng.integers(1, 4))
            strokes = [
                rng.uniform(0, 400, 2) + rng.normal(scale=5, size=(n, 2)).cumsum(0).cumsum(0)
                for n in lengths
            ]
        inks.append(Ink(strokes))
    return inks


def read(page: Page, inks: list[Ink]) -> tuple[np.ndarray, np.ndarray]:
    """Have the page read drawings: what images it makes of them, and the probabilities."""
    answers = page.evaluate(READ, [[s.tolist() for s in ink.strokes] for ink in inks])
    images, probabilities = zip(*answers, strict=True)
    return np.reshape(images, (-1, 28, 28)), np.array(probabilities)


def some_layers() -> list[list[keras.Layer]]:
    """Give networks that have every layer between them, each in more than its simplest form."""
    layers = keras.layers
    return [
        [
            layers.Rescaling(2.0, offset=-1.0),
            layers.Conv2D(6, (5, 3), strides=(2, 1), padding="same", activation="tanh"),
            layers.AveragePooling2D(3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.1),
            layers.Conv2D(8, 3, dilation_rate=2, use_bias=False, activation="silu"),
            layers.MaxPooling2D((2, 3), strides=(1, 2)),
            layers.Activation("elu"),
            layers.Flatten(),
            layers.Dense(20, activation="sigmoid"),
        ],
        [
            Conv2D(5, 3, strides=2, padding="same", activation="softplus"),
            layers.BatchNormalization(scale=False, center=False),
            MaxPooling2D(padding="same"),
            layers.ReLU(max_value=2.0, negative_slope=0.2, threshold=0.1),
            layers.SpatialDropout2D(0.5),
            layers.Dense(7, activation="relu6"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(9, activation="leaky_relu"),
            layers.Dense(9, activation="selu"),
        ],
        [
            layers.Reshape((14, 14, 4)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(keepdims=True),
            layers.Flatten(),
        ],
    ]


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = mnistedu.build_cnn(filters=(8, 16))
    mnistedu.train(model, mnistedu.load_digits(), epochs=4, verbose=False)
    return model


def test_a_thousand_drawings_are_read_as_in_python(open_page: Open, trained: keras.Model) -> None:
    inks = draw_inks(1000)
    images, probabilities = read(open_page(trained), inks)
    np.testing.assert_array_equal(images, [ink.to_image() for ink in inks])
    expected = mnistedu.Recognizer(trained).predict_batch(inks)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)
    np.testing.assert_array_equal(probabilities.argmax(1), expected.argmax(1))
    assert len(set(expected.argmax(1))) > 3


def test_the_shipped_network_answers_as_in_python(open_page: Open) -> None:
    inks, recognizer = draw_inks(100), mnistedu.Recognizer()
    page = open_page(recognizer)
    _, probabilities = read(page, inks)
    expected = recognizer.predict_batch(inks)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)
    confident = page.evaluate("strokes => mnistedu.read(strokes).confident", [[[0, 0], [3, 90]]])
    assert confident == recognizer.predict(Ink([[(0, 0), (3, 90)]])).confident


def test_every_layer_computes_what_keras_does(open_page: Open) -> None:
    inks, rng = draw_inks(20), np.random.default_rng(0)
    for layers in some_layers():
        head = keras.layers.Dense(10, "softmax")
        model = keras.Sequential([keras.Input((28, 28, 1)), *layers, head])
        for weight in model.weights:  # also those that start as zeros and ones
            least = 0.1 if "variance" in weight.name else -0.4
            weight.assign(rng.uniform(least, 0.5, weight.shape))
        _, probabilities = read(open_page(model), inks)
        expected = model.predict(mnistedu.to_input([i.to_image() for i in inks]), verbose=0)
        np.testing.assert_allclose(probabilities, expected, atol=1e-4)
        assert np.ptp(expected, axis=0).max() > 1e-3  # it does depend on the drawing


def test_a_person_draws_and_undoes_and_clears(open_page: Open) -> None:
    page = open_page(mnistedu.Recognizer(), viewport=PHONE)
    sign, sentence = page.locator("#sign"), page.locator("#sentence")
    expect(page.get_by_role("heading")).to_have_text("Ada's network")
    expect(sentence).to_have_text("Draw a digit from 0 to 9")
    expect(page.get_by_role("status")).to_have_text("The sheet is blank.")

    mouse(page, *SEVEN, [(0.3, 0.5), (2.0, 0.5)])  # the second stroke ends outside
    page.get_by_role("button", name="Undo").click()
    expect(sign).to_have_text("7")
    expect(page.locator("#bars .top")).to_have_count(3)
    expect(page.get_by_role("status")).to_contain_text("Read as 7. The most probable digits are 7:")
    page.keyboard.press("Delete")
    expect(sentence).to_have_text("Draw a digit from 0 to 9")
    page.get_by_role("button", name="Undo").click()
    expect(sign).to_have_text("7")
    page.keyboard.press("Delete")

    touch(page, *ONE)
    expect(sign).to_have_text("1")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Clear")).to_be_disabled()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()  # of Clear
    rng = np.random.default_rng(0)
    mouse(page, list(map(tuple, rng.uniform(0.1, 0.9, (25, 2)))))
    expect(sentence).to_contain_text("Not sure:")
    expect(sign).to_have_text("?")
    page.get_by_role("button", name="Clear").press("Enter")
    expect(sentence).to_have_text("Draw a digit from 0 to 9")

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("scrollY") == 0  # the finger wrote, and did not scroll
    assert page.requests == [page.url]
    assert page.errors == []
    assert page.evaluate("document.cookie") == ""


def test_the_keyboard_draws(open_page: Open) -> None:
    page = open_page(mnistedu.Recognizer())
    sign, keyboard = page.locator("#sign"), page.keyboard
    page.locator("#sheet").focus()
    for key in ["ArrowUp"] * 8 + ["Space"] + ["ArrowDown"] * 16:
        keyboard.press(key)
    expect(sign).to_have_text("1")
    expect(page.locator(".mnistedu-pen-cursor")).to_be_visible()
    keyboard.press("Delete")  # waits until the pen is lifted
    expect(sign).to_have_text("1")
    keyboard.press("Space")
    expect(page.get_by_role("status")).to_contain_text("Read as 1.")
    keyboard.press("Delete")
    expect(page.locator("#sentence")).to_have_text("Draw a digit from 0 to 9")
    assert page.evaluate("scrollY") == 0
    assert page.errors == []


def test_markup_in_the_title_is_shown_as_text(chromium: Browser, tmp_path: Path) -> None:
    title = """</title></h1>"'><img src=x onerror=alert(1)><script>alert(2)</script><!--"""
    path = mnistedu.export_page(mnistedu.build_mlp(), tmp_path / "page.html", title=title)
    page = chromium.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    page.goto(path.as_uri())
    page.wait_for_function("window.mnistedu")
    assert page.title() == title
    expect(page.get_by_role("heading")).to_have_text(title)
    assert page.locator("img").count() == 0
    assert dialogs == []
    page.close()


def test_light_and_dark(open_page: Open) -> None:
    grounds = [
        open_page(mnistedu.build_mlp(), color_scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    ]
    assert grounds[0] == "rgb(255, 255, 255)"
    assert grounds[1] == "rgb(21, 21, 21)"


def mouse(page: Page, *strokes: Stroke) -> None:
    for stroke in strokes:
        first, *others = on_page(page, stroke)
        page.mouse.move(*first)
        page.mouse.down()
        for point in others:
            page.mouse.move(*point, steps=5)
        page.mouse.up()


def touch(page: Page, *strokes: Stroke) -> None:
    browser = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y} for x, y in points]
        browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    for stroke in strokes:
        first, *others = on_page(page, stroke)
        send("touchStart", first)
        for point in others:
            send("touchMove", point)
        send("touchEnd")


def on_page(page: Page, stroke: Stroke) -> list[tuple[float, float]]:
    box = page.locator("#sheet").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
