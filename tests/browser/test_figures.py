"""The pictures in JupyterLab: light, dark and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.page import PHONE, Lab

pytestmark = pytest.mark.browser

FIGURE = """\
from mnistedu.displays import HistoryDisplay

HistoryDisplay({"accuracy": [0.8, 0.9]}).plot()"""


@pytest.fixture(scope="module")
def notebook(shared_lab: Lab) -> Lab:
    shared_lab.open("figure.ipynb", FIGURE)
    shared_lab.run_all()
    shared_lab.wait_for_cells()
    return shared_lab


def test_a_figure_follows_the_theme_and_tells_what_it_shows(notebook: Lab) -> None:
    figure = notebook.page.get_by_role("img", name="Line chart of the accuracy over 2 epochs")
    for theme in ("Light", "Dark", "Light"):
        notebook.use_theme(f"JupyterLab {theme}")
        expect(figure).to_have_count(1)  # the other one is hidden from readers, too
        expect(figure).to_have_class(f"mnistedu-{theme.lower()}")


def test_a_figure_fits_a_phone(notebook: Lab) -> None:
    notebook.page.set_viewport_size(PHONE)
    figure = notebook.page.locator(".mnistedu-light")
    figure.scroll_into_view_if_needed()
    box = figure.bounding_box()
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["width"] > PHONE["width"] / 2
