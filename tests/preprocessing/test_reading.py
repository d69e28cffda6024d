from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnistedu import normalize
from tests.preprocessing.pictures import EXPECTED, alike, draw_seven

INK = np.zeros((50, 50), np.uint8)
INK[10:40, 20:26] = 255


def encode(kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(INK).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG, JPEG = encode("PNG"), encode("JPEG")
HEADER, END = PNG[:33], PNG[-12:]  # the signature with IHDR; IEND


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEADER + chunk(b"IDAT", b"not zlib") + END, id="pixels that are not zlib"),
        pytest.param(HEADER + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))), id="a bomb"),
        pytest.param(HEADER + chunk(b"iCCP", b"a\0\0nope") + END, id="no pixels"),
        pytest.param(PNG[:20] + b"\0\0\0\0" + PNG[24:], id="height 0"),
        pytest.param(JPEG[:200], id="cut short"),
        pytest.param(b"GIF89a" + b"\xff" * 100, id="gif"),
        pytest.param(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + b"\xff" * 100, id="avif"),
        pytest.param(b"RIFF\x20\0\0\0WEBPVP8 " + b"\xff" * 20, id="webp"),
        pytest.param(b"II*\0\x08\0\0\0\x01\0\0\x01\x04\0\xff\xff\xff\xff\0\0\0\0", id="tiff"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", id="eps"),
    ],
)
def test_a_damaged_file_is_one_clear_error(tmp_path, content):
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"'picture\.png' (cannot be read|is a PostScript)"):
        normalize(path)


def test_a_postscript_program_is_not_run_whoever_opened_it():
    content = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    with pytest.raises(ValueError, match="the PIL image is a PostScript program"):
        normalize(Image.open(io.BytesIO(content)))


def test_damaged_exif_data_is_one_clear_error(tmp_path):
    path = tmp_path / "picture.jpg"
    width = struct.pack("<HHIhxx", 0x0100, 8, 1, -5)  # Pillow cannot write a negative one
    orientation = struct.pack("<HHIHxx", 0x0112, 3, 1, 6)
    tags = b"Exif\0\0II*\0\x08\0\0\0\x02\0" + width + orientation + bytes(4)
    path.write_bytes(JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(tags) + 2) + tags + JPEG[2:])
    with pytest.raises(ValueError, match="cannot be read as an image"):
        normalize(path)


def test_a_damaged_pillow_image_is_one_clear_error():
    image = Image.open(io.BytesIO(PNG[:60]))
    with pytest.raises(ValueError, match="the PIL image cannot be read"):
        normalize(image)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in its file system")
def test_a_pipe_or_a_device_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(ValueError, match="a pipe or a device"):
            normalize(path)


def test_an_overlong_name_is_one_clear_error():
    with pytest.raises(ValueError, match=r"n\.\.\.' cannot be read .* too long"):
        normalize("n" * 10_000)


@pytest.mark.parametrize("shape", [(1, 99_999_999), (99_999_999, 1), (1, 65_536)])
def test_a_side_that_is_too_long_is_refused(shape):
    with pytest.raises(ValueError, match="65,535 on a side, got"):
        normalize(np.broadcast_to(np.uint8(0), shape))


@pytest.mark.parametrize("number", [1e31, -1e300, np.inf, np.longdouble("1e4000")])
def test_a_number_that_is_too_large_is_refused(number):
    with pytest.raises(ValueError, match=r"finite numbers of at most 1e\+30"):
        normalize(np.array([[0, number]]))


def test_large_numbers_do_not_matter():
    for scale in (1e-38, 1e27):
        np.testing.assert_array_equal(normalize(INK * scale), normalize(INK))
        np.testing.assert_array_equal(normalize(INK * -scale), normalize(255 - INK))


@pytest.mark.parametrize("bitmap", [[[10**400]], [[[[[1]]]]], [["a"]], range, [[None]]])
def test_objects_without_numbers_are_refused(bitmap):
    with pytest.raises(ValueError, match="a bitmap must h"):
        normalize(bitmap)


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


def test_exif_orientation_is_applied(tmp_path):
    path = tmp_path / "seven.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    Image.fromarray(np.rot90(255 - draw_seven())).save(path, exif=exif, quality=95)
    assert alike(normalize(path), EXPECTED) > 0.95


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
def test_bad_bitmaps_are_refused(bitmap, error, message):
    with pytest.raises(error, match=message):
        normalize(bitmap)


def test_bad_files_are_refused(tmp_path):
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


def test_a_decompression_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.png"
    Image.new("1", (30_000, 30_000)).save(path)
    with pytest.raises(ValueError, match=r"too large|at most"):
        normalize(path)
    Image.new("1", (11_000, 11_000)).save(path)
    with pytest.raises(ValueError, match="at most"):
        normalize(path)
