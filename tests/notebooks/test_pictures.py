"""What the lessons say about their pictures holds on light and on dark pages."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from mnistedu.displays import DigitsDisplay, FeatureMapsDisplay, FiltersDisplay, PixelValuesDisplay
from mnistedu.displays._display import Display

mpl.use("agg")

SOURCES = Path(__file__).parents[2] / "notebooks" / "source"
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
RED, BLUE = (103, 0, 31), (5, 48, 97)  # the ends of Matplotlib's colour map
YELLOW, PURPLE = (253, 231, 37), (68, 1, 84)  # the ends of viridis


@pytest.fixture
def seven(digits) -> np.ndarray:
    return digits.test.images[digits.test.labels == 7][0]


def draw(display: Display, **options: object) -> list[np.ndarray]:
    """Return the light and the dark picture of a display as a notebook shows them."""
    bundle, _ = display.plot(**options)._repr_mimebundle_()
    pictures = re.findall(r'<img class="mnistedu-(\w+)"[^>]*base64,([^"]+)"', bundle["text/html"])
    assert [theme for theme, _ in pictures] == ["light", "dark"]
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), int)
        for _, png in pictures
    ]


def area(picture: np.ndarray, colour: tuple[int, int, int]) -> float:
    """Return the fraction of a picture that has about this colour."""
    return float((np.abs(picture - colour).max(axis=2) < 12).mean())


def says(lesson: str, sentence: str) -> bool:
    (source,) = SOURCES.glob(f"{lesson}-*.py")
    return sentence in " ".join(source.read_text(encoding="utf-8").replace("\n#", " ").split())


def test_digits_are_dark_on_a_light_page_and_light_on_a_dark_one(seven):
    assert says("02", "dark on a light page, light on a dark one")
    ink = (seven > 200).mean()
    for picture, page in zip(draw(DigitsDisplay([seven])), (WHITE, BLACK), strict=True):
        corners = picture[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert np.abs(corners - page).max() < 40
        far = np.abs(picture - corners[0]).min(axis=2) > 150
        assert far.mean() > ink / 4


def test_grey_levels_as_they_are_do_not_depend_on_the_page():
    assert says("02", '`cmap="gray"` they show the pixels as they are: 0 is black and 255 is white')
    assert says("02", "ours is black on white instead of white on black")
    half = np.zeros((28, 28), np.uint8)
    half[:, :14] = 255
    for picture in draw(DigitsDisplay([half]), cmap="gray"):
        height, width = picture.shape[:2]
        middle = picture[height // 3 : -height // 3]
        assert area(middle[:, width // 4 : width // 3], WHITE) == 1
        assert area(middle[:, -width // 3 : -width // 4], BLACK) == 1


def test_numbers_on_enlarged_pixels_are_legible(seven):
    for picture in draw(PixelValuesDisplay(seven, rows=(5, 14), columns=(9, 22))):
        assert area(picture, WHITE) > 0.02
        assert area(picture, BLACK) > 0.02


def test_red_weights_are_positive_and_blue_ones_negative():
    assert says("03", "Ink on red speaks for the digit, ink on blue against it")
    for sign, colour, other in ((1, RED, BLUE), (-1, BLUE, RED)):
        weights = np.zeros((1, 28, 28))
        weights[0, 8:20, 8:20] = sign
        for picture in draw(FiltersDisplay(weights, layer="ten neurons")):
            assert area(picture, colour) > 0.02
            assert area(picture, other) < 0.002  # an end of the colour bar


def test_feature_maps_are_bright_where_the_kernel_responds(seven):
    assert says("04", "bright is where a kernel")
    maps = np.zeros((1, 26, 26))
    maps[0, :, :13] = 1
    for picture in draw(FeatureMapsDisplay(seven, maps, layer="convolution")):
        assert area(picture, YELLOW) > 0.05
        assert abs(area(picture, YELLOW) - area(picture, PURPLE)) < 0.02
        columns = np.flatnonzero((np.abs(picture - YELLOW).max(axis=2) < 12).any(axis=0))
        others = np.flatnonzero((np.abs(picture - PURPLE).max(axis=2) < 12).any(axis=0))
        assert columns.mean() < others.mean()
