"""What a model reads in a drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnistedu.inference import CLASSES


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model reads in a drawing.

    Attributes
    ----------
    probabilities : ndarray of shape (10,) and dtype float32
        Of the digits 0 to 9; a tenth each for a blank.
    image : ndarray of shape (28, 28) and dtype uint8
        What the model saw.
    confident : bool
        Whether the prediction can be relied on. False for blanks, and where no digit is probable
        enough: scribbles, letters, several digits at once.

    Examples
    --------
    >>> probabilities = np.array([0, 0.95, 0, 0, 0, 0, 0, 0.05, 0, 0], np.float32)
    >>> p = Prediction(probabilities, image=np.ones((28, 28), np.uint8), confident=True)
    >>> p.digit
    1
    >>> [digit for digit, probability in p.top(2)]
    [1, 7]
    """

    probabilities: np.ndarray
    image: np.ndarray
    confident: bool

    @property
    def digit(self) -> int | None:
        """The most probable digit; None for a blank."""
        return int(self.probabilities.argmax()) if self.image.any() else None

    def top(self, k: int = 3) -> list[tuple[int, float]]:
        """Return the most probable digits.

        Parameters
        ----------
        k : int, default=3
            How many, from 1 to 10.

        Returns
        -------
        digits : list of (digit, probability)
            The most probable first.

        Raises
        ------
        ValueError
            If there are not `k` digits.
        """
        if not 1 <= k <= CLASSES:
            raise ValueError(f"k must be from 1 to {CLASSES}, got {k}")
        best = np.argsort(-self.probabilities, kind="stable")[:k]
        return [(int(digit), float(self.probabilities[digit])) for digit in best]

    def __repr__(self) -> str:
        sure = "confident" if self.confident else "not sure"
        return f"Prediction(digit={self.digit}, {self.probabilities.max():.1%}, {sure})"
