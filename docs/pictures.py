"""Take screenshots of the pad and the other widgets in JupyterLab: ``python docs/pictures.py``.

Writes docs/pictures/pad-light.png, pad-dark.png and so on. Requires Chromium.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from tests.browser.page import Lab, launch_chromium  # noqa: E402
from tests.browser.server import serve_lab  # noqa: E402

WINDOW = {"width": 940, "height": 640}
LARGE_WINDOW = {"width": 1240, "height": 1000}
SEVEN = [
    [
        *[(0.24, 0.25), (0.4, 0.235), (0.58, 0.22), (0.74, 0.2), (0.72, 0.26)],
        *[(0.65, 0.38), (0.57, 0.52), (0.5, 0.66), (0.45, 0.78), (0.42, 0.86)],
    ]
]
VIEWS = {
    "layers": "mnistedu.LayerExplorer(pad, model)",
    "confusion": (
        'averages = mnistedu.build_baseline("class_means").fit(*data.train)\n'
        "mnistedu.ConfusionExplorer(averages, data.test, pad=pad)"
    ),
}
BEFORE_VIEWS = """\
import mnistedu

data = mnistedu.load_digits()
model = mnistedu.build_cnn(filters=(16, 16))
monitor = mnistedu.TrainingMonitor(data)
mnistedu.train(model, data, epochs=40, callbacks=[monitor], verbose=False)
pad = mnistedu.DrawingPad(model)"""
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
COLOURS = 96


def main() -> None:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serve_lab(Path(folder)) as address,
        launch_chromium() as browser,
    ):
        page = browser.new_page(viewport=WINDOW, device_scale_factor=2)
        lab = Lab(page, address, Path(folder))
        lab.open("pad.ipynb", "import mnistedu\n\nmnistedu.DrawingPad()")
        lab.run_all()
        (pad,) = lab.pads()
        pad.mouse(*SEVEN, steps=2)
        pad.expect("7")
        page.add_style_tag(content=".jp-cell-toolbar { display: none !important }")
        for name, theme in THEMES.items():
            use_theme(lab, theme)
            capture(page.locator(".jp-CodeCell").first, DOCS / "pictures" / f"pad-{name}.png")
        capture_views(lab)


def capture_views(lab: Lab) -> None:
    """Take screenshots of the training monitor and the explorers, with a 7 on the pad."""
    page = lab.page
    page.set_viewport_size(LARGE_WINDOW)
    lab.open("views.ipynb", BEFORE_VIEWS, "pad", *VIEWS.values())
    lab.run_all()
    lab.wait_for_cells()
    (pad,) = lab.pads()
    pad.mouse(*SEVEN, steps=2)
    page.get_by_role("listbox", name="Images of").get_by_role("option").first.click()
    page.get_by_text("What is lost when covered").wait_for()
    for name, theme in THEMES.items():
        use_theme(lab, theme)
        for view, element in zip(
            ["monitor", *VIEWS], page.locator(".mnistedu-view").all(), strict=True
        ):
            capture(element, DOCS / "pictures" / f"{view}-{name}.png")


def use_theme(lab: Lab, theme: str) -> None:
    """Select a theme and wait for its transition to finish."""
    lab.use_theme(theme)
    lab.page.wait_for_timeout(1000)


def capture(element: Locator, path: Path) -> None:
    """Save a screenshot of an element, with a small palette to keep the file small."""
    picture = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
    path.parent.mkdir(exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
