"""What is fuzzed: functions that read bytes, and inputs to start from.

To add one, write a function that takes bytes, passes them on and catches the documented errors
only; register it in `TARGETS` with some valid inputs.
"""

from __future__ import annotations

import atexit
import functools
import gzip
import io
import math
import shutil
import struct
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from mnistedu import Ink, Samples, normalize
from mnistedu.data import CorruptFileError
from mnistedu.data.idx import parse_idx
from tests.fuzz.command_line import run_command
from tests.fuzz.messages import receive_messages
from tests.fuzz.models import read_description, read_model

KINDS = "?bBhHiIqQefdg"  # the dtypes of arrays


@dataclass(frozen=True)
class Target:
    """A function that reads bytes, and inputs to start from.

    Parameters
    ----------
    run : callable
        Returns whether the input is valid; raises an exception if it has an effect that is not
        documented.
    seeds : list of bytes
        Valid ones.
    n_examples : int
        How many inputs the short tests try.
    seconds : float
        What an input may take at most.
    """

    run: Callable[[bytes], bool]
    seeds: list[bytes]
    n_examples: int = 200
    seconds: float = 20.0


def read_idx(content: bytes) -> bool:
    try:
        values = parse_idx(io.BytesIO(content), "fuzzed")
    except CorruptFileError:
        return False
    assert values.dtype == np.uint8
    assert values.size <= 1100 * len(content), "more than gzip can compress"
    return True


def read_unipen(content: bytes) -> bool:
    try:
        samples = Ink.from_unipen(content.decode("latin-1") + "\n")
    except ValueError:
        return False
    for ink, label, writer in samples:
        assert 0 <= label <= 9
        assert writer is None or writer >= 0
        _use_ink(ink)
    return True


def read_ink(content: bytes) -> bool:
    try:
        ink = Ink.from_json(content)
        assert ink == Ink.from_json(content.decode())
    except ValueError:
        return False
    _use_ink(ink)
    return True


def _use_ink(ink: Ink) -> None:
    assert Ink.from_json(ink.to_json()) == ink
    if not ink.blank:
        _check_image(ink.to_image())
        assert ink.to_svg().endswith("</svg>")


def read_samples(content: bytes) -> bool:
    path = _folder() / "samples.jsonl"
    path.write_bytes(content)
    with warnings.catch_warnings(action="ignore"):
        try:
            samples = Samples(path)
        except ValueError:
            return False
        n_samples = len(samples)
        samples.add(Ink([[(0, 0), (0, 9)]]), 1)
        assert path.read_bytes().startswith(content)
        assert len(Samples.load(path)) == len(samples) == n_samples + 1
    return True


def read_picture(content: bytes) -> bool:
    path = _folder() / "picture"
    path.write_bytes(content)
    return _normalize(path)


def read_array(content: bytes) -> bool:
    """Take the dtype, the number of channels and the width from the first bytes."""
    if len(content) < 3:
        return False
    dtype = np.dtype(KINDS[content[0] % len(KINDS)])
    width, n_channels = 1 + content[2], content[1] % 5
    shape = (width, n_channels) if n_channels else (width,)
    height = (len(content) - 3) // (dtype.itemsize * math.prod(shape))
    values = np.frombuffer(content, dtype, height * math.prod(shape), offset=3)
    return _normalize(values.reshape(height, *shape))


def _normalize(bitmap: np.ndarray | Path) -> bool:
    try:
        image = normalize(bitmap)
    except ValueError:
        return False
    _check_image(image)
    return True


def _check_image(image: np.ndarray) -> None:
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.any()


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _picture_seeds() -> list[bytes]:
    digit = np.full((24, 20), 250, np.uint8)
    digit[4:20, 8:11] = 10
    image = Image.fromarray(digit)
    exif = Image.Exif()
    exif[0x0112] = 6
    kinds = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA", "PCX", "SGI")
    kinds += ("JPEG2000", "DDS", "DIB", "IM", "SPIDER", "ICNS", "AVIF")
    seeds = []
    for kind in kinds:
        # Some need a library that Pillow was built without, and some are on their way out.
        with suppress(KeyError, OSError), warnings.catch_warnings(action="ignore"):
            seeds.append(_encode(image, kind))
    seeds += [
        _encode(image.convert("P"), "PNG", transparency=0),
        _encode(image.convert("RGBA"), "PNG"),
        _encode(image.convert("RGB"), "QOI"),
        _encode(image.convert("1"), "PNG"),
        _encode(image.convert("CMYK"), "JPEG"),
        _encode(image, "JPEG", exif=exif, progressive=True),
        _encode(Image.fromarray(digit.astype(np.uint16) * 99), "PNG"),
        _encode(image, "TIFF", compression="tiff_lzw"),
        _encode(image.convert("1"), "TIFF", compression="group4"),
        _encode(image.convert("F"), "TIFF"),
    ]
    return seeds


def _array_seeds() -> list[bytes]:
    digit = np.zeros((24, 20))
    digit[4:20, 8:11] = 1
    seeds = []
    for number, kind in [*enumerate(KINDS), (KINDS.index("B"), "B")]:
        n_channels = (0, 1, 3)[number % 3] if len(seeds) < len(KINDS) else 4
        values = digit[:, :, None].repeat(n_channels, 2) if n_channels else digit
        seeds.append(bytes([number, n_channels, 19]) + (100 * values).astype(kind).tobytes())
    return seeds


_IDX = struct.pack(">HBBII", 0, 8, 2, 2, 3) + bytes(range(6))
_UNIPEN = b""".INCLUDE some.doc
.SEGMENT DIGIT 0 ? "8"
.COMMENT 8 12 224
.PEN_DOWN
 267 333
 267.5 336
.PEN_UP
.DT 100
.SEGMENT DIGIT 1 ? "2"
.PEN_DOWN
 1 2
.PEN_UP
"""
_SAMPLE = b'{"label": 7, "strokes": [[[0, 0], [0, 9.5]], [[1e3, -2]]]}'

TARGETS = {
    "idx": Target(read_idx, [_IDX, gzip.compress(_IDX)]),
    "unipen": Target(read_unipen, [_UNIPEN]),
    "ink": Target(read_ink, [b'{"strokes": [[[0, 0], [0, 9.5]], [[1e3, -2]]]}']),
    "samples": Target(
        read_samples,
        [_SAMPLE + b"\n" + _SAMPLE, _SAMPLE + b'\n{"removed": ' + _SAMPLE + b"}\n"],
    ),
    "pictures": Target(read_picture, _picture_seeds()),
    "arrays": Target(read_array, _array_seeds()),
    "descriptions": Target(read_description, [b""], 50),
    "models": Target(read_model, [b""], 8, seconds=90),
    "messages": Target(receive_messages, [b"", bytes(range(0, 240, 7))], 12),
    "arguments": Target(run_command, [b"\0\1\0", b"\1\1\1\0\0"], 30),
}
"""What is fuzzed, by name."""
