"""The app, as ``mnistedu app`` serves it: on a phone, for two at once, with one's own model."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import mnistedu
from tests.browser.page import DESKTOP, ONE, PHONE, SEVEN, Pad, find_pads
from tests.browser.server import await_kernels, find_kernels, serve
from tests.browser.test_accessibility import findings
from tests.environments import find_axe

pytestmark = pytest.mark.browser


def save_always_four(path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    model.set_weights([np.zeros((784, 10)), 20 * np.eye(10)[4]])
    mnistedu.save_model(model, path)


def open_app(chromium: Browser, address: str, **options: object) -> tuple[Page, Pad, list[str]]:
    page = chromium.new_context(has_touch=True, **options).new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    (pad,) = find_pads(page)
    return page, pad, requests


def test_app(chromium: Browser, tmp_path: Path) -> None:
    save_always_four(tmp_path / "four.keras")
    (tmp_path / "foreign.keras").write_text("no model")
    markup = "<img src=x onerror=alert(1)>.keras"
    (tmp_path / markup).write_text("no model")
    with serve("mnistedu app", root=tmp_path) as address:
        phone, first, requests = open_app(chromium, address, viewport=PHONE)
        desktop, second, _ = open_app(chromium, address, viewport=DESKTOP, color_scheme="dark")

        dialogs: list[str] = []
        desktop.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())

        first.touch(*ONE)
        first.expect("1")
        expect(first.root.locator(".mnistedu-top em")).to_have_count(3)
        expect(first.root.get_by_alt_text("28 by 28 grey pixels")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        second.expect("?")  # nobody sees another's ink
        second.mouse(*SEVEN)
        second.expect("7")
        first.expect("1")
        first.click("Clear")
        first.expect("?")
        second.expect("7")

        choice = desktop.get_by_label("Read by")
        choice.select_option("foreign.keras")
        expect(desktop.get_by_text("foreign.keras is not a model that can")).to_be_visible()
        expect(choice).to_have_value("the network of mnistedu")
        choice.select_option(markup)
        expect(desktop.get_by_text(f"{markup} is not a model that can")).to_be_visible()
        assert str(tmp_path) not in desktop.content()
        assert dialogs == []
        second.expect("7")
        choice.select_option("four.keras")
        second.expect("4")
        first.touch(*ONE)
        first.expect("1")
        choice.select_option("the network of mnistedu")
        second.expect("7")

        elsewhere = [
            url for url in requests if not url.startswith((address[:20], "data:", "blob:"))
        ]
        assert elsewhere == []
        assert desktop.evaluate("document.body.dataset.jpThemeLight") == "false"
        axe = find_axe()
        for page in (phone, desktop):  # light and dark
            assert findings(page, axe, "body") == []
        kernels = find_kernels()
        for page in (phone, desktop):
            page.close(run_before_unload=True)
        await_kernels(len(kernels) - 2)
