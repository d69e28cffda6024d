"""The exercises of lesson 07: why your digits differ."""

from __future__ import annotations

import numpy as np

from mnistedu.data import load_digits
from mnistedu.exercises.expectations import Wrong, call, describe, expect_array, hints
from mnistedu.ink import Ink
from mnistedu.models.baselines import build_baseline

LEGIBLE = 0.6  # of augmented digits, to be read by their averages


@hints(
    "For each digit: of the drawings with that *label*, how many have the right answer?",
    "`answers[labels == 3] == 3` says of each 3 whether it was read rightly.",
    "Ten shares, then the place of the smallest one: `np.argmin`.",
)
def exercise_1(answer: object) -> str:
    """`hardest(labels, answers)`: the digit that is read worst."""
    for hardest, frequent in ((3, 8), (0, 5), (7, 9)):
        labels, answers = _draw_answers(hardest, frequent)
        result = call(answer, labels, answers, form="hardest(labels, answers)")
        digit = float(expect_array(result, ()))
        if digit == hardest:
            continue
        if digit == frequent:
            raise Wrong(
                "Your function gives the digit with the most mistakes. It is also the one that "
                "comes most often.",
                "A share is asked for: mistakes, or right answers, divided by how many there are.",
            )
        if digit not in range(10):
            raise Wrong(f"A digit is asked for, and your function gives {digit:g}.")
        precision = [(labels[answers == each] == each).mean() for each in range(10)]
        if digit == np.argmin(precision):
            raise Wrong(
                f"Of all answers {digit:g} the smallest share is right, but of all drawings of a "
                f"{digit:g} it is not.",
                "Pick the drawings by their label, not by the answer.",
            )
        raise Wrong(f"Your function says {digit:g}, and a larger share of those is right.")
    return "Look at that digit first: something about it is new to the network."


@hints(
    "Do it for one stroke first: an array with a column of x and a column of y. Which column "
    "changes?",
    "`stroke[:, 0] + by * stroke[:, 1]` is the new x. y stays as it is.",
    "`np.stack([x, y], axis=1)` makes points of two columns, and `mnistedu.Ink(...)` a drawing of "
    "a list of strokes.",
)
def exercise_2(answer: object) -> str:
    """`slant(ink, by)`: a drawing that leans."""
    rng = np.random.default_rng(72)
    for by in (0.25, -0.5):
        ink = Ink([rng.uniform(0, 200, (length, 2)) for length in (5, 2)])
        result = call(answer, ink, by, form="slant(ink, by)")
        if not isinstance(result, Ink):
            raise Wrong(
                f"A drawing is asked for, and your function gives {describe(result)}.",
                "Put the new strokes into `mnistedu.Ink(...)`.",
            )
        before, after = np.concatenate(ink.strokes), np.concatenate(result.strokes or [[[0, 0]]])
        if [len(stroke) for stroke in result.strokes] != [len(stroke) for stroke in ink.strokes]:
            raise Wrong("The new drawing does not have as many strokes and points as the old one.")
        if np.allclose(after, before):
            raise Wrong("The drawing is as it was.")
        if not np.allclose(after[:, 1], before[:, 1], atol=1e-2):
            raise Wrong("Points have moved up or down.", "The second column is y: leave it alone.")
        moved = after[:, 0] - before[:, 0]
        if np.allclose(moved, -by * before[:, 1], atol=1e-2):
            raise Wrong("The drawing leans to the wrong side.")
        if np.allclose(moved, moved[0], atol=1e-2):
            raise Wrong("The whole drawing has moved to the side, and leans as little as before.")
        if not np.allclose(moved, by * before[:, 1], atol=1e-2):
            raise Wrong("The points have not moved `by` times y.")
    return "Write a drawing again with a few slants, and you have several."


@hints(
    "Half of all drawings is easy. Half of *each digit*, in any order, takes a look at one digit "
    "after the other.",
    "`np.flatnonzero(labels == 3)` gives the places of the threes. Take every second of them.",
    "Begin with `np.zeros(len(labels), bool)`, and for each digit set every second of its places, "
    "`[::2]`, to `True`.",
)
def exercise_3(answer: object) -> str:
    """`halves(labels)`: what to learn from, half of each digit."""
    rng = np.random.default_rng(73)
    orders = {
        "sorted": np.repeat(np.arange(10), 4),
        "in turn": np.tile(np.arange(10), 4),
        "mixed": rng.permutation(np.repeat(np.arange(10), rng.integers(2, 8, 10))),
    }
    for order, labels in orders.items():
        result = call(answer, labels, form="halves(labels)")
        if np.asarray(result).dtype != bool:
            raise Wrong(
                f"A boolean for each drawing is asked for, and this is {describe(result)}.",
                "Places can become booleans: `chosen = np.zeros(len(labels), bool)`, then "
                "`chosen[places] = True`.",
            )
        chosen = expect_array(result, labels.shape).astype(bool)
        for digit in range(10):
            learned, count = chosen[labels == digit].sum(), np.sum(labels == digit)
            if learned == 0:
                raise Wrong(f"Labels {order}: there is no {digit} to learn from.")
            if learned == count:
                raise Wrong(f"Labels {order}: there is no {digit} left to measure on.")
            if abs(2 * learned - count) > 1:
                raise Wrong(f"Labels {order}: {learned} of {count} drawings of a {digit} are True.")
    return "Fair for every digit, in whatever order they were drawn."


@hints(
    "Change something small first: move each image by a pixel, by chance. Then think of pens.",
    "`jax.random.bernoulli(key, 0.5, (len(images), 1, 1))` tosses a coin for each image, and "
    "`jnp.where` takes one of two images by it.",
    "`jnp.maximum(images, jnp.roll(images, 1, axis=2))` makes lines broader, and `jnp.minimum` "
    "thinner. Let the coin decide.",
)
def exercise_4(answer: object) -> str:
    """`my_augmentation(key, images)`: images changed by chance, inside a compiled step."""
    import jax

    data = load_digits()
    images = data.validation.images.astype(np.float32) / 255
    key, other = jax.random.key(0), jax.random.key(1)
    form = "my_augmentation(key, images)"
    once = expect_array(call(answer, key, jax.numpy.asarray(images), form=form), images.shape)
    try:
        compiled = jax.jit(answer)
        again = [np.asarray(compiled(each, images)) for each in (key, key, other)]
    except Exception as error:
        raise Wrong(
            f"Your function works, but not inside of `jax.jit`: {type(error).__name__}",
            "What is compiled cannot use NumPy, nor an `if` on what is in the images. `jax.numpy` "
            "has the same functions.",
        ) from error
    if once.min() < 0 or once.max() > 1:
        raise Wrong(
            f"Your pixels go from {once.min():.2f} to {once.max():.2f}.",
            "`jnp.clip(..., 0, 1)` at the end keeps them where they belong.",
        )
    if np.allclose(once, images, atol=1e-3):
        raise Wrong("The images are as they were.")
    if not np.allclose(again[0], once, atol=1e-3) or not np.allclose(again[0], again[1]):
        raise Wrong(
            "The same key gives other images the second time.",
            "Chance must come from the key: `jax.random`, not `np.random`.",
        )
    if np.allclose(again[0], again[2], atol=1e-3):
        raise Wrong(
            "Another key gives the same images.",
            "Without chance the network sees the same change in each epoch. Use the key.",
        )
    reader = build_baseline("class_means").fit(*data.train)
    legible = reader.predict(np.rint(255 * once).astype(np.uint8)) == data.validation.labels
    if legible.mean() < LEGIBLE:
        raise Wrong(
            f"A simple reader still gets {legible.mean():.0%} of your images right.",
            "A network learns from images that a person can read. Change less.",
        )
    return "Pass it to `train` as `augmentation=my_augmentation`, and measure."


def _draw_answers(hardest: int, frequent: int) -> tuple[np.ndarray, np.ndarray]:
    """Make labels and answers: one digit is read worst, another has the most mistakes."""
    rng = np.random.default_rng(hardest)
    counts, right = np.full(10, 20), np.full(10, 18)
    counts[frequent], right[frequent] = 200, 150
    right[hardest] = 5
    labels = np.repeat(np.arange(10), counts)
    answers = labels.copy()
    for digit in range(10):
        wrong = np.flatnonzero(labels == digit)[right[digit] :]
        answers[wrong] = (digit + 1) % 10
    order = rng.permutation(len(labels))
    return labels[order], answers[order]
