"""The prediction of a model for one drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnistedu.inference import CLASSES


@dataclass(frozen=True, eq=False)
class Prediction:
    """Prediction of a model for one drawing.

    Attributes
    ----------
    probabilities : ndarray of shape (10,), dtype float32
        Probability of each digit; 0.1 each for a blank drawing.
    image : ndarray of shape (28, 28), dtype uint8
        The image that the model predicted from.
    confident : bool
        Whether the largest probability reaches the threshold. False for blank drawings, and usually
        for scribbles, letters and several digits at once.

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
        """Return the most probable digit.

        Returns
        -------
        digit : int or None
            None for a blank drawing.
        """
        return int(self.probabilities.argmax()) if self.image.any() else None

    def top(self, k: int = 3) -> list[tuple[int, float]]:
        """Return the most probable digits.

        Parameters
        ----------
        k : int, default=3
            Number of digits, from 1 to 10.

        Returns
        -------
        digits : list of (int, float)
            The digits and their probabilities, the most probable first.

        Raises
        ------
        ValueError
            If `k` is not from 1 to 10.
        """
        if not 1 <= k <= CLASSES:
            raise ValueError(f"k must be from 1 to {CLASSES}, got {k}")
        best = np.argsort(-self.probabilities, kind="stable")[:k]
        return [(int(digit), float(self.probabilities[digit])) for digit in best]

    def __repr__(self) -> str:
        confidence = "confident" if self.confident else "not sure"
        return f"Prediction(digit={self.digit}, {self.probabilities.max():.1%}, {confidence})"
