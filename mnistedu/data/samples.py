"""Drawings and what they were meant to be: somebody's own data set, kept in one file."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mnistedu._atomic_files import atomic_write
from mnistedu.inference import CLASSES
from mnistedu.ink import SIZE, Ink

_BEGINNING = '{"label": '  # of every line


class Samples:
    """Drawings with their labels; unpacks as ``images, labels, inks = samples``.

    A file holds one sample a line, as JSON: ``{"label": 1, "strokes": [[[0, 0], [0, 9]]]}``.

    Parameters
    ----------
    path : str or path-like, optional
        A file to keep the samples in. What it already holds is read, and each sample that is added
        is appended at once, so that a crash loses none. Without one they are in memory, until they
        are saved.

    Attributes
    ----------
    images : ndarray of shape (n, 28, 28) and dtype uint8
    labels : ndarray of shape (n,) and dtype uint8
    inks : list of Ink
    counts : ndarray of shape (10,) and dtype int64

    Raises
    ------
    ValueError
        If the file is there and holds anything but samples.

    Warns
    -----
    UserWarning
        If the last line of the file was not written to its end, because of a crash. It is left out.

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
        self._inks: list[Ink] = []
        self._labels: list[int] = []
        self._images: list[np.ndarray] = []
        self._path = None if path is None else Path(path)
        if self._path is not None and self._path.exists() and not self._read(self._path):
            self.save(self._path)

    @property
    def images(self) -> np.ndarray:
        """What :meth:`Ink.to_image` makes of each, uint8 of shape (n, 28, 28)."""
        return np.array(self._images, np.uint8).reshape(-1, SIZE, SIZE)

    @property
    def labels(self) -> np.ndarray:
        """The digit that each shows, uint8 of shape (n,)."""
        return np.array(self._labels, np.uint8)

    @property
    def inks(self) -> list[Ink]:
        """The drawings, in the order in which they were added."""
        return list(self._inks)

    @property
    def counts(self) -> np.ndarray:
        """How many there are of each digit, of shape (10,)."""
        return np.bincount(self.labels, minlength=CLASSES)

    def add(self, ink: Ink, label: int) -> None:
        """Keep a copy of a drawing.

        Parameters
        ----------
        ink : Ink
            Not blank.
        label : int
            The digit that it was meant to be, 0 to 9.

        Raises
        ------
        TypeError
            If the drawing is no ink, or the label no integer.
        ValueError
            If the ink is blank, or the label not from 0 to 9.
        """
        self._keep(ink, label)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(self._line(-1))

    def remove(self, index: int = -1) -> None:
        """Drop one, for instance because its label was wrong.

        Parameters
        ----------
        index : int, default=-1
            Its place in :attr:`inks`; by default the one that was added last.

        Raises
        ------
        IndexError
            If there is no such sample.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} samples, none with the index {index}")
        for column in (self._inks, self._labels, self._images):
            del column[index]
        if self._path is not None:
            self.save(self._path)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all samples to a file, whole or not at all.

        Parameters
        ----------
        path : str or path-like
        """
        with atomic_write(path, "w") as file:
            file.writelines(map(self._line, range(len(self))))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Samples:
        """Read a file that :meth:`save` wrote, or that samples were kept in.

        Parameters
        ----------
        path : str or path-like

        Returns
        -------
        samples : Samples
            In memory: what is added to them does not go to the file.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it holds anything but samples.

        Examples
        --------
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "my-hand.jsonl"
        >>> Samples(path).add(Ink([[(0, 0), (0, 100)]]), 1)
        >>> Samples.load(path)
        Samples(1 drawing: 1 of 1)
        """
        samples = cls()
        samples._read(Path(path))
        return samples

    def _keep(self, ink: Ink, label: int) -> None:
        if not isinstance(ink, Ink):
            raise TypeError(f"a sample's drawing must be an Ink, got {type(ink).__name__}")
        if isinstance(label, bool) or not isinstance(label, (int, np.integer)):
            raise TypeError(f"a label must be an integer from 0 to 9, got {label!r}")
        if not 0 <= label < CLASSES:
            raise ValueError(f"a label must be an integer from 0 to 9, got {label}")
        image = ink.to_image()
        self._inks.append(ink.copy())
        self._labels.append(int(label))
        self._images.append(image)

    def _line(self, index: int) -> str:
        strokes = [points.tolist() for points in self._inks[index].strokes]
        return json.dumps({"label": self._labels[index], "strokes": strokes}) + "\n"

    def _read(self, path: Path) -> bool:
        """Add the samples of a file; tell whether its last line was written to its end."""
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} holds no samples: it is no text file") from error
        *lines, rest = text.split("\n")
        for number, line in enumerate(lines, start=1):
            self._read_line(path, number, line)
        try:
            if rest:
                self._read_line(path, len(lines) + 1, rest)
        except ValueError:
            if rest[: len(_BEGINNING)] != _BEGINNING[: len(rest)]:
                raise
            warnings.warn(
                f"the last sample of {path} was not written to its end and is left out; "
                f"the {len(self)} before it are complete",
                stacklevel=3,
            )
        return not rest

    def _read_line(self, path: Path, number: int, line: str) -> None:
        try:
            sample = json.loads(line)
            self._keep(Ink(sample["strokes"]), sample["label"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f'line {number} of {path} is no sample: expected {_BEGINNING}7, "strokes": '
                f"[[[x, y], ...], ...]}}, got {line!r:.60} ({error})"
            ) from error

    def __iter__(self) -> Iterator[np.ndarray | list[Ink]]:
        """Give the images, the labels, and the inks."""
        return iter((self.images, self.labels, self.inks))

    def __len__(self) -> int:
        return len(self._inks)

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} of {digit}" for digit, n in enumerate(self.counts) if n)
        drawings = f"{len(self)} drawing{'s' * (len(self) != 1)}"
        return f"Samples({drawings}{': ' * bool(counts)}{counts})"
