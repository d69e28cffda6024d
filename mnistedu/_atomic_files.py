"""Files that are either whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path that replaces `path` when the block ends without an error.

    The temporary file lies in the same folder and has the same suffix, so that the final rename is
    atomic and writers that look at the suffix (Keras's, for one) do the right thing.

    Parameters
    ----------
    path : str or path-like
        The file to write. Its folder is made if it is missing.

    Yields
    ------
    temporary : pathlib.Path
        Write here. It does not exist yet.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "answer.txt") as temporary:
    ...     _ = temporary.write_text("7")
    >>> [file.name for file in folder.iterdir()]
    ['answer.txt']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        temporary = Path(folder) / path.name
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)


@contextmanager
def atomic_write(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO]:
    """Open a file that takes its place at `path` only once it is written whole.

    Parameters
    ----------
    path : str or path-like
        The file to write.
    mode : {"wb", "w"}, default="wb"
        Bytes, or text in UTF-8.

    Yields
    ------
    file : file object

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "answer.txt"
    >>> with atomic_write(path, "w") as file:
    ...     _ = file.write("7")
    >>> path.read_text()
    '7'
    """
    encoding = None if "b" in mode else "utf-8"
    with atomic_path(path) as temporary, temporary.open(mode, encoding=encoding) as file:
        yield file
