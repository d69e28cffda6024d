"""Wrong and right answers to the exercises of lesson 07."""

from __future__ import annotations

import itertools
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np

from mnistedu.ink import Ink
from mnistedu.training.augmentation import augment


def recalls(labels, answers):
    return [(answers[labels == digit] == digit).mean() for digit in range(10)]


def hardest(labels, answers):
    return np.argmin(recalls(labels, answers))


def most_mistakes(labels, answers):
    return np.bincount(labels[labels != answers], minlength=10).argmax()


def lowest_precision(labels, answers):
    return np.argmin([(labels[answers == digit] == digit).mean() for digit in range(10)])


def lowest_overlap(labels, answers):
    """Divide by all drawings that are this digit or are read as it."""
    overlaps = []
    for digit in range(10):
        true, read = labels == digit, answers == digit
        overlaps.append((true & read).sum() / (true | read).sum())
    return np.argmin(overlaps)


def most_wrong_answers(labels, answers):
    return np.bincount(answers[labels != answers], minlength=10).argmax()


def hardest_by_counter(labels, answers):
    total, right = Counter(labels.tolist()), Counter(labels[labels == answers].tolist())
    return min(total, key=lambda digit: right[digit] / total[digit])


def hardest_by_matrix(labels, answers):
    confusion = np.zeros((10, 10))
    np.add.at(confusion, (labels, answers), 1)
    return (np.diag(confusion) / confusion.sum(axis=1)).argmin()


def hardest_by_sorting(labels, answers):
    return sorted(range(10), key=recalls(labels, answers).__getitem__)[0]


def sheared(matrix):
    return lambda ink, by: Ink([stroke @ np.array(matrix(by)) for stroke in ink.strokes])


def moved(right, down):
    return lambda ink, by: Ink([np.add(s, [right(by), down(by)]) for s in ink.strokes])


def slant(ink, by):
    return Ink([np.stack([s[:, 0] + by * s[:, 1], s[:, 1]], axis=1) for s in ink.strokes])


def slant_points(ink, by):
    return Ink([[(x + by * y, y) for x, y in stroke] for stroke in ink.strokes])


def slant_copies(ink, by):
    strokes = [stroke.copy() for stroke in ink.strokes]
    for stroke in strokes:
        stroke[:, 0] += by * stroke[:, 1]
    return Ink(strokes)


def slant_each_from_its_top(ink, by):
    return Ink(
        [np.stack([s[:, 0] + by * (s[:, 1] - s[:, 1].min()), s[:, 1]], axis=1) for s in ink.strokes]
    )


def half_of_each(labels, step=2, start=0):
    chosen = np.zeros(len(labels), bool)
    for digit in range(10):
        chosen[np.flatnonzero(labels == digit)[start::step]] = True
    return chosen


def by_counting(labels):
    seen, mask = Counter(), []
    for label in labels.tolist():
        mask.append(seen[label] % 2 == 0)
        seen[label] += 1
    return mask


def by_sorting(labels):
    order = np.argsort(labels, kind="stable")
    mask = np.zeros(len(labels), bool)
    start = 0
    for count in np.unique(labels, return_counts=True)[1]:
        mask[order[start : start + count // 2]] = True
        start += count
    return mask


def at_random_from_each(labels):
    rng = np.random.default_rng(0)
    mask = np.zeros(len(labels), bool)
    for digit in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == digit))
        mask[places[: len(places) // 2]] = True
    return mask


def half_of_each_parity(labels):
    mask = np.zeros(len(labels), bool)
    for rest in (0, 1):
        places = np.flatnonzero(labels % 2 == rest)
        mask[places[: len(places) // 2]] = True
    return mask


def every_second_of_sorted(labels):
    mask = np.zeros(len(labels), bool)
    mask[np.argsort(labels, kind="stable")[::2]] = True
    return mask


def two_of_each(labels):
    mask = np.zeros(len(labels), bool)
    for digit in range(10):
        mask[np.flatnonzero(labels == digit)[:2]] = True
    return mask


def broad(key, images):
    chosen = jax.random.bernoulli(key, 0.5, (len(images), 1, 1))
    return jnp.where(chosen, jnp.maximum(images, jnp.roll(images, 1, axis=2)), images)


def faded(key, images):
    return images * jax.random.uniform(key, (len(images), 1, 1), minval=0.5)


def noisy(key, images, level=0.1):
    return jnp.clip(images + level * jax.random.normal(key, images.shape), 0, 1)


def rolled_each(key, images):
    shifts = jax.random.randint(key, (len(images),), -2, 3)
    return jax.vmap(lambda image, shift: jnp.roll(image, shift, axis=1))(images, shifts)


def erased(key, images):
    rows = jax.random.randint(key, (len(images), 1, 1), 0, 28)
    return jnp.where(jnp.arange(28)[None, :, None] == rows, 0, images)


def one_roll_for_all(key, images):
    return jnp.roll(images, jax.random.randint(key, (), 1, 3), axis=2)


def one_factor_for_all(key, images):
    return images * jax.random.uniform(key, (), minval=0.3, maxval=0.9)


def one_noise_for_all(key, images):
    return jnp.clip(images + 0.1 * jax.random.normal(key, images.shape[1:]), 0, 1)


def by_numpy_chance(key, images):
    return jnp.roll(images, np.random.default_rng().integers(1, 1000), axis=0) * 0.5


def shuffled(key, images):
    return jax.random.permutation(key, images)


CALLS = itertools.count(1)

WRONG = {
    "07.1": [
        ("a digit", lambda: 3),
        ("always three", lambda: lambda labels, answers: 3),
        ("most mistakes", lambda: most_mistakes),
        ("lowest precision", lambda: lowest_precision),
        ("most wrong answers", lambda: most_wrong_answers),
        ("the easiest", lambda: lambda labels, answers: np.argmax(recalls(labels, answers))),
        ("the lowest recall itself", lambda: lambda labels, answers: min(recalls(labels, answers))),
        ("the rarest", lambda: lambda labels, answers: np.bincount(labels).argmin()),
        ("the most frequent", lambda: lambda labels, answers: np.bincount(labels).argmax()),
        ("all recalls", lambda: recalls),
        ("fewest right", lambda: lambda y, a: np.bincount(y[y == a], minlength=10).argmin()),
        ("lowest overlap", lambda: lowest_overlap),
    ],
    "07.2": [
        ("nothing", lambda: lambda ink, by: ink),
        ("a list", lambda: lambda ink, by: [stroke + by for stroke in ink.strokes]),
        ("moved", lambda: moved(lambda by: 10 * by, lambda by: 0)),
        ("moved down", lambda: moved(lambda by: 0, lambda by: 10 * by)),
        ("sheared upwards", lambda: sheared(lambda by: [[1, by], [0, 1]])),
        ("to the wrong side", lambda: sheared(lambda by: [[1, 0], [-by, 1]])),
        ("widened", lambda: sheared(lambda by: [[1 + by, 0], [0, 1]])),
        ("rotated", lambda: sheared(
            lambda by: [[np.cos(by), -np.sin(by)], [np.sin(by), np.cos(by)]]
        )),
        ("twice", lambda: lambda ink, by: slant(ink, 2 * by)),
        ("always a quarter", lambda: lambda ink, by: slant(ink, 0.25)),
        ("only the first stroke", lambda: lambda ink, by: Ink(
            [*slant(ink, by).strokes[:1], *ink.strokes[1:]]
        )),
        ("one stroke less", lambda: lambda ink, by: Ink(slant(ink, by).strokes[:1])),
        ("each from its own top", lambda: slant_each_from_its_top),
        ("no drawing", lambda: lambda ink, by: Ink()),
    ],
    "07.3": [
        ("first half", lambda: lambda labels: np.arange(len(labels)) < len(labels) / 2),
        ("every second", lambda: lambda labels: np.arange(len(labels)) % 2 == 0),
        ("half of the drawings of each parity", lambda: half_of_each_parity),
        ("all", lambda: lambda labels: half_of_each(labels, 1)),
        ("none", lambda: lambda labels: np.zeros(len(labels), bool)),
        ("a quarter", lambda: lambda labels: half_of_each(labels, 4)),
        ("two of each", lambda: two_of_each),
        ("indices", lambda: lambda labels: np.flatnonzero(half_of_each(labels))),
        ("numbers", lambda: lambda labels: half_of_each(labels).astype(int)),
        ("even digits", lambda: lambda labels: labels % 2 == 0),
        ("at random", lambda: lambda labels: np.random.default_rng(0).random(len(labels)) < 0.5),
        ("too short", lambda: lambda labels: half_of_each(labels)[:-1]),
        ("only nine digits", lambda: lambda labels: half_of_each(labels) & (labels != 9)),
    ],
    "07.4": [
        ("nothing", lambda: lambda key, images: images),
        ("with NumPy", lambda: lambda key, images: np.roll(np.asarray(images), 1, axis=2)),
        ("without the key", lambda: lambda key, images: jnp.roll(images, 1, axis=2)),
        ("NumPy's randomness", lambda: by_numpy_chance),
        ("one roll for all", lambda: one_roll_for_all),
        ("one factor for all", lambda: one_factor_for_all),
        ("one noise for all", lambda: one_noise_for_all),
        ("shuffles the images", lambda: shuffled),
        ("out of range", lambda: lambda key, images: images + jax.random.normal(key, images.shape)),
        ("only noise", lambda: lambda key, images: noisy(key, images, 9.0)),
        ("one row less", lambda: lambda key, images: broad(key, images)[:, 1:]),
        ("values to 255", lambda: lambda key, images: 255 * broad(key, images)),
        ("upside down", lambda: lambda key, images: broad(key, images)[:, ::-1]),
        ("a counter", lambda: lambda key, images: images * (1 - 0.01 * next(CALLS))),
    ],
}  # fmt: skip

RIGHT = {
    "07.1": [
        ("a list of recalls", lambda: hardest),
        ("counters", lambda: hardest_by_counter),
        ("a matrix", lambda: hardest_by_matrix),
        ("sorted", lambda: hardest_by_sorting),
        ("most errors, as a fraction", lambda: lambda y, a: np.argmax(
            [np.mean(a[y == digit] != digit) for digit in range(10)]
        )),
        ("a float", lambda: lambda labels, answers: float(hardest(labels, answers))),
    ],
    "07.2": [
        ("columns", lambda: slant),
        ("points", lambda: slant_points),
        ("a matrix", lambda: sheared(lambda by: [[1, 0], [by, 1]])),
        ("copies", lambda: slant_copies),
        ("outer product", lambda: lambda ink, by: Ink(
            [s + by * np.outer(s[:, 1], [1, 0]) for s in ink.strokes]
        )),
        ("float32", lambda: lambda ink, by: Ink(
            [s.astype(np.float32) for s in slant(ink, by).strokes]
        )),
    ],
    "07.3": [
        ("every second", lambda: half_of_each),
        ("the others", lambda: lambda labels: half_of_each(labels, start=1)),
        ("by counting, a list", lambda: by_counting),
        ("by sorting", lambda: by_sorting),
        ("every second of the sorted", lambda: every_second_of_sorted),
        ("at random from each", lambda: at_random_from_each),
        ("a list", lambda: lambda labels: half_of_each(labels).tolist()),
    ],
    "07.4": [
        ("broad lines", lambda: broad),
        ("faded", lambda: faded),
        ("noise", lambda: noisy),
        ("moved, each by its own", lambda: rolled_each),
        ("a row erased", lambda: erased),
        ("mnistedu's own", lambda: augment),
    ],
}  # fmt: skip
