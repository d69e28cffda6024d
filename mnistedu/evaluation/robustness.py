"""How much a model's accuracy suffers from images that are a little, or much, unlike MNIST's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mnistedu.data import Split
from mnistedu.evaluation.corruptions import CORRUPTIONS
from mnistedu.evaluation.result import evaluate

if TYPE_CHECKING:
    from mnistedu.inference.any_model import Model


class RobustnessCurve(NamedTuple):
    """A model's accuracy over the strengths of one corruption.

    Attributes
    ----------
    name : str
        Which corruption.
    unit : str
        What the strengths count.
    strengths : tuple of float
        Ascending.
    harmless : float
        The strength that leaves images as they are.
    accuracies : tuple of float
        One for each strength, in [0, 1].
    """

    name: str
    unit: str
    strengths: tuple[float, ...]
    harmless: float
    accuracies: tuple[float, ...]


@dataclass(frozen=True)
class Robustness:
    """A model's accuracy under each corruption; made by :func:`robustness`.

    Attributes
    ----------
    accuracy : float
        On the images as they are, in [0, 1].
    curves : tuple of RobustnessCurve
        One for each corruption.
    mean_accuracy : float
        Over all corruptions and their harmful strengths.
    """

    accuracy: float
    curves: tuple[RobustnessCurve, ...]

    @property
    def mean_accuracy(self) -> float:  # noqa: D102 - see the class
        return float(
            np.mean(
                [
                    accuracy
                    for curve in self.curves
                    for strength, accuracy in zip(curve.strengths, curve.accuracies, strict=True)
                    if strength != curve.harmless
                ]
            )
        )

    def to_dict(self) -> dict[str, object]:
        """Give all figures as plain numbers, lists and dicts.

        Returns
        -------
        figures : dict
        """
        return {
            "accuracy": self.accuracy,
            "mean_accuracy": self.mean_accuracy,
            "curves": [curve._asdict() for curve in self.curves],
        }

    def __repr__(self) -> str:
        worst = min(self.curves, key=lambda curve: min(curve.accuracies))
        return (
            f"Robustness: accuracy {self.accuracy:.2%} on the images as they are, "
            f"{self.mean_accuracy:.2%} on average under {len(self.curves)} corruptions, "
            f"{min(worst.accuracies):.2%} at worst ({worst.name})"
        )


def robustness(
    model: Model, split: Split, *, corruptions: Sequence[str] | None = None, seed: int = 0
) -> Robustness:
    """Measure a model on images that are shifted, turned, slanted, noisy, blurred and so on.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        As for :func:`mnistedu.evaluate`.
    split : Split
        The images and labels. Each is asked for some fifty times: ``data.test[:1000]`` will do.
    corruptions : sequence of str, optional
        Which ones: ``"shift"``, ``"rotation"``, ``"scale"``, ``"shear"``, ``"pen width"``,
        ``"noise"``, ``"blur"``, ``"contrast"``, ``"inversion"``, ``"occlusion"``. All by default.
    seed : int, default=0
        Decides directions, places and noise; all models meet the same images.

    Returns
    -------
    result : Robustness
        :class:`mnistedu.displays.RobustnessDisplay` shows it.

    Raises
    ------
    TypeError, ValueError
        As for :func:`mnistedu.evaluate`, and if there is no corruption of that name.

    References
    ----------
    N. Mu and J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", arXiv:1906.02337,
    2019.

    Examples
    --------
    >>> import mnistedu
    >>> test = mnistedu.load_digits().test
    >>> guess = lambda images: np.full((len(images), 10), 0.1)
    >>> result = robustness(guess, test, corruptions=["rotation"])
    >>> result.curves[0].strengths
    (0, 10, 20, 30, 45, 60)
    """
    known = {corruption.name: corruption for corruption in CORRUPTIONS}
    names = list(known) if corruptions is None else list(corruptions)
    if not names or not set(names) <= set(known):
        raise ValueError(f"corruptions must be some of {', '.join(known)}, got {names}")
    clean = evaluate(model, split).accuracy
    curves = []
    for corruption in map(known.get, names):
        accuracies = []
        for strength in corruption.strengths:
            if strength == corruption.harmless:
                accuracies.append(clean)
                continue
            images = corruption.apply(split.images, strength, np.random.default_rng(seed))
            accuracies.append(evaluate(model, Split(images, split.labels)).accuracy)
        curves.append(
            RobustnessCurve(
                corruption.name,
                corruption.unit,
                corruption.strengths,
                corruption.harmless,
                tuple(accuracies),
            )
        )
    return Robustness(clean, tuple(curves))
