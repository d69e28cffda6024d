"""Images with their labels, and a data set split into training, validation and test images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """Images with their labels; unpacks as ``images, labels = split``.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels: 0 is background, 255 is full ink.
    labels : ndarray of shape (n,), dtype uint8
        The digit that each image shows, 0 to 9. Other integer types are converted.

    Raises
    ------
    TypeError
        If the images are not uint8 or the labels are not integers.
    ValueError
        If a shape is wrong, the lengths differ, or a label is not from 0 to 9.

    Examples
    --------
    >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
    >>> images, labels = split
    >>> len(split), labels.dtype.name
    (2, 'uint8')
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        images, labels = np.asarray(self.images), np.asarray(self.labels)
        if images.dtype != np.uint8:
            raise TypeError(
                f"images must be uint8 (0 to 255), got {images.dtype}; for floats in [0, 1] pass "
                "np.rint(images * 255).astype('uint8')"
            )
        if images.ndim != 3 or images.shape[1:] != (28, 28):
            raise ValueError(f"images must have shape (n, 28, 28), got {images.shape}")
        if labels.ndim != 1 or len(labels) != len(images):
            raise ValueError(
                f"labels must have shape ({len(images)},), one for each image, got {labels.shape}"
            )
        if len(labels) and not np.issubdtype(labels.dtype, np.integer):
            raise TypeError(f"labels must be integers from 0 to 9, got dtype {labels.dtype}")
        wrong = np.flatnonzero((labels < 0) | (labels > 9))
        if len(wrong):
            raise ValueError(
                f"labels must be integers from 0 to 9, got {labels[wrong[0]]} at index {wrong[0]}"
            )
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", labels.astype(np.uint8))

    def __iter__(self) -> Iterator[np.ndarray]:
        """Return an iterator over the images and the labels."""
        return iter((self.images, self.labels))

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: slice | np.ndarray) -> Split:
        """Return a subset, selected by a slice or an array of indices or booleans.

        Examples
        --------
        >>> split = Split(np.zeros((5, 28, 28), np.uint8), np.arange(5))
        >>> split[:2].labels
        array([0, 1], dtype=uint8)
        """
        if isinstance(index, (int, np.integer)):
            raise TypeError(
                f"index a split with a slice or an index array, got the integer {index}; "
                f"for one image use split.images[{index}]"
            )
        return Split(self.images[index], self.labels[index])

    def __repr__(self) -> str:
        return f"Split({len(self):,} images of 28x28)"


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, split into training, validation and test images.

    Parameters
    ----------
    train : Split
        For fitting models.
    validation : Split
        For choosing among models and when to stop. May be empty.
    test : Split
        For measuring the final model, once.
    name : str
        The name of the data set, for titles and messages.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> load_digits()
    Dataset 'digits': 1,197 train, 200 validation, 400 test images of 28x28
    """

    train: Split
    validation: Split
    test: Split
    name: str

    def __repr__(self) -> str:
        return (
            f"Dataset {self.name!r}: {len(self.train):,} train, "
            f"{len(self.validation):,} validation, {len(self.test):,} test images of 28x28"
        )
