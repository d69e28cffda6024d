"""Photograph the drawing pad in a real JupyterLab: ``python docs/pictures.py``.

Writes docs/pictures/pad-light.png and pad-dark.png. Needs Chromium.
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
SEVEN = [
    [
        *[(0.24, 0.25), (0.4, 0.235), (0.58, 0.22), (0.74, 0.2), (0.72, 0.26)],
        *[(0.65, 0.38), (0.57, 0.52), (0.5, 0.66), (0.45, 0.78), (0.42, 0.86)],
    ]
]
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
            lab.use_theme(theme)
            page.wait_for_timeout(1000)  # until the theme's colours have faded in
            photograph(page.locator(".jp-CodeCell").first, DOCS / "pictures" / f"pad-{name}.png")


def photograph(element: Locator, path: Path) -> None:
    """Save a picture of an element, in few colours so that it is small."""
    picture = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
    path.parent.mkdir(exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
