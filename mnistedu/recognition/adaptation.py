"""Adaptation of a network to a person's handwriting, by retraining its last layer.

The other layers stay fixed, so their features are computed only once per image, and fitting the
last layer takes some hundredths of a second. It is trained on the person's drawings, each varied
several times, and on digits of other people, so that it does not forget those (rehearsal [1]_). The
targets of the latter are the network's own predictions before adaptation (distillation [2]_).

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

VARIATIONS = 10  # of each drawing
DRAWINGS_WEIGHT = 0.3  # in the loss; the rest is the weight of other people's digits
PENALTY = 3e-5  # on the change of the weights
FOLDS = 5  # of the cross-validation
_BATCH = 64  # images between two calls of `progress`


@dataclass(frozen=True)
class Adaptation:
    """Result of an adaptation.

    Attributes
    ----------
    last_layer : LastLayer
        The new last layer.
    count : int
        Number of drawings.
    before, after : int
        Number of drawings that were read correctly: before the adaptation, and after it in
        cross-validation, by a copy that was adapted only to other drawings.

    Examples
    --------
    >>> layer = LastLayer(np.zeros((3, 10)), np.zeros(10))
    >>> print(Adaptation(layer, count=50, before=41, after=49))
    Read correctly before: 41 of 50 drawings. After: 49 of 50, each by a copy adapted to the others.
    """

    last_layer: LastLayer
    count: int
    before: int
    after: int

    def __str__(self) -> str:
        return (
            f"Read correctly before: {self.before} of {self.count} drawings. After: {self.after} "
            f"of {self.count}, each by a copy adapted to the others."
        )


@limit_blas_threads()
def adapt(
    network: Network,
    samples: Samples,
    *,
    progress: Callable[[float], None] = lambda fraction: None,
    seed: int = 0,
) -> Adaptation:
    """Fit the last layer of a network to a person's drawings.

    Parameters
    ----------
    network : Network
        The network, which is not changed.
    samples : Samples
        The person's drawings and their labels. Five of each digit are recommended.
    progress : callable, optional
        Called with the fraction of the work that is done, from 0 to 1.
    seed : int, default=0
        Random seed of the variations of the drawings.

    Returns
    -------
    adaptation : Adaptation
        The new last layer, and the number of correct predictions before and after.

    Raises
    ------
    ValueError
        If there are no samples.
    """
    if not len(samples):
        raise ValueError(
            "there are no drawings to adapt to; add some, preferably five of each digit"
        )
    labels = samples.labels
    rng = np.random.default_rng(seed)
    variations = [np.stack([_vary(ink, rng) for ink in samples.inks]) for _ in range(VARIATIONS)]
    images = [samples.images, *variations, load_digits().train.images]
    *views, rehearsed = _compute_features(network, images, progress)
    drawings = np.stack(views)
    adaptation = Adaptation(
        _fit(network.last_layer, drawings, labels, rehearsed),
        count=len(samples),
        before=_count_correct(network.last_layer, drawings[0], labels),
        after=_cross_validate(network.last_layer, drawings, labels, rehearsed),
    )
    progress(1.0)
    return adaptation


def adapt_with_progress_bar(network: Network, samples: Samples) -> Adaptation:
    """Call :func:`adapt` with a progress bar, which ends with the result.

    Parameters
    ----------
    network : Network
        The network, which is not changed.
    samples : Samples
        The person's drawings and their labels.

    Returns
    -------
    adaptation : Adaptation
        Result of :func:`adapt`.
    """
    with tqdm(total=100, unit="%") as bar:
        adaptation = adapt(
            network, samples, progress=lambda fraction: bar.update(round(100 * fraction) - bar.n)
        )
        bar.set_postfix_str(str(adaptation))
    return adaptation


def _vary(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Rasterize ink after a random small rotation, shear and scaling."""
    matrix = random_affine(rng)
    return random_image(Ink([points @ matrix for points in ink.strokes]), rng)


def _compute_features(
    network: Network, arrays: list[np.ndarray], progress: Callable[[float], None]
) -> list[np.ndarray]:
    """Return the features of the images in each array."""
    batches = [
        (index, batch)
        for index, images in enumerate(arrays)
        for batch in np.array_split(images, math.ceil(len(images) / _BATCH))
    ]
    features: list[list[np.ndarray]] = [[] for _ in arrays]
    for done, (index, batch) in enumerate(batches, 1):
        features[index].append(network.features(batch))
        progress(done / (len(batches) + 1))
    return [np.concatenate(part) for part in features]


def _fit(
    layer: LastLayer, drawings: np.ndarray, labels: np.ndarray, rehearsed: np.ndarray
) -> LastLayer:
    """Fit the layer to features of drawings, (n_views, n, n_features), and its own predictions.

    The problem is convex: it has a single solution, and needs no learning rate.
    """
    if not len(labels):
        return layer
    n_classes = len(layer.bias)
    rows = drawings.reshape(-1, drawings.shape[-1])
    x = np.concatenate([rows, rehearsed])
    one_hot = np.tile(np.eye(n_classes, dtype=np.float32)[labels], (len(drawings), 1))
    targets = np.concatenate([one_hot, np.exp(layer.log_probabilities(rehearsed))])
    counts = [len(rows), len(rehearsed)]
    parts = [DRAWINGS_WEIGHT, 1 - DRAWINGS_WEIGHT]
    weights = np.repeat(np.divide(parts, counts, dtype=np.float32), counts)
    penalty = PENALTY * np.square(x).sum(axis=1).mean()
    start = np.vstack([layer.kernel, layer.bias])

    def to_layer(values: np.ndarray) -> LastLayer:
        return LastLayer(values[:-1], values[-1])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        change = flat.reshape(start.shape).astype(np.float32) - start
        log_probabilities = to_layer(start + change).log_probabilities(x)
        error = weights[:, None] * (np.exp(log_probabilities) - targets)
        gradient = np.vstack([x.T @ error, error.sum(axis=0)]) + 2 * penalty * change
        cross_entropy = -weights @ (targets * log_probabilities).sum(axis=1)
        value = penalty * np.square(change).sum() + cross_entropy
        return float(value), gradient.ravel().astype(float)

    result = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 50})
    return to_layer(result.x.reshape(start.shape).astype(np.float32))


def _cross_validate(
    layer: LastLayer, drawings: np.ndarray, labels: np.ndarray, rehearsed: np.ndarray
) -> int:
    """Count the drawings that are predicted correctly after fitting to the other folds."""
    folds = np.empty(len(labels), int)
    folds[np.argsort(labels, kind="stable")] = np.arange(len(labels)) % FOLDS
    correct = 0
    for fold in range(FOLDS):
        held_out = folds == fold
        fitted = _fit(layer, drawings[:, ~held_out], labels[~held_out], rehearsed)
        correct += _count_correct(fitted, drawings[0, held_out], labels[held_out])
    return correct


def _count_correct(layer: LastLayer, features: np.ndarray, labels: np.ndarray) -> int:
    predicted = layer.log_probabilities(features)[:, :CLASSES].argmax(axis=1)
    return int((predicted == labels).sum())
