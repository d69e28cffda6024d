"""Errors, notes and file names on the command line: one line each, without control characters."""

from __future__ import annotations

import sys

SENTENCES = (OSError, ValueError, TypeError, RuntimeError, ImportError)


def print_error(error: BaseException, file: str | None = None) -> None:
    """Print an error in one line, with the file that it is about."""
    message = in_one_line(error)
    if file and not message.startswith(f"{file}: "):
        message = f"{file}: {message}"
    print(f"mnistedu: {printable(message)}", file=sys.stderr)


def print_note(message: object) -> None:
    """Print a note in one line."""
    print(f"mnistedu: note: {printable(' '.join(str(message).split()))}", file=sys.stderr)


def printable(text: object) -> str:
    r"""Return a text with the characters escaped that a terminal would obey or cannot show.

    Parameters
    ----------
    text : object
        Such as a file's name, which may hold line breaks and control characters.

    Returns
    -------
    text : str

    Examples
    --------
    >>> print(printable("\x1b[2J7.png"))
    \x1b[2J7.png
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in str(text)
    )


def in_one_line(error: BaseException) -> str:
    r"""Return the message of an error without line breaks.

    Parameters
    ----------
    error : BaseException

    Returns
    -------
    line : str
        With the kind of error in front, unless it is one that comes with a sentence.

    Examples
    --------
    >>> in_one_line(ValueError("no digit\n  in here"))
    'no digit in here'
    >>> in_one_line(IsADirectoryError(21, "Is a directory", "photos"))
    'photos: Is a directory'
    >>> in_one_line(KeyError("strokes"))
    "KeyError: 'strokes'"
    >>> in_one_line(MemoryError())
    'MemoryError'
    """
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    message = " ".join(str(error).split())
    if type(error).__module__ == "builtins" and not isinstance(error, SENTENCES):
        message = f"{type(error).__name__}: {message}"
    return message.strip(": ") or type(error).__name__
