"""Reading IDX, the file format of MNIST."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from mnistedu.data.errors import CorruptFileError

_UNSIGNED_BYTE = 0x08


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """Read an IDX file of unsigned bytes, compressed by gzip or not.

    An IDX file opens with two zero bytes, a byte for the type of the values and a byte for the
    number of dimensions; then come the sizes as big-endian 32-bit integers, then the values.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    values : ndarray of uint8
        In the shape that the file states.

    Raises
    ------
    CorruptFileError
        If the file is cut short, too long, or not IDX of unsigned bytes.

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
    path = Path(path)
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise CorruptFileError(
                f"{path} is cut short or damaged ({error}). Delete it and load again."
            ) from error
    return _parse(content, path)


def _parse(content: bytes, path: Path) -> np.ndarray:
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE:
        raise CorruptFileError(
            f"{path} is not an IDX file of unsigned bytes: expected it to open with 00 00 08, got "
            f"{content[:3].hex(' ') or 'nothing'}. Is it an error page that was saved as the file? "
            "Delete it and load again."
        )
    header = 4 + 4 * content[3]
    if len(content) < header:
        raise CorruptFileError(f"{path} ends within its header. Delete it and load again.")
    shape = tuple(int(size) for size in np.frombuffer(content[4:header], ">u4"))
    expected = header + math.prod(shape)
    if len(content) != expected:
        raise CorruptFileError(
            f"{path} states the shape {shape}, which takes {expected:,} bytes, but holds "
            f"{len(content):,}. Delete it and load again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
