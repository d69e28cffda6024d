"""The files that commands write: checked before the work, saved elsewhere if writing fails."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mnistedu.cli.errors import in_one_line, print_note


def check_writable(path: Path) -> None:
    """Check that a file can be written, before work that would otherwise be lost.

    Makes the file's folder if it is missing, with a note.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    OSError
        If something other than a file is there, or its folder cannot be made or written.

    Examples
    --------
    >>> check_writable(Path("."))
    Traceback (most recent call last):
        ...
    IsADirectoryError: cannot write .: it is a folder; name a file in it
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(f"cannot write {path}: it is a folder; name a file in it")
        if path.exists() and not path.is_file():
            raise OSError(f"cannot write {path}: it is not a regular file")
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            print_note(f"made the folder {path.parent}")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(f"cannot write {path}: {error.strerror}") from error


def save_or_rescue(save: Callable[[Path], object], path: Path) -> Path:
    """Save to a path, or where that fails to the home folder or the folder for temporary files.

    Parameters
    ----------
    save : callable
        Writes to the path that it gets.
    path : pathlib.Path

    Returns
    -------
    path : pathlib.Path

    Raises
    ------
    OSError
        If saving to `path` failed. The message says where the file is instead.
    """
    try:
        save(path)
    except Exception as error:
        reason = f"cannot write {path}: {in_one_line(error)}"
        name = f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}.keras"
        for folder in (Path.home, lambda: Path(tempfile.gettempdir())):
            try:
                rescued = folder() / name
                save(rescued)
            except Exception:
                continue
            raise OSError(f"{reason}; saved as {rescued} instead") from error
        raise OSError(f"{reason}; it could not be saved anywhere else either") from error
    return path
