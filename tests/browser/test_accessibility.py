"""axe-core finds nothing in the pad, the views and the exported page, in light and in dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import mnistedu
from tests.browser.page import ONE, Lab
from tests.environments import find_axe

pytestmark = pytest.mark.browser

VIEWS = """\
import mnistedu

digits = mnistedu.load_digits()
network = mnistedu.build_cnn(filters=(8,))
pad = mnistedu.DrawingPad(lambda images: [[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]] * len(images))
layers = mnistedu.LayerExplorer(pad, network)
averages = mnistedu.build_baseline("class_means").fit(*digits.train)
confusion = mnistedu.ConfusionExplorer(averages, digits.test, pad=pad)
confusion.index = int(confusion.indices[0])
pad.clear()"""

TRAIN = """\
layers.layer, layers.map = layers.layers[0], 3
monitor = mnistedu.TrainingMonitor(digits)
mnistedu.train(network, digits, epochs=2, callbacks=[monitor], verbose=False);"""


@pytest.fixture(scope="module")
def axe() -> str:
    return find_axe()


def findings(page: Page, axe: str, selector: str) -> list[str]:
    """Return what axe finds in the elements of a selector, of any severity."""
    page.evaluate(axe)
    found = page.evaluate("selector => axe.run([...document.querySelectorAll(selector)])", selector)
    return [
        f"{rule['impact']} {rule['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def test_pad_and_views(lab: Lab, axe: str) -> None:
    lab.open("accessible.ipynb", VIEWS, "pad", "layers", "confusion", TRAIN)
    lab.run_all()
    lab.wait_for_cells()
    (pad,) = lab.pads()
    pad.expect_name()
    pad.mouse(ONE[0])
    pad.expect("1")
    pad.click("Teach")
    expect(lab.page.locator(".mnistedu-window td").first).to_be_visible()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.use_theme(theme)
        assert findings(lab.page, axe, ".mnistedu-pad, .mnistedu-view") == [], theme
    lab.use_theme("JupyterLab Light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_exported_page(chromium: Browser, axe: str, tmp_path: Path, scheme: str) -> None:
    path = mnistedu.export_page(mnistedu.build_mlp(), tmp_path / "page.html", title="A network")
    page = chromium.new_page(color_scheme=scheme)
    page.goto(path.as_uri())
    page.wait_for_function("window.mnistedu")
    assert findings(page, axe, "html") == []
    page.close()
