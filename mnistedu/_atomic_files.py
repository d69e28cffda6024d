"""Atomic file writes: after a crash, a file is either complete or as it was before."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from filelock import lock_descriptor, unlock_descriptor

LOCK_SECONDS = 10.0
"""How long to wait for another process that is writing to the same file."""

LEFTOVER_SECONDS = 24 * 3600.0
"""The age at which a temporary file was certainly left by a process that was killed."""

_PREFIX = ".writing-"
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Return a temporary path that replaces `path` when the block ends without an error.

    The temporary file is in the same folder and has the same suffix, so that the final rename is
    atomic and writers that choose a format by the suffix work. A symbolic link is followed; an
    existing file's mode is kept, and its owner where the system allows it. Temporary files that a
    killed process left in the folder are deleted once they are a day old.

    Parameters
    ----------
    path : str or path-like
        The file to write. Its folder is created if it is missing.

    Yields
    ------
    temporary : pathlib.Path
        Write here. It does not exist yet.

    Raises
    ------
    OSError
        If the file cannot be written; before the block runs, as far as that is known then.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "answer.txt") as temporary:
    ...     _ = temporary.write_text("7")
    >>> [file.name for file in folder.iterdir()]
    ['answer.txt']
    """
    check_writable(path)
    path = Path(os.path.realpath(path))
    _remove_leftovers(path.parent)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=_PREFIX) as folder:
        temporary = Path(folder) / path.name
        try:
            yield temporary
            _copy_permissions(path, temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno in _DISK_ERRORS:
                raise _unchanged(path, error) from error
            raise
        temporary.replace(path)
    _sync_folder(path.parent)


@contextmanager
def atomic_write(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO]:
    """Open a temporary file that replaces `path` when the block ends without an error.

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


def append_line(path: str | os.PathLike[str], line: str) -> None:
    """Append a line to a text file, completely or not at all.

    Several processes may append to the same file. An unfinished last line, left by a process that
    was killed, is ended first. If writing fails, the file is cut back to what it held before.

    Parameters
    ----------
    path : str or path-like
        The file. It is created if it is missing, and so is its folder.
    line : str
        The line, without a newline.

    Raises
    ------
    TimeoutError
        If another process keeps the file locked.
    OSError
        If the file is not a regular one or cannot be written.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "log.txt"
    >>> for digit in "17":
    ...     append_line(path, digit)
    >>> path.read_text().split()
    ['1', '7']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    check_regular(path)
    with path.open("ab+", buffering=0) as file, locked(file):
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        start = "\n" if file.read(1) not in (b"", b"\n") else ""
        rest = f"{start}{line}\n".encode()
        try:
            while rest:  # a disk that fills up takes a part first
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except BaseException as error:
            file.truncate(end)
            if isinstance(error, OSError):
                raise _unchanged(path, error) from error
            raise
    if end == 0:
        _sync_folder(path.parent)


@contextmanager
def locked(file: IO) -> Iterator[None]:
    """Hold the exclusive lock of an open file; other processes wait for it.

    File systems without locks are used without one.

    Parameters
    ----------
    file : file object

    Raises
    ------
    TimeoutError
        If another process does not release it within `LOCK_SECONDS`.

    Examples
    --------
    >>> with tempfile.TemporaryFile() as file, locked(file):
    ...     _ = file.write(b"7")
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while not _try_to_lock(file):
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{file.name} has been locked by another process for more than {LOCK_SECONDS:g} "
                "seconds: end that process, or use another file"
            )
        time.sleep(0.01)
    try:
        yield
    finally:
        with suppress(OSError):
            unlock_descriptor(file.fileno())


def check_regular(path: str | os.PathLike[str]) -> bool:
    """Check that nothing but a regular file is at `path`, so that opening it cannot block.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    exists : bool
        Whether there is a file.

    Raises
    ------
    IsADirectoryError
        If it is a folder.
    OSError
        If it is a pipe or a device, or cannot be looked up.

    Examples
    --------
    >>> check_regular("no-such-file")
    False
    """
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(
            errno.EISDIR, f"{path} is a folder, but a file is needed: name a file in it"
        )
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, f"{path} is a pipe or a device, but a regular file is needed")
    return True


def check_writable(path: str | os.PathLike[str]) -> None:
    """Check that a file can be written at `path`, before a long computation of its content.

    Parameters
    ----------
    path : str or path-like
        The file, which need not exist. Its folder is created if it is missing.

    Raises
    ------
    IsADirectoryError
        If it is a folder.
    PermissionError
        If the file or its folder is write-protected.
    OSError
        If it is a pipe or a device, or there can be no such file for another reason.

    Examples
    --------
    >>> check_writable(Path(tempfile.mkdtemp()) / "model.keras")
    >>> check_writable(tempfile.mkdtemp())
    Traceback (most recent call last):
        ...
    IsADirectoryError: ... is a folder, but a file is needed: name a file in it
    """
    path = Path(os.path.realpath(path))
    try:
        if check_regular(path) and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "it is write-protected")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except IsADirectoryError:
        raise
    except OSError as error:
        raise OSError(
            error.errno, f"{path} cannot be written ({error.strerror}): name another file"
        ) from error


def _try_to_lock(file: IO) -> bool:
    try:
        return lock_descriptor(file.fileno(), blocking=False)
    except OSError:  # this file system has no locks
        return True


def _unchanged(path: Path, error: OSError) -> OSError:
    return OSError(error.errno, f"{path} could not be written ({error.strerror}) and is unchanged")


def _remove_leftovers(folder: Path) -> None:
    """Delete what killed processes left; a running write is younger, or has written lately."""
    for old in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            newest = max(entry.lstat().st_mtime for entry in (old, *old.iterdir()))
            if newest < time.time() - LEFTOVER_SECONDS:
                shutil.rmtree(old)


def _copy_permissions(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        status = source.stat()
        if hasattr(os, "chown"):
            with suppress(OSError):
                os.chown(target, status.st_uid, status.st_gid)
        target.chmod(status.st_mode & 0o777)


def _sync_folder(folder: Path) -> None:
    """Make sure that a folder's new entry survives a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
