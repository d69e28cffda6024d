"""The drawing pad as a web page of its own, served by Voilà."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page import ONE, PHONE, find_pads, write_notebook
from tests.browser.server import serve

pytestmark = pytest.mark.browser

APP = """\
import numpy as np
from mnistedu import DrawingPad, Ink

pad = DrawingPad(lambda images: np.eye(10)[[1] * len(images)])
pad.draw(Ink([[(100, 280), (460, 280)]]))
pad"""


def test_page_shows_the_drawing_and_reads_more(chromium: Browser, tmp_path: Path) -> None:
    write_notebook(tmp_path / "app.ipynb", APP)
    with serve("voila", "app.ipynb", root=tmp_path) as address:
        page = chromium.new_page(viewport=PHONE, has_touch=True)
        page.goto(address)
        (pad,) = find_pads(page)
        pad.expect_name()
        drawn_before_the_page = pad.expect_ink(lambda pixels: pixels > 0)
        pad.touch(*ONE)
        pad.expect("1")
        pad.expect_ink(lambda pixels: pixels > 1.1 * drawn_before_the_page)
        pad.click("Clear")
        pad.expect("?")
        expect(pad.root.get_by_text("Draw a digit")).to_be_visible()
        page.close()
