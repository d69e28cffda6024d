"""The images that a model got wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnistedu.displays.digits import DigitsDisplay

if TYPE_CHECKING:
    from mnistedu.evaluation import Evaluation


class MistakesDisplay(DigitsDisplay):
    """A gallery of mistakes, the surest first: what was seen, what it is, how sure the model was.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28), dtype uint8
    titles : sequence of str
        Answer, true digit and probability of each image.

    Examples
    --------
    >>> from mnistedu import Evaluation, load_digits
    >>> test = load_digits().test
    >>> result = Evaluation.from_predictions(test, np.eye(10)[(test.labels + 1) % 10])
    >>> display = MistakesDisplay.from_evaluation(result, most=5).plot()
    >>> len(display.titles)
    5
    """

    @classmethod
    def from_evaluation(cls, result: Evaluation, *, most: int = 20) -> MistakesDisplay:
        """Take the surest mistakes of an evaluation.

        Parameters
        ----------
        result : Evaluation
        most : int, default=20
            How many to show at the most.

        Returns
        -------
        display : MistakesDisplay

        Raises
        ------
        ValueError
            If there is no mistake to show.
        """
        mistakes = result.mistakes[:most]
        if not mistakes:
            raise ValueError("there is no mistake to show: every image was read rightly")
        return cls(
            np.stack([result.split.images[mistake.index] for mistake in mistakes]),
            [f"{m.label} read as {m.predicted}\n{m.confidence:.0%} sure" for m in mistakes],
        )

    @property
    def alt_text(self) -> str:  # noqa: D102
        stories = "; ".join(title.replace("\n", ", ") for title in self.titles)
        return f"The {len(self.images)} surest mistakes: {stories}."

    def plot(self, *, columns: int = 5) -> MistakesDisplay:
        """Draw the gallery in a new figure.

        Parameters
        ----------
        columns : int, default=5
            How many images a row has.

        Returns
        -------
        display : MistakesDisplay
            Itself.
        """
        super().plot(columns=columns)
        self.figure_.set_size_inches(1.4 * self.axes_.shape[1], 1.75 * self.axes_.shape[0])
        return self
