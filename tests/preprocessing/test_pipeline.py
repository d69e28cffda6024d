"""Any picture of a digit becomes the image that MNIST would have made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnistedu import Ink, normalize, to_input
from mnistedu.preprocessing import steps

SEVEN = Ink([[(40, 30), (200, 30), (90, 250)], [(80, 130), (190, 130)]])


def draw_seven(side: int = 280, pen: int = 16) -> np.ndarray:
    """White on black, by a hand that is not the package's."""
    image = Image.new("L", (side, side))
    for points in SEVEN.strokes:
        path = [tuple(point) for point in (points * side / 280).tolist()]
        ImageDraw.Draw(image).line(path, fill=255, width=max(1, pen * side // 280), joint="curve")
    return np.asarray(image)


def photograph(ink: np.ndarray, *, ruled: bool = False) -> np.ndarray:
    """Put ink, from 0 to 1, on paper in the light of a lamp, and add a camera's noise."""
    y, x = np.mgrid[: ink.shape[0], : ink.shape[1]] / ink.shape[0]
    paper = 0.9 - 0.25 * ((y % 0.1) < 0.006) if ruled else 0.9
    light = 1 - 0.3 * x - 0.2 * y
    noise = np.random.default_rng(0).normal(0, 0.01, ink.shape)
    return np.rint(np.clip(paper * light * (1 - 0.8 * ink) + noise, 0, 1) * 255).astype(np.uint8)


def alike(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of two images, one of them moved by up to a pixel."""
    moved = [np.roll(first, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float(np.corrcoef(image.ravel(), second.ravel())[0, 1]) for image in moved)


EXPECTED = normalize(draw_seven())


def test_a_picture_and_the_ink_it_shows_become_about_the_same_image():
    assert alike(normalize(draw_seven(pen=28)), SEVEN.to_image()) > 0.9


@pytest.mark.parametrize("side", [28, 64, 140, 560, 1500, 8000])
def test_size_does_not_matter(side):
    assert alike(normalize(draw_seven(side)), EXPECTED) > 0.9


def test_place_does_not_matter():
    np.testing.assert_array_equal(normalize(np.pad(draw_seven(), ((0, 200), (90, 10)))), EXPECTED)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda seven: 255 - seven, id="dark on bright"),
        pytest.param(lambda seven: seven / 255, id="floats to 1"),
        pytest.param(lambda seven: seven > 127, id="bool"),
        pytest.param(lambda seven: seven.astype(np.uint16) * 257, id="16 bit"),
        pytest.param(lambda seven: seven.astype(np.int32) - 1000, id="below zero"),
        pytest.param(lambda seven: (seven / 4 + 100).astype(np.uint8), id="faint"),
        pytest.param(lambda seven: seven[:, :, None], id="one channel"),
        pytest.param(lambda seven: np.stack([seven] * 3, axis=-1), id="rgb"),
        pytest.param(
            lambda seven: np.stack([seven * 0 + 255, 255 - seven, 255 - seven], axis=-1), id="red"
        ),
        pytest.param(lambda seven: seven.tolist(), id="list"),
        pytest.param(np.asfortranarray, id="fortran order"),
        pytest.param(lambda seven: np.stack([seven * 0] * 3 + [seven], axis=-1), id="black ink"),
        pytest.param(
            lambda seven: np.stack([seven * 0 + 255] * 3 + [seven], axis=-1), id="white ink"
        ),
    ],
)
def test_every_kind_of_array_gives_the_same_image(make):
    assert alike(normalize(make(draw_seven())), EXPECTED) > 0.98


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "I;16", "F"])
def test_every_kind_of_pillow_image_gives_the_same_image(mode):
    image = Image.fromarray(255 - draw_seven()).convert("RGB" if mode == "CMYK" else "L")
    assert alike(normalize(image.convert(mode)), EXPECTED) > 0.98


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".gif", ".tif", ".webp"])
@pytest.mark.parametrize("kind", [Path, str])
def test_every_kind_of_file_gives_the_same_image(tmp_path, suffix, kind):
    path = tmp_path / f"seven{suffix}"
    Image.fromarray(255 - draw_seven()).save(path)
    assert alike(normalize(kind(path)), EXPECTED) > 0.95


def test_a_16_bit_file_is_read_in_full(tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(draw_seven().astype(np.uint16) * 200 + 900).save(path)
    assert alike(normalize(path), EXPECTED) > 0.98


def test_a_photo_taken_sideways_is_turned_upright(tmp_path):
    path = tmp_path / "seven.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    Image.fromarray(np.rot90(255 - draw_seven())).save(path, exif=exif, quality=95)
    assert alike(normalize(path), EXPECTED) > 0.95


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("chalk", [False, True])
def test_light_ruling_and_noise_do_not_matter(ruled, chalk):
    photo = photograph(draw_seven(560) / 255, ruled=ruled)
    assert alike(normalize(255 - photo if chalk else photo), EXPECTED) > 0.9


def test_a_shadow_does_not_matter():
    photo = photograph(draw_seven(560) / 255)
    photo[:, 300:] //= 2
    assert alike(normalize(photo), EXPECTED) > 0.9


def test_specks_do_not_matter():
    speckled = np.pad(draw_seven(), 100)
    speckled[::67, ::71] = 255
    assert alike(normalize(speckled), EXPECTED) > 0.98


@pytest.mark.parametrize("polarity", [0, 255])
def test_thick_ink_on_a_small_canvas_is_not_taken_for_the_ground(polarity):
    canvas = np.zeros((100, 100), np.uint8)
    canvas[12:88, 12:88] = 255
    canvas[30:34, 20:90] = 100
    image = normalize(np.abs(polarity - canvas.astype(int)))
    assert image[14, 14] == 255
    assert image[:4].max() == 0


def test_thin_lines_do_not_fade():
    assert normalize(draw_seven(pen=2)).max() == 255


def test_mnist_stays_as_it_is(mnist):
    images = mnist.validation.images[:300]
    changes = [np.abs(normalize(image).astype(int) - image).mean() for image in images]
    assert np.mean(changes) < 0.2


def test_normalizing_twice_changes_nothing(digits):
    for image in digits.test.images[:50]:
        once = normalize(image)
        assert alike(normalize(once), once) > 0.99


@pytest.mark.parametrize(
    "blank",
    [
        np.zeros((50, 50)),
        np.full((280, 280, 3), 255, np.uint8),
        np.zeros((1, 1)),
        np.ones((9, 400)),
    ],
)
def test_a_blank_picture_is_refused(blank):
    pictures = steps(blank)
    assert list(pictures) == ["grey", "ink", "image"]
    assert not pictures["image"].any()
    with pytest.raises(ValueError, match="the picture is blank: no ink was found"):
        normalize(blank)


def test_a_photo_of_blank_paper_is_refused():
    with pytest.raises(ValueError, match="the picture is blank"):
        normalize(photograph(np.zeros((300, 300))))


def test_steps_end_with_the_image_and_are_named_in_order():
    pictures = steps(255 - draw_seven())
    assert list(pictures) == ["grey", "ink", "crop", "box", "image"]
    np.testing.assert_array_equal(pictures["image"], EXPECTED)
    assert max(pictures["box"].shape) == 20
    for name in ("grey", "ink", "crop", "box"):
        assert 0 <= pictures[name].min() <= pictures[name].max() <= 1


def test_a_small_digit_on_a_large_page_is_found():
    page = np.zeros((6000, 4000), np.uint8)
    page[5000:5064, 700:764] = draw_seven(64)
    assert alike(normalize(page), normalize(draw_seven(64))) > 0.95


def test_the_picture_is_not_changed():
    seven = draw_seven().copy()
    before = seven.copy()
    normalize(seven)
    np.testing.assert_array_equal(seven, before)


@pytest.mark.parametrize(
    ("bitmap", "error", "message"),
    [
        (np.full((5, 5), np.nan), ValueError, "finite"),
        (np.array([[0, np.inf]]), ValueError, "finite"),
        (np.empty((0, 5)), ValueError, r"got \(0, 5\)"),
        ([], ValueError, "shape"),
        (np.zeros(784), ValueError, r"got \(784,\)"),
        (np.zeros((10, 28, 28)), ValueError, "one by one"),
        (np.zeros((28, 28, 2)), ValueError, r"got \(28, 28, 2\)"),
        (7, ValueError, r"got \(\)"),
        ([[1, 2], [3]], ValueError, "rectangle"),
        (np.array([["a", "b"]]), ValueError, "numbers"),
        (np.zeros((5, 5), complex), ValueError, "numbers"),
        (np.array([[None]]), ValueError, "numbers"),
        (None, TypeError, "NoneType"),
        (b"\x89PNG", TypeError, "bytes"),
        ({}, TypeError, "dict"),
        (np.broadcast_to(np.uint8(0), (20_000, 20_000)), ValueError, "at most 100,000,000 pixels"),
    ],
)
def test_bad_bitmaps_get_one_clear_error(bitmap, error, message):
    with pytest.raises(error, match=message):
        normalize(bitmap)


def test_bad_files_get_one_clear_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="no image file"):
        normalize(tmp_path / "missing.png")
    with pytest.raises(ValueError, match="cannot be read"):
        normalize(tmp_path)
    text = tmp_path / "text.png"
    text.write_text("no image")
    with pytest.raises(ValueError, match=r"'text\.png' cannot be read as an image"):
        normalize(text)
    whole, broken = tmp_path / "whole.png", tmp_path / "broken.png"
    Image.fromarray(draw_seven()).save(whole)
    broken.write_bytes(whole.read_bytes()[:300])
    with pytest.raises(ValueError, match=r"broken\.png"):
        normalize(broken)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.png"
    Image.new("1", (30_000, 30_000)).save(path)
    with pytest.raises(ValueError, match=r"too large|at most"):
        normalize(path)
    Image.new("1", (11_000, 11_000)).save(path)
    with pytest.raises(ValueError, match="at most"):
        normalize(path)


def test_to_input_scales_and_adds_what_models_expect():
    images = np.arange(3 * 784, dtype=np.int64).reshape(3, 28, 28).astype(np.uint8)
    x = to_input(images)
    assert x.shape == (3, 28, 28, 1)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x[..., 0], images / 255, rtol=1e-6)
    np.testing.assert_array_equal(to_input(images[0]), x[:1])
    assert to_input(images[:0]).shape == (0, 28, 28, 1)


@pytest.mark.parametrize(
    "images",
    [np.zeros((28, 28)), np.zeros((2, 28, 27), np.uint8), np.zeros((1, 28, 28, 1), np.uint8), "7"],
)
def test_to_input_refuses_everything_else(images):
    with pytest.raises(ValueError, match="images must have shape"):
        to_input(images)
