"""The exercises of lesson 07: why your digits differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnistedu.data import load_digits
from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints
from mnistedu.ink import Ink
from mnistedu.models.baselines import build_baseline

COPIES = 64  # of one image, to see whether they change differently
MIN_LEGIBLE = 0.6  # of the augmented digits, as classified by their averages


@hints(
    "For each digit: of the drawings with that *label*, how many are predicted correctly?",
    "`answers[labels == 3] == 3` says for each 3 whether its answer is correct.",
    "Compute ten accuracies, then the index of the lowest: `np.argmin`.",
)
def exercise_1(answer: object) -> str:
    """Check `hardest(labels, answers)`, the digit with the lowest accuracy."""
    for hardest, frequent in ((3, 8), (0, 5), (7, 9), (2, 4)):
        labels, predicted = _make_predictions(hardest, frequent)
        result = call(answer, labels, predicted, form="hardest(labels, answers)")
        digit = float(expect_array(result, ()))
        if digit == hardest:
            continue
        if digit == frequent:
            raise WrongAnswer(
                "Your function returns the digit with the most mistakes, but that is also the most "
                "frequent digit.",
                "Divide the number of mistakes, or of correct answers, by the number of drawings.",
            )
        if digit not in range(10):
            raise WrongAnswer(f"Expected a digit, but your function returns {digit:g}.")
        precision = [(labels[predicted == each] == each).mean() for each in range(10)]
        if digit == np.argmin(precision):
            raise WrongAnswer(
                f"Of all answers, {digit:g} is the least reliable, but of all drawings of a digit, "
                f"those of a {digit:g} are not read worst.",
                "Select the drawings by their label, not by the answer.",
            )
        raise WrongAnswer(f"Your function returns {digit:g}, but another digit is read worse.")
    return "Look at that digit first: something about it is new to the network."


@hints(
    "Do it for one stroke first: an array with a column of x and a column of y. Which column "
    "changes?",
    "`stroke[:, 0] + by * stroke[:, 1]` is the new x. y stays the same.",
    "`np.stack([x, y], axis=1)` makes points from two columns, and `mnistedu.Ink(...)` a drawing "
    "from a list of strokes.",
)
def exercise_2(answer: object) -> str:
    """Check `slant(ink, by)`, which shears a drawing horizontally."""
    rng = np.random.default_rng()
    for by in (0.25, -0.5, float(rng.uniform(0.6, 1))):
        ink = Ink([rng.uniform(0, 200, (length, 2)) for length in (5, 2)])
        result = call(answer, ink, by, form="slant(ink, by)")
        if not isinstance(result, Ink):
            raise WrongAnswer(
                f"Expected a drawing, but your function returns {describe(result)}.",
                "Pass the new strokes to `mnistedu.Ink(...)`.",
            )
        if [len(stroke) for stroke in result.strokes] != [len(stroke) for stroke in ink.strokes]:
            raise WrongAnswer("The new drawing has another number of strokes or points.")
        before, after = np.concatenate(ink.strokes), np.concatenate(result.strokes)
        if np.allclose(after, before):
            raise WrongAnswer("The drawing is unchanged.")
        if not np.allclose(after[:, 1], before[:, 1], atol=1e-2):
            raise WrongAnswer(
                "Points have moved up or down.", "The second column is y: do not change it."
            )
        moved = after[:, 0] - before[:, 0]
        if np.allclose(moved, -by * before[:, 1], atol=1e-2):
            raise WrongAnswer("The drawing leans to the wrong side.")
        if np.allclose(moved, moved[0], atol=1e-2):
            raise WrongAnswer("The whole drawing has moved to the side, without any slant.")
        if not np.allclose(moved, by * before[:, 1], atol=1e-2):
            raise WrongAnswer("The points have not moved `by` times y.")
    return "Slant a drawing by several amounts, and you have several drawings."


@hints(
    "Half of all drawings is easy. For half of *each digit*, in any order, handle one digit at a "
    "time.",
    "`np.flatnonzero(labels == 3)` returns the indices of the threes. Take every second of them.",
    "Start with `np.zeros(len(labels), bool)`, and for each digit set every second of its indices, "
    "`[::2]`, to `True`.",
)
def exercise_3(answer: object) -> str:
    """Check `halves(labels)`, a mask that selects half of each digit for training."""
    rng = np.random.default_rng()
    orders = {
        "sorted": np.repeat(np.arange(10), 4),
        "alternating": np.tile(np.arange(10), 4),
        "shuffled": rng.permutation(np.repeat(np.arange(10), rng.integers(6, 18, 10))),
    }
    for order, labels in orders.items():
        result = call(answer, labels, form="halves(labels)")
        if np.asarray(result).dtype != bool:
            raise WrongAnswer(
                f"Expected one boolean per drawing, got {describe(result)}.",
                "To convert indices to booleans: `mask = np.zeros(len(labels), bool)`, then "
                "`mask[indices] = True`.",
            )
        mask = expect_array(result, labels.shape).astype(bool)
        for digit in range(10):
            selected, count = mask[labels == digit].sum(), np.sum(labels == digit)
            if selected == 0:
                raise WrongAnswer(f"With {order} labels, there is no {digit} to train on.")
            if selected == count:
                raise WrongAnswer(f"With {order} labels, there is no {digit} left to evaluate on.")
            if abs(2 * selected - count) > 1:
                raise WrongAnswer(
                    f"With {order} labels, {selected} of {count} drawings of a {digit} are True."
                )
    return "Each digit is split in half, in whatever order they were drawn."


@hints(
    "Start with a small change: move each image by one pixel at random. Then think of pens.",
    "`jax.random.bernoulli(key, 0.5, (len(images), 1, 1))` tosses a coin for each image, and "
    "`jnp.where` selects one of two images accordingly.",
    "`jnp.maximum(images, jnp.roll(images, 1, axis=2))` makes lines thicker, and `jnp.minimum` "
    "thinner. Choose between them at random.",
)
def exercise_4(answer: Any) -> str:
    """Check `my_augmentation(key, images)`, random changes inside a compiled step."""
    import jax

    data = load_digits()
    images = data.validation.images.astype(np.float32) / 255
    key, other_key = jax.random.key(0), jax.random.key(1)
    form = "my_augmentation(key, images)"
    first = expect_array(call(answer, key, jax.numpy.asarray(images), form=form), images.shape)
    try:
        compiled = jax.jit(answer)
        same, again, other = (np.asarray(compiled(k, images)) for k in (key, key, other_key))
    except Exception as error:
        raise WrongAnswer(
            f"Your function works, but not inside `jax.jit`: {type(error).__name__}",
            "Compiled code cannot use NumPy, or an `if` that depends on the images. `jax.numpy` "
            "has the same functions.",
        ) from error
    if first.min() < 0 or first.max() > 1:
        raise WrongAnswer(
            f"Your pixels range from {first.min():.2f} to {first.max():.2f}.",
            "`jnp.clip(..., 0, 1)` at the end keeps them in range.",
        )
    if np.allclose(first, images, atol=1e-3):
        raise WrongAnswer("The images are unchanged.")
    if not np.allclose(same, first, atol=1e-3) or not np.allclose(same, again):
        raise WrongAnswer(
            "The same key returns different images the second time.",
            "All randomness must come from the key: `jax.random`, not `np.random`.",
        )
    if np.allclose(same, other, atol=1e-3):
        raise WrongAnswer(
            "Another key returns the same images.",
            "Without randomness the network sees the same images in each epoch. Use the key.",
        )
    copies = jax.numpy.asarray(np.repeat(images[:1], COPIES, axis=0))
    changed = np.asarray(compiled(key, copies))
    if np.allclose(changed, changed[:1], atol=1e-3):
        raise WrongAnswer(
            "All images of a batch are changed in the same way.",
            "Draw random values for each image: a shape of `(len(images), 1, 1)` makes one per "
            "image.",
        )
    class_means = build_baseline("class_means").fit(*data.train)
    legible = class_means.predict(np.rint(255 * first).astype(np.uint8)) == data.validation.labels
    if legible.mean() < MIN_LEGIBLE:
        raise WrongAnswer(
            f"A simple classifier reads only {legible.mean():.0%} of your images correctly.",
            "The network should learn from images that a person can read. Change them less.",
        )
    return "Pass it to `train` as `augmentation=my_augmentation`, and evaluate."


def _make_predictions(hardest: int, frequent: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and predictions in which one digit is read worst.

    Another has the most mistakes, all read as the same third digit, and a rare one the fewest
    correct answers.
    """
    rng = np.random.default_rng(hardest)
    counts, correct = np.full(10, 40), np.full(10, 37)
    counts[1], correct[1] = 10, 9
    counts[frequent], correct[frequent] = 300, 210
    counts[hardest], correct[hardest] = 60, 30
    labels = np.repeat(np.arange(10), counts)
    predicted = labels.copy()
    for digit in range(10):
        wrong = np.flatnonzero(labels == digit)[correct[digit] :]
        predicted[wrong] = (digit + 1) % 10
    order = rng.permutation(len(labels))
    return labels[order], predicted[order]
