"""Types of command line arguments that several commands take."""

from __future__ import annotations

import argparse


def port(text: str) -> int:
    """Parse a TCP port.

    Examples
    --------
    >>> port("8888")
    8888
    """
    return _whole_number(text, 1, 2**16 - 1)


def count(text: str) -> int:
    """Parse a positive whole number.

    Examples
    --------
    >>> count("12")
    12
    """
    return _whole_number(text, 1, 10**9)


def seed(text: str) -> int:
    """Parse a seed of random numbers.

    Examples
    --------
    >>> seed("0")
    0
    """
    return _whole_number(text, 0, 2**32 - 1)


def _whole_number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text[:20]) <= most):
        raise argparse.ArgumentTypeError(
            f"must be a whole number from {least} to {most}, got {text!r}"
        )
    return int(text)
