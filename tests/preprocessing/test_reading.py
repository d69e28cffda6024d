import io
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mnistedu import normalize

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


def test_damaged_exif_data_is_one_clear_error(tmp_path):
    path = tmp_path / "picture.jpg"
    tags = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\x7f\0\0\0\0"
    path.write_bytes(JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(tags) + 2) + tags + JPEG[2:])
    try:
        assert normalize(path).shape == (28, 28)
    except ValueError as error:
        assert "cannot be read as an image" in str(error)


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
def test_what_holds_no_numbers_is_refused(bitmap):
    with pytest.raises(ValueError, match="a bitmap must h"):
        normalize(bitmap)
