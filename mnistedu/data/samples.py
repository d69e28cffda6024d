"""Samples: drawings with the digits they were meant to be, in memory or in a file."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mnistedu._atomic_files import append_line, atomic_write, check_regular, locked
from mnistedu.inference import CLASSES
from mnistedu.ink import SIZE, Ink

_LINE_START = b'{"label": '
_MOST_NAMED = 10  # damaged lines that a warning lists


class Samples:
    """Drawings with their labels; unpacks as ``images, labels, inks = samples``.

    A file holds one sample per line, as JSON: ``{"label": 1, "strokes": [[[0, 0], [0, 9]]]}``.
    It is only ever appended to: ``{"removed": {"label": ..., "strokes": ...}}`` removes the last
    sample above it that is equal. So several kernels may keep their samples in one file.

    Parameters
    ----------
    path : str or path-like, optional
        A file to keep the samples in. Those that it already holds are loaded; from then on each
        change is written to it at once. Without a file, samples are in memory until they are saved.

        Changes that another process makes later are kept in the file, but are not visible here:
        open the file again to see them.

    Attributes
    ----------
    images : ndarray of shape (n, 28, 28) and dtype uint8
    labels : ndarray of shape (n,) and dtype uint8
    inks : list of Ink
    counts : ndarray of shape (10,) and dtype int64

    Raises
    ------
    ValueError
        If the file exists, but holds no samples.
    OSError
        If the file cannot be read or is locked by another process.

    Warns
    -----
    UserWarning
        If some lines of the file are damaged, for instance cut short by a crash. The warning names
        them. They are skipped, but stay in the file.

    Examples
    --------
    >>> samples = Samples()
    >>> samples.add(Ink([[(0, 0), (0, 100)]]), 1)
    >>> samples.add(Ink([[(0, 0), (60, 0), (20, 100)]]), 7)
    >>> samples
    Samples(2 drawings: 1 of 1, 1 of 7)
    >>> images, labels, inks = samples
    >>> images.shape, labels
    ((2, 28, 28), array([1, 7], dtype=uint8))
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._samples: list[_Sample] = []
        self._path = None if path is None else Path(path)
        if self._path is not None and check_regular(self._path):
            self._read(self._path)

    @property
    def images(self) -> np.ndarray:
        """The images that :meth:`Ink.to_image` renders, uint8 of shape (n, 28, 28)."""
        images = [sample.image for sample in self._samples]
        return np.array(images, np.uint8).reshape(-1, SIZE, SIZE)

    @property
    def labels(self) -> np.ndarray:
        """The digit that each drawing shows, uint8 of shape (n,)."""
        return np.array([sample.label for sample in self._samples], np.uint8)

    @property
    def inks(self) -> list[Ink]:
        """The drawings, in the order in which they were added."""
        return [sample.ink for sample in self._samples]

    @property
    def counts(self) -> np.ndarray:
        """The number of drawings of each digit, of shape (10,)."""
        return np.bincount(self.labels, minlength=CLASSES)

    def add(self, ink: Ink, label: int) -> None:
        """Add a copy of a drawing.

        Parameters
        ----------
        ink : Ink
            Not blank.
        label : int
            The digit that it was meant to be, 0 to 9.

        Raises
        ------
        TypeError
            If the drawing is not an ink or the label is not an integer.
        ValueError
            If the ink is blank or the label is not from 0 to 9.
        OSError
            If the file cannot be written. Then the drawing is not added.
        """
        sample = _Sample.create(ink, label)
        self._append(sample.line)
        self._samples.append(sample)

    def remove(self, index: int = -1) -> None:
        """Remove a drawing, for instance because its label was wrong.

        In the file it is only marked as removed. Of several equal samples the last one is removed.

        Parameters
        ----------
        index : int, default=-1
            Its index in :attr:`inks`; by default that of the last one.

        Raises
        ------
        IndexError
            If there is no such sample.
        OSError
            If the file cannot be written. Then the drawing is not removed.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} samples, none with the index {index}")
        sample = self._samples[index]
        self._append(f'{{"removed": {sample.line}}}')
        self._drop(sample)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all samples to a file, atomically.

        An existing file is replaced, unless it is the one that the samples are kept in: that one is
        up to date, and other processes may have added to it.

        Parameters
        ----------
        path : str or path-like

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        exists = check_regular(path)
        if exists and self._path is not None and self._path.exists() and self._path.samefile(path):
            return
        with atomic_write(path, "w") as file:
            file.writelines(sample.line + "\n" for sample in self._samples)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Samples:
        """Load samples into memory from a file that :meth:`save` wrote, or that was kept.

        Parameters
        ----------
        path : str or path-like

        Returns
        -------
        samples : Samples
            Without a file: what is added to them stays in memory.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it holds no samples.
        OSError
            If it cannot be read or is locked by another process.

        Warns
        -----
        UserWarning
            If some lines of the file are damaged. The warning names them; they are skipped.

        Examples
        --------
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "my-hand.jsonl"
        >>> Samples(path).add(Ink([[(0, 0), (0, 100)]]), 1)
        >>> Samples.load(path)
        Samples(1 drawing: 1 of 1)
        """
        samples = cls()
        check_regular(path)
        samples._read(Path(path))
        return samples

    def _append(self, line: str) -> None:
        if self._path is not None:
            append_line(self._path, line)

    def _drop(self, sample: _Sample) -> None:
        """Remove the last sample that is equal, if there is one."""
        for index in reversed(range(len(self))):
            if self._samples[index].line == sample.line:
                del self._samples[index]
                return

    def _read(self, path: Path) -> None:
        """Apply the lines of a file in order; warn of damaged ones."""
        with path.open("rb") as file, locked(file):
            lines = file.read().split(b"\n")
        n_whole = 0
        damaged = {}
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    self._apply(line)
                    n_whole += 1
                except ValueError as error:
                    damaged[number] = error
        if not damaged:
            return
        first = min(damaged)
        if not n_whole and not all(_is_torn(lines[n - 1], damaged[n]) for n in damaged):
            raise ValueError(
                f"{path} holds no samples: line {first} {damaged[first]}"
            ) from damaged[first]
        _warn_of_damage(path, damaged, len(self))

    def _apply(self, line: bytes) -> None:
        try:
            record = json.loads(line)
            is_removal = "removed" in record
            if is_removal:
                record = record["removed"]
            sample = _Sample.create(Ink(record["strokes"]), record["label"])
        except (KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            raise ValueError(
                f'is not a sample: expected {_LINE_START.decode()}7, "strokes": '
                f"[[[x, y], ...], ...]}}, got {line[:60]!r} ({_reason(error)})"
            ) from error
        if is_removal:
            self._drop(sample)
        else:
            self._samples.append(sample)

    def __iter__(self) -> Iterator[np.ndarray | list[Ink]]:
        """Return an iterator over the images, the labels and the inks."""
        return iter((self.images, self.labels, self.inks))

    def __len__(self) -> int:
        return len(self._samples)

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} of {digit}" for digit, n in enumerate(self.counts) if n)
        drawings = f"{len(self)} drawing{'s' * (len(self) != 1)}"
        return f"Samples({drawings}{': ' * bool(counts)}{counts})"


class _Sample(NamedTuple):
    ink: Ink
    label: int
    image: np.ndarray
    line: str  # in the file; equal samples have equal lines

    @classmethod
    def create(cls, ink: Ink, label: int) -> _Sample:
        if not isinstance(ink, Ink):
            raise TypeError(f"a sample's drawing must be an Ink, got {type(ink).__name__}")
        if isinstance(label, bool) or not isinstance(label, (int, np.integer)):
            raise TypeError(f"a label must be an integer from 0 to 9, got {label!r}")
        if not 0 <= label < CLASSES:
            raise ValueError(f"a label must be an integer from 0 to 9, got {label}")
        strokes = [points.tolist() for points in ink.strokes]
        line = json.dumps({"label": int(label), "strokes": strokes})
        return cls(ink.copy(), int(label), ink.to_image(), line)


def _reason(error: Exception) -> str:
    return f"there is no {error}" if isinstance(error, KeyError) else str(error)


def _is_torn(line: bytes, error: ValueError) -> bool:
    """Return whether a line could be the start of a sample that was not written to its end."""
    is_cut = isinstance(error.__cause__, json.JSONDecodeError)
    return is_cut and line.startswith(_LINE_START[: len(line)])


def _warn_of_damage(path: Path, damaged: dict[int, ValueError], n_loaded: int) -> None:
    first, *others = damaged
    rest = len(others) - _MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    numbers = ", ".join(map(str, [first, *others[:_MOST_NAMED]]))
    warnings.warn(
        f"{path}: skipped damaged line{'s' * bool(others)} {numbers}{more} and loaded {n_loaded} "
        f"sample{'s' * (n_loaded != 1)}; the file was not changed. Line {first} {damaged[first]}",
        stacklevel=4,
    )
