"""Reading UNIPEN, a text format for collections of handwriting.

References
----------
I. Guyon et al., "UNIPEN project of on-line data exchange and recognizer benchmarks", ICPR 1994.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from mnistedu._atomic_files import check_regular

Points = list[tuple[float, float]]

_LABEL = re.compile(r'^\s*DIGIT\b.*"(\d)"')
_WRITER = re.compile(r"^\.COMMENT\s+\d+\s+(\d{1,18})\b", re.MULTILINE)


def read_unipen(source: str | os.PathLike[str]) -> Iterator[tuple[list[Points], int, int | None]]:
    """Read the labelled digits of a UNIPEN file.

    Parameters
    ----------
    source : str or path-like
        A file, or the text of one.

    Yields
    ------
    strokes : list of list of (x, y)
        In the coordinates of the file: y points up.
    label : int
        From 0 to 9.
    writer : int or None
        The second number of the comment, if there is one.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    OSError
        If the file is not a regular one or cannot be read.
    ValueError
        If the text holds no labelled digit, or a point that is not a pair of numbers.
    """
    if isinstance(source, str) and "\n" in source:
        text = source
    else:
        check_regular(source)
        text = Path(source).read_text(encoding="ascii", errors="replace")
    segments = text.split(".SEGMENT")[1:]
    if not segments:
        raise ValueError("this is not UNIPEN text with labelled digits: it has no .SEGMENT line")
    for segment in segments:
        label = _LABEL.match(segment)
        if label is None:
            raise ValueError(f'a .SEGMENT line must be like DIGIT 0 ? "8", got {segment[:40]!r}')
        writer = _WRITER.search(segment)
        strokes = [list(_read_points(part)) for part in segment.split(".PEN_DOWN")[1:]]
        yield strokes, int(label[1]), int(writer[1]) if writer else None


def _read_points(text: str) -> Iterator[tuple[float, float]]:
    for line in text.split(".PEN_UP")[0].split("\n"):
        if line.strip():
            try:
                x, y = map(float, line.split())
            except ValueError as error:
                raise ValueError(f"a pen's point must be two numbers, got {line!r:.40}") from error
            yield x, y
