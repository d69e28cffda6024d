"""Accuracy of the pretrained network on drawings: ``python -m benchmarks.recognizer``.

Requires the ink of UCI's pen-based digits, ``--pendigits pendigits-orig.tra``, and MNIST. Prints a
table, or JSON with ``--json``. No choice was made on this data: MNIST's test images, six writers of
the pen-based digits, scikit-learn's digits, and letters and signs that were not used in training.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
import sklearn.datasets
from PIL import Image, ImageDraw

import mnistedu
from mnistedu.data import Split
from mnistedu.ink import Ink, UnipenSample
from mnistedu.pretraining.sources import VALIDATION_SHAPES, draw_negatives, read_pendigits

CANVASES = (140, 280, 560)  # side in pixels
CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))  # of the canvas, where the digit is drawn
PENS = (6, 12, 18, 24, 30, 36)  # pixels, on a canvas of 280
CONFIDENT = 0.99  # fraction of digits above the threshold at which non-digits are counted


@dataclass(frozen=True)
class Figure:
    """A row of the table."""

    name: str
    value: float
    unit: str
    target: str

    def __str__(self) -> str:
        return f"{self.name:<58} {self.value:>8.2f} {self.unit:<3} {self.target:>9}"


def main() -> None:
    """Run the benchmark and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recognizer", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    figures = measure(mnistedu.load_mnist().test, read_pendigits(options.pendigits).test)
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
        return
    for figure in figures:
        print(figure, flush=True)


def measure(mnist: Split, pens: list[UnipenSample]) -> Iterator[Figure]:
    """Yield the rows of the table."""
    recognizer, rng = mnistedu.Recognizer(), np.random.default_rng(0)
    labels = np.array([sample.label for sample in pens])

    plain = mnistedu.evaluate(recognizer, mnist)
    yield Figure("MNIST test", 100 * plain.accuracy, "%", ">= 99.70")
    moved = [
        [move(sample.ink, canvas, corner, rng) for sample in pens]
        for canvas in CANVASES
        for corner in CORNERS
    ]
    written = Split(
        np.stack([ink.to_image() for inks in moved for ink in inks]), np.tile(labels, len(moved))
    )
    ink = mnistedu.evaluate(recognizer, written)
    yield Figure("ink of 6 held-out writers", 100 * ink.accuracy, "%", ">= 99.0")
    for pen in PENS:
        bitmaps = (canvas_bitmap(sample.ink, pen, rng) for sample in pens)
        yield Figure(
            f"  as bitmaps, pen of {pen} px on 280",
            *accuracy(recognizer, bitmaps, labels),
            ">= 98.0",
        )
    pasted = accuracy(recognizer, (paste(image, rng) for image in mnist.images), mnist.labels)
    yield Figure("MNIST test pasted onto a canvas, 0.5x to 8x", *pasted, "")
    yield Figure(
        "  lost against the plain images", 100 * plain.accuracy - pasted[0], "pt", "<= 0.2"
    )
    bundle = sklearn.datasets.load_digits()
    yield Figure(
        "scikit-learn's digits, 8x8", *accuracy(recognizer, bundle.images, bundle.target), ">= 98"
    )
    yield Figure("calibration error, MNIST test", 100 * plain.calibration_error, "%", "<= 0.5")
    yield Figure("calibration error, ink", 100 * ink.calibration_error, "%", "<= 1")

    digits = np.r_[plain.probabilities.max(axis=1), ink.probabilities.max(axis=1)]
    negatives = draw_negatives(pens, list(VALIDATION_SHAPES), 3000, rng)
    others = recognizer.predict_batch(negatives.images).max(axis=1)
    at_99 = np.quantile(digits, 1 - CONFIDENT)
    yield Figure(
        "non-digits called confident, 99 % of digits kept", percentage(others, at_99), "%", "<= 5"
    )
    yield Figure("  as shipped", percentage(others, recognizer.threshold), "%", "")
    yield Figure("  digits kept as shipped", percentage(digits, recognizer.threshold), "%", "")

    drawings = [sample.ink for sample in pens[:300]]
    yield Figure("Ink.to_image, median", milliseconds(Ink.to_image, drawings), "ms", "<= 1")
    yield Figure("predict, median", milliseconds(recognizer.predict, drawings), "ms", "<= 3")
    yield Figure("cold process to first answer", cold_start(), "s", "<= 1.5")


def accuracy(
    recognizer: mnistedu.Recognizer, drawings: Iterable, labels: np.ndarray
) -> tuple[float, str]:
    """Compute the percentage of drawings that are classified correctly."""
    predicted = recognizer.predict_batch(drawings).argmax(axis=1)
    return 100 * float((predicted == labels).mean()), "%"


def percentage(values: np.ndarray, threshold: float) -> float:
    """Compute the percentage of values that reach a threshold."""
    return 100 * float((values >= threshold).mean())


def move(ink: Ink, canvas: int, corner: tuple[int, int], rng: np.random.Generator) -> Ink:
    """Scale a digit and move it to a corner of a canvas, in whole pixels like a mouse."""
    left, top, right, bottom = ink.bounds
    height = canvas * rng.uniform(0.3, 0.7)
    scale = height / max(right - left, bottom - top)
    free = canvas - scale * np.array([right - left, bottom - top])
    return Ink([np.rint((points - [left, top]) * scale + corner * free) for points in ink.strokes])


def canvas_bitmap(ink: Ink, pen: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a digit at a random position on a canvas of 280x280, with a pen width in pixels."""
    image = Image.new("L", (560, 560))  # twice the resolution, for antialiasing
    drawing = ImageDraw.Draw(image)
    left, top, right, bottom = ink.bounds
    extent = np.array([right - left, bottom - top])
    scale = 560 * rng.uniform(0.4, 0.75) / extent.max()
    corner = rng.uniform(pen, np.maximum(560 - pen - scale * extent, pen + 1))
    for points in ink.strokes:
        path = (points - [left, top]) * scale + corner
        drawing.line([*path.ravel().tolist(), *path[-1].tolist()], 255, 2 * pen, joint="curve")
        for x, y in path[[0, -1]].tolist():
            drawing.ellipse((x - pen, y - pen, x + pen, y + pen), 255)
    bitmap = np.asarray(image.reduce(2))
    return bitmap if rng.random() < 0.5 else 255 - bitmap


def paste(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paste an MNIST image at a random scale, position and polarity onto a larger canvas."""
    side = round(28 * 2 ** rng.uniform(-1, 3))
    method = rng.choice([Image.Resampling.NEAREST, Image.Resampling.BILINEAR])
    scaled = np.asarray(Image.fromarray(image).resize((side, side), method))
    before, after = rng.integers(0, 120, (2, 2))
    canvas = np.pad(scaled, np.stack([before, after], axis=1))
    return canvas if rng.random() < 0.5 else 255 - canvas


def milliseconds(function: Callable, drawings: list[Ink]) -> float:
    """Measure the median duration of a call in milliseconds."""
    times = []
    for drawing in drawings:
        begin = time.perf_counter()
        function(drawing)
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def cold_start() -> float:
    """Measure the seconds from the start of a process to its first prediction, best of three."""
    code = "import mnistedu; mnistedu.Recognizer().predict(mnistedu.Ink([[(0, 0), (0, 9)]]))"
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
        times.append(time.perf_counter() - begin)
    return min(times)


if __name__ == "__main__":
    main()
