"""Errors as a command line says them: one line each."""

from __future__ import annotations

import sys


def say(error: Exception, file: str | None = None) -> None:
    """Print an error, and the file that it is about where the error does not name it."""
    print(": ".join(filter(None, ["mnistedu", file, in_one_line(error)])), file=sys.stderr)


def in_one_line(error: Exception) -> str:
    r"""Give the message of an error without line breaks.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    line : str

    Examples
    --------
    >>> in_one_line(ValueError("no digit\n  in here"))
    'no digit in here'
    >>> in_one_line(IsADirectoryError(21, "Is a directory", "photos"))
    'photos: Is a directory'
    """
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())
