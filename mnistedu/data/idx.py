"""Reading IDX, the file format of MNIST."""

from __future__ import annotations

import gzip
import math
import os
import reprlib
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from mnistedu._atomic_files import check_regular
from mnistedu.data.errors import CorruptFileError

MOST_BYTES = 2**30
"""The most values that are read; a small compressed file can state far more."""

_UNSIGNED_BYTE = 0x08
_ALIGNMENT = 64  # bytes


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """Read an IDX file of unsigned bytes, compressed by gzip or not.

    An IDX file starts with two zero bytes, a byte for the type of the values and a byte for the
    number of dimensions; then come the sizes as big-endian 32-bit integers, then the values.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    values : ndarray of uint8
        In the shape that the file states; read-only.

    Raises
    ------
    CorruptFileError
        If the file is cut short, too long, too large, or not IDX of unsigned bytes.
    OSError
        If there is no such file, it is not a regular one, or it cannot be read.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "three.idx"
    >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 1, 9]))
    >>> read_idx(path)
    array([7, 1, 9], dtype=uint8)
    """
    check_regular(path)
    with Path(path).open("rb") as file:
        return parse_idx(file, str(path))


def parse_idx(file: BinaryIO, name: str) -> np.ndarray:
    """Read an IDX file that is open.

    No more is decompressed than the header states, and nothing if that is more than `MOST_BYTES`.

    Parameters
    ----------
    file : binary file object
        At its start; it can seek.
    name : str
        What messages call the file.

    Returns
    -------
    values : ndarray of uint8

    Raises
    ------
    CorruptFileError
        As for :func:`read_idx`.

    Examples
    --------
    >>> import io
    >>> parse_idx(io.BytesIO(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 1, 9])), "three")
    array([7, 1, 9], dtype=uint8)
    """
    is_compressed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    try:
        return _parse(cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_compressed else file, name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _corrupt(name, f"is cut short or damaged ({error})") from error


def _parse(stream: BinaryIO, name: str) -> np.ndarray:
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] != _UNSIGNED_BYTE:
        raise _corrupt(
            name,
            "is not an IDX file of unsigned bytes: expected it to start with 00 00 08, got "
            f"{start[:3].hex(' ') or 'nothing'}. Is it an error page that was saved as the file?",
        )
    sizes = stream.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise _corrupt(name, "ends within its header")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    shown, header, n_values = reprlib.repr(shape), 4 + len(sizes), math.prod(shape)
    if n_values > MOST_BYTES:
        raise _corrupt(
            name, f"states the shape {shown}, larger than any known set ({MOST_BYTES:,} bytes)"
        )
    values = stream.read(n_values + 1)
    if len(values) != n_values:
        held = "more" if len(values) > n_values else f"{header + len(values):,}"
        raise _corrupt(
            name,
            f"states the shape {shown}, which takes {header + n_values:,} bytes, but holds {held}",
        )
    try:
        return _align(values).reshape(shape)
    except ValueError as error:
        raise _corrupt(name, f"states a shape that no array can have, {shown}: {error}") from error


def _align(values: bytes) -> np.ndarray:
    """Copy bytes to an address from which JAX trains on a CPU without copying them again."""
    buffer = np.empty(len(values) + _ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % _ALIGNMENT
    aligned = buffer[start : start + len(values)]
    aligned[:] = np.frombuffer(values, np.uint8)
    aligned.flags.writeable = False
    return aligned


def _corrupt(name: str, what: str) -> CorruptFileError:
    end = "" if what.endswith("?") else "."
    return CorruptFileError(f"{name} {what}{end} Delete it and load again.")
