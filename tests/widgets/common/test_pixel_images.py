"""Arrays as small PNG images."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from mnistedu.widgets.common.pixel_images import (
    GAP,
    as_picture,
    levels,
    picture_html,
    png_url,
    tile,
)


def decode(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,"))))


def test_grey_levels_are_kept() -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(np.asarray(decode(png_url(image))), image)


def test_levels_get_the_colours_of_the_map() -> None:
    picture = as_picture(np.array([[0, 127, GAP - 1]], np.uint8), colormap="viridis")
    colours = mpl.colormaps["viridis"]([0.0, 0.5, 1.0], bytes=True)[:, :3]
    np.testing.assert_allclose(np.asarray(picture.convert("RGB"))[0], colours, atol=2)


@pytest.mark.parametrize(("outlined", "alpha"), [(False, 0), (True, 255)])
def test_the_gap_is_transparent_or_white(outlined: bool, alpha: int) -> None:
    url = png_url(np.full((1, 1), GAP, np.uint8), colormap="viridis", outlined=outlined)
    *white, opacity = decode(url).convert("RGBA").getpixel((0, 0))
    assert white == [255, 255, 255]
    assert opacity == alpha


def test_values_of_no_range_get_one_level() -> None:
    np.testing.assert_array_equal(levels(np.zeros(3), 0, 0), 0)


def test_a_grid_has_gaps_between_its_pictures_and_in_its_empty_places() -> None:
    pictures = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    sheet = tile(pictures, columns=2)
    assert sheet.shape == (5, 5)
    np.testing.assert_array_equal(sheet[:2, :2], pictures[0])
    np.testing.assert_array_equal(sheet[:2, 3:], pictures[1])
    np.testing.assert_array_equal(sheet[3:, :2], pictures[2])
    assert (sheet[2] == GAP).all()
    assert (sheet[:, 2] == GAP).all()
    assert (sheet[3:, 3:] == GAP).all()


def test_a_picture_has_its_alternative_text_and_width() -> None:
    html = picture_html("data:,", alt="A 7", width=56)
    assert 'alt="A 7"' in html
    assert "width:56px" in html
