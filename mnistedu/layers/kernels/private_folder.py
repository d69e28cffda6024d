"""Folders that only this user can change: compiled programs are trusted nowhere else.

A compiled program is run as it is read. So nobody else may be able to put one into the folder, or
another folder in its place.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import pooch


def program_cache() -> Path:
    """Return the folder for compiled programs in the user's cache.

    Returns
    -------
    folder : pathlib.Path
        It may not exist yet.

    Raises
    ------
    FileNotFoundError
        If this user has no home folder.
    """
    try:
        folder = Path(pooch.os_cache("mnistedu")) / "programs"
    except RuntimeError as error:
        raise FileNotFoundError("this user has no home folder to keep programs in") from error
    if not folder.is_absolute():  # what older versions of platformdirs return instead
        raise FileNotFoundError("this user has no home folder to keep programs in")
    return folder


def private_folder(path: str | os.PathLike[str]) -> Path:
    """Create a folder if it is missing, and check that no other user can change what is in it.

    The folder and all files in it must belong to this user, and the folders above it to this user
    or to root. None of them may be writable by others, except that a folder above may be sticky,
    as ``/tmp`` is, or writable by a group that has no other member. On Windows, where a user's
    folders are private by default, nothing is checked.

    Parameters
    ----------
    path : str or path-like
        The folder.

    Returns
    -------
    folder : pathlib.Path
        The path without symbolic links.

    Raises
    ------
    PermissionError
        If other users can change the folder or a file in it.
    OSError
        If the folder cannot be created or read.

    Examples
    --------
    >>> import tempfile
    >>> folder = private_folder(tempfile.mkdtemp() + "/programs")
    >>> oct(folder.stat().st_mode)
    '0o40700'
    """
    folder = Path(os.path.realpath(path))
    if os.name != "posix":
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    for parent in reversed(folder.parents):
        if not parent.exists():
            parent.mkdir(exist_ok=True)
        _check_parent(parent)
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
    _check_own(folder)
    is_open = bool(folder.stat().st_mode & 0o011)
    for entry in folder.iterdir():
        with suppress(FileNotFoundError):  # a temporary file of another process
            _check_own(entry, is_reachable=is_open)
    return folder


def _check_parent(folder: Path) -> None:
    status = folder.lstat()
    if status.st_uid not in (0, os.geteuid()):
        raise PermissionError(f"{folder} belongs to another user")
    group_can_write = status.st_mode & 0o020 and not _is_own_group(status.st_gid)
    if (status.st_mode & 0o002 or group_can_write) and not status.st_mode & stat.S_ISVTX:
        raise PermissionError(f"other users can write to {folder}")


def _check_own(path: Path, *, is_reachable: bool = True) -> None:
    """Check a folder or a file in it; what others cannot reach they cannot write to either."""
    status = path.lstat()
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise PermissionError(f"{path} is neither a file nor a folder")
    if status.st_uid != os.geteuid():
        raise PermissionError(f"{path} belongs to another user")
    if is_reachable and status.st_mode & 0o022:
        raise PermissionError(f"other users can write to {path}")


def _is_own_group(group_id: int) -> bool:
    """Check whether a group has no member but this user."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(group_id)
    except KeyError:
        return False
    if user.pw_gid != group_id or set(group.gr_mem) - {user.pw_name}:
        return False
    others = (other for other in pwd.getpwall() if other.pw_uid != user.pw_uid)
    return group.gr_name == user.pw_name or all(other.pw_gid != group_id for other in others)
