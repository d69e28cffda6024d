"""Teaching a recogniser somebody's hand from a few drawings: its last layer learns anew.

The layers before it keep what they have learnt of lines and shapes, so what they make of each image
is computed only once, and the last layer alone takes some hundredths of a second. It learns from
the drawings, each written again in several ways, and beside them goes on answering as before on
digits of other people, so that it forgets nothing: that is called rehearsal [1]_, and taking the
model's own former answers for the truth is called distillation [2]_.

References
----------
.. [1] A. Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", Connection Science 7(2),
   1995.
.. [2] Z. Li and D. Hoiem, "Learning without Forgetting", ECCV 2016.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from tqdm.auto import tqdm

from mnistedu.data import Samples, load_digits
from mnistedu.inference import CLASSES
from mnistedu.ink import Ink
from mnistedu.ink.augmentation import random_affine, random_image
from mnistedu.recognition.blas_threads import limit_blas_threads
from mnistedu.recognition.classifier_head import LastLayer, Network

TIMES = 10  # that each drawing is written again
DRAWN = 0.3  # what the drawings weigh; the rest is for what must not be forgotten
PENALTY = 3e-5  # on moving the weights away from where they were
FOLDS = 5  # of the check: each part of the drawings is read by a copy that learnt from the others
_BATCH = 64  # images between two reports of progress


@dataclass(frozen=True)
class Adaptation:
    """What came of the teaching.

    Attributes
    ----------
    last_layer : LastLayer
        The new one.
    count : int
        How many drawings there were.
    before, after : int
        How many of them were read right: by the network as it was; and after it had been taught,
        each by a copy that had not seen that drawing, only the others.

    Examples
    --------
    >>> layer = LastLayer(np.zeros((3, 10)), np.zeros(10))
    >>> print(Adaptation(layer, count=50, before=41, after=49))
    Read right before: 41 of 50 drawings. After: 49 of 50, each by a copy that saw only the others.
    """

    last_layer: LastLayer
    count: int
    before: int
    after: int

    def __str__(self) -> str:
        return (
            f"Read right before: {self.before} of {self.count} drawings. After: {self.after} of "
            f"{self.count}, each by a copy that saw only the others."
        )


@limit_blas_threads()
def adapt(
    network: Network,
    samples: Samples,
    *,
    progress: Callable[[float], None] = lambda share: None,
    seed: int = 0,
) -> Adaptation:
    """Teach the last layer of a network from somebody's drawings.

    Parameters
    ----------
    network : Network
        Stays as it is.
    samples : Samples
        About five of each digit; any number will do.
    progress : callable, optional
        Called with the share of the work that is done, from 0 to 1.
    seed : int, default=0
        Decides how the drawings are written again.

    Returns
    -------
    adaptation : Adaptation

    Raises
    ------
    ValueError
        If there are no samples.
    """
    if not len(samples):
        raise ValueError("there are no drawings to learn from; add some, best five of each digit")
    images, labels, inks = samples
    rng = np.random.default_rng(seed)
    again = [_write_all_again(inks, rng) for _ in range(TIMES)]
    *drawn, rehearsed = _look(network, [images, *again, load_digits().train.images], progress)
    drawn = np.stack(drawn)
    adaptation = Adaptation(
        _learn(network.last_layer, drawn, labels, rehearsed),
        count=len(samples),
        before=_count_right(network.last_layer, drawn[0], labels),
        after=_count_right_unseen(network.last_layer, drawn, labels, rehearsed),
    )
    progress(1.0)
    return adaptation


def adapt_with_bar(network: Network, samples: Samples) -> Adaptation:
    """Do what :func:`adapt` does under a progress bar, which tells in the end what it brought.

    Parameters
    ----------
    network : Network
    samples : Samples

    Returns
    -------
    adaptation : Adaptation
    """
    with tqdm(total=100, unit="%") as bar:
        adaptation = adapt(
            network, samples, progress=lambda share: bar.update(round(100 * share) - bar.n)
        )
        bar.set_postfix_str(str(adaptation))
    return adaptation


def _write_all_again(inks: list[Ink], rng: np.random.Generator) -> np.ndarray:
    return np.stack([_write_again(ink, rng) for ink in inks])


def _write_again(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink as the same person may write it the next time: turned, slanted, stretched a bit."""
    matrix = random_affine(rng)
    return random_image(Ink([points @ matrix for points in ink.strokes]), rng)


def _look(
    network: Network, parts: list[np.ndarray], progress: Callable[[float], None]
) -> list[np.ndarray]:
    """Give the features of the images of each part."""
    batches = [
        (number, batch)
        for number, images in enumerate(parts)
        for batch in np.array_split(images, math.ceil(len(images) / _BATCH))
    ]
    features: list[list[np.ndarray]] = [[] for _ in parts]
    for done, (number, batch) in enumerate(batches, 1):
        features[number].append(network.features(batch))
        progress(done / (len(batches) + 1))
    return [np.concatenate(part) for part in features]


def _learn(
    layer: LastLayer, features: np.ndarray, labels: np.ndarray, rehearsed: np.ndarray
) -> LastLayer:
    """Fit the layer to views of drawings, (n_views, n, n_features), and to its former answers.

    The problem is convex: there is one solution, and no learning rate.
    """
    if not len(labels):
        return layer
    n_classes = len(layer.bias)
    drawings = features.reshape(-1, features.shape[-1])
    x = np.concatenate([drawings, rehearsed])
    truth = np.tile(np.eye(n_classes, dtype=np.float32)[labels], (len(features), 1))
    targets = np.concatenate([truth, np.exp(layer.log_probabilities(rehearsed))])
    counts = [len(drawings), len(rehearsed)]
    weights = np.repeat(np.divide([DRAWN, 1 - DRAWN], counts, dtype=np.float32), counts)
    penalty = PENALTY * np.square(x).sum(axis=1).mean()
    start = np.vstack([layer.kernel, layer.bias])

    def as_layer(rows: np.ndarray) -> LastLayer:
        return LastLayer(rows[:-1], rows[-1])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        moved = flat.reshape(start.shape).astype(np.float32) - start
        log_probabilities = as_layer(start + moved).log_probabilities(x)
        error = weights[:, None] * (np.exp(log_probabilities) - targets)
        gradient = np.vstack([x.T @ error, error.sum(axis=0)]) + 2 * penalty * moved
        value = penalty * np.square(moved).sum() - weights @ (targets * log_probabilities).sum(
            axis=1
        )
        return float(value), gradient.ravel().astype(float)

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 50})
    return as_layer(found.x.reshape(start.shape).astype(np.float32))


def _count_right_unseen(
    layer: LastLayer, drawn: np.ndarray, labels: np.ndarray, rehearsed: np.ndarray
) -> int:
    """Count the drawings that a copy reads right which has learnt from the others only."""
    parts = np.empty(len(labels), int)
    parts[np.argsort(labels, kind="stable")] = np.arange(len(labels)) % FOLDS
    right = 0
    for part in range(FOLDS):
        unseen = parts == part
        copy = _learn(layer, drawn[:, ~unseen], labels[~unseen], rehearsed)
        right += _count_right(copy, drawn[0, unseen], labels[unseen])
    return right


def _count_right(layer: LastLayer, features: np.ndarray, labels: np.ndarray) -> int:
    answers = layer.log_probabilities(features)[:, :CLASSES].argmax(axis=1)
    return int((answers == labels).sum())
