"""Accuracy of a model on corrupted images."""

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
    """Accuracy of a model by strength of a corruption.

    Attributes
    ----------
    name : str
        Name of the corruption.
    unit : str
        Unit of the strengths.
    strengths : tuple of float
        Strengths, in ascending order.
    harmless : float
        The strength that does not change the images.
    accuracies : tuple of float
        The accuracy for each strength, in [0, 1].
    """

    name: str
    unit: str
    strengths: tuple[float, ...]
    harmless: float
    accuracies: tuple[float, ...]


@dataclass(frozen=True)
class Robustness:
    """Accuracy of a model under each corruption, as returned by :func:`robustness`.

    Attributes
    ----------
    accuracy : float
        Accuracy on the original images, in [0, 1].
    curves : tuple of RobustnessCurve
        One per corruption.
    mean_accuracy : float
        Mean accuracy over all corruptions and strengths, except the harmless ones.
    """

    accuracy: float
    curves: tuple[RobustnessCurve, ...]

    @property
    def mean_accuracy(self) -> float:  # noqa: D102 - documented as an attribute of the class
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
        """Return all metrics as plain Python numbers, lists and dicts.

        Returns
        -------
        figures : dict
            Maps names to metrics; can be written as JSON.
        """
        return {
            "accuracy": self.accuracy,
            "mean_accuracy": self.mean_accuracy,
            "curves": [curve._asdict() for curve in self.curves],
        }

    def __repr__(self) -> str:
        worst = min(self.curves, key=lambda curve: min(curve.accuracies))
        return (
            f"Robustness: accuracy {self.accuracy:.2%} on the original images, "
            f"{self.mean_accuracy:.2%} on average under {len(self.curves)} corruptions, "
            f"{min(worst.accuracies):.2%} at worst ({worst.name})"
        )


def robustness(
    model: Model, split: Split, *, corruptions: Sequence[str] | None = None, seed: int = 0
) -> Robustness:
    """Evaluate a model on images that are shifted, rotated, sheared, noisy, blurred and so on.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        See :func:`mnistedu.evaluate`.
    split : Split
        Images and labels. Each image is predicted about fifty times: use a subset such as
        ``data.test[:1000]``.
    corruptions : sequence of str, optional
        Names of the corruptions: ``"shift"``, ``"rotation"``, ``"scale"``, ``"shear"``,
        ``"pen width"``, ``"noise"``, ``"blur"``, ``"contrast"``, ``"inversion"``,
        ``"occlusion"``. By default, all.
    seed : int, default=0
        Random seed of the corruptions. All models are evaluated on the same images.

    Returns
    -------
    result : Robustness
        :class:`mnistedu.displays.RobustnessDisplay` plots it.

    Raises
    ------
    TypeError, ValueError
        As in :func:`mnistedu.evaluate`, and if there is no corruption of that name.

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
    for name in names:
        corruption = known[name]
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
