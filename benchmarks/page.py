"""Differences between exported pages and Python: ``python -m benchmarks.page --pendigits FILE``.

FILE is pendigits-orig.tra, the ink of UCI's pen-based digits. Each network is trained for one epoch
on MNIST and exported; then its page, in Chromium, and Python predict the same 1,000 drawings.
Prints, for each network, the number of weights, the size of the page, the largest difference
between grey levels, the number of different predictions, the largest difference between
probabilities, and the time per prediction.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

import mnistedu
from mnistedu import Ink, Recognizer
from mnistedu.pretraining.sources import read_pendigits
from tests.browser.page import launch_chromium
from tests.browser.test_page import read

N_DRAWINGS = 1000
RECIPES = ("gradio-cnn", "flask-mlp", "adadelta-cnn")


def main() -> None:
    """Train, export and compare the networks, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.page", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    options = parser.parse_args()
    inks = [sample.ink for sample in read_pendigits(options.pendigits).test[:N_DRAWINGS]]
    data = mnistedu.load_mnist()
    builders = {"mlp": mnistedu.build_mlp, "cnn": mnistedu.build_cnn}
    print(f"{'network':<14}{'weights':>10}{'bytes':>11}{'grey':>6}{'answers':>9}{'p':>9}{'ms':>7}")
    with tempfile.TemporaryDirectory() as folder, launch_chromium() as browser:
        page, path = browser.new_page(), Path(folder) / "page.html"
        compare("pretrained", Recognizer(), inks, page, path)
        for name in (*builders, *RECIPES):
            build = builders.get(name, lambda name=name: mnistedu.build_recipe(name))
            model = build()
            mnistedu.train(model, data, epochs=1, verbose=False)
            compare(name, Recognizer(model), inks, page, path)


def compare(name: str, recognizer: Recognizer, inks: list[Ink], page: Page, path: Path) -> None:
    """Predict the same drawings with a page and with Python, and print the differences."""
    model = recognizer.model or mnistedu.load_pretrained()
    weights = f"{name:<14}{model.count_params():>10,}"
    try:
        mnistedu.export_page(recognizer, path)
    except ValueError as error:
        print(f"{weights}  {error}", flush=True)
        return
    page.goto(path.as_uri())
    page.wait_for_function("window.mnistedu")
    begin = time.perf_counter()
    images, probabilities = read(page, inks)
    milliseconds = 1e3 * (time.perf_counter() - begin) / len(inks)
    expected = recognizer.predict_batch(inks)
    grey = np.abs(images - np.array([ink.to_image() for ink in inks], int)).max()
    different = (probabilities.argmax(axis=1) != expected.argmax(axis=1)).sum()
    off = np.abs(probabilities - expected).max()
    size = path.stat().st_size
    print(f"{weights}{size:>11,}{grey:>6}{different:>9}{off:>9.0e}{milliseconds:>7.1f}", flush=True)


if __name__ == "__main__":
    main()
