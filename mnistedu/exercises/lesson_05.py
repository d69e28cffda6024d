"""The exercises of lesson 05: mistakes, chance and probabilities."""

from __future__ import annotations

import math

import numpy as np

from mnistedu.exercises.expectations import Wrong, call, describe, expect_array, hints


@hints(
    "The diagonal holds the right answers; they are no mistakes. Do away with it first.",
    "A 4 read as 9 and a 9 read as 4 are in two places of the table. Add the table to itself with "
    "rows and columns exchanged.",
    "`argmax` of a table counts its places in one long row. `np.unravel_index(place, (10, 10))` "
    "gives the row and the column.",
)
def exercise_1(answer: object) -> str:
    """`most_confused(confusion)`: the two digits that are mixed up most often."""
    for seed in range(4):
        confusion, pair, one_way = _confusion(seed)
        result = call(answer, confusion, form="most_confused(confusion)")
        if np.ndim(result) == 0:
            raise Wrong(f"Two digits are asked for, and this is {describe(result)}.")
        digits = {int(digit) for digit in expect_array(result, (2,))}
        if len(digits) == 1:
            raise Wrong("A digit is not mixed up with itself: you look at the diagonal.")
        if digits == one_way and one_way != pair:
            raise Wrong("You found the largest single number, but both directions count together.")
        if digits != pair:
            raise Wrong("In one of the checker's tables two other digits are mixed up more often.")
    return "Show some of those images, and you will see why."


@hints(
    "The lesson has the formula for the half width from n. Here the half width is known, and n "
    "is not.",
    "Square both sides of `half = 1.96 * sqrt(accuracy * (1 - accuracy) / n)` and bring n to the "
    "left.",
    "There are no halves of images, and with one less the interval is too wide: round up, "
    "`math.ceil`.",
)
def exercise_2(answer: object) -> str:
    """`images_needed(accuracy, half_width)`: for a 95 % interval that is not wider than that."""
    for accuracy, half in ((0.95, 0.0213), (0.99, 0.002), (0.5, 0.0107), (0.9, 0.05)):
        result = call(answer, accuracy, half, form="images_needed(accuracy, half_width)")
        count = float(expect_array(result, ()))
        spread = accuracy * (1 - accuracy)
        exact = 1.96**2 * spread / half**2
        what = f"for {accuracy:.0%} ± {half:.2%}"
        if math.isclose(count, spread / half**2, rel_tol=0.01):
            raise Wrong(f"Too few {what}: two thirds of all samples lie so near, and not 95 %.")
        if math.isclose(count, math.sqrt(exact), rel_tol=0.05):
            raise Wrong(f"Far too few {what}: the number of images stands under a square root.")
        if math.isclose(count, 4 * exact, rel_tol=0.01) or math.isclose(
            count, exact / 4, rel_tol=0.01
        ):
            raise Wrong(f"Four times off {what}: half a width is not a whole one.")
        if count == math.floor(exact):
            raise Wrong(f"One image short {what}: with so many the interval is a little too wide.")
        if count != int(count) and abs(count - exact) < 1:
            raise Wrong(f"Close, but {what} it is no whole number of images.")
        if count != math.ceil(exact):
            raise Wrong(f"The number {what} is not right.")
    return "Half the width, four times the images: precision is expensive."


@hints(
    "Three steps: the logarithm of the probabilities, the division, the softmax.",
    "The softmax is in lesson 03: the exponential of each number, divided by the sum of them.",
    "The sum is one for each image: `axis=1`, and `keepdims=True` so that the division fits.",
)
def exercise_3(answer: object) -> str:
    """`soften(probabilities, temperature)`: the same order of digits, less sure or more."""
    rng = np.random.default_rng(53)
    for temperature in (1.0, 2.0, 0.5):
        before = rng.dirichlet(np.ones(10), size=20)
        result = call(answer, before, temperature, form="soften(probabilities, temperature)")
        after = expect_array(result, before.shape, name="What you give back")
        if not np.allclose(after.sum(axis=1), 1):
            raise Wrong("The ten numbers of an image do not add up to one.")
        if np.allclose(after, _soften(before, 1 / temperature)) and temperature != 1:
            raise Wrong(
                "A temperature above one should make the answers less sure, and yours makes them "
                "surer.",
                "Divide the logarithms by the temperature.",
            )
        if np.allclose(after, before) and temperature != 1:
            raise Wrong(
                "Nothing changes.",
                "Dividing the probabilities themselves has no effect once they are made to add up "
                "to one. Divide their logarithms.",
            )
        if not np.allclose(after, _soften(before, temperature)):
            raise Wrong(f"At a temperature of {temperature} these are not the probabilities.")
    return "The most probable digit stays the most probable one, so the accuracy cannot change."


@hints(
    "Try many temperatures, and keep the one at which the loss is smallest.",
    "`np.linspace(0.3, 5, 200)` has some to try. The loss is the cross-entropy of lesson 03, on "
    "the probabilities that `soften` gives.",
    "`min(temperatures, key=loss)` gives the temperature of the smallest loss, if `loss` is a "
    "function of the temperature.",
)
def exercise_4(answer: object) -> str:
    """`find_temperature(probabilities, labels)`: the one that makes the loss smallest."""
    rng = np.random.default_rng(54)
    for true_temperature in (2.0, 0.6, 3.0):
        honest = rng.dirichlet(np.full(10, 0.3), size=4000) * 0.99 + 0.001
        labels = (honest.cumsum(axis=1) > rng.random((len(honest), 1))).argmax(axis=1)
        told = _soften(honest, 1 / true_temperature)
        result = call(answer, told, labels, form="find_temperature(probabilities, labels)")
        found = float(expect_array(result, (), name="The temperature"))
        if found <= 0:
            raise Wrong("A temperature is positive.")
        if _loss(told, labels, found) > _loss(told, labels, 1.0) + 1e-9:
            raise Wrong("With your temperature the loss is larger than without.")
        if abs(math.log(found / true_temperature)) > 0.12:
            raise Wrong(
                f"The loss is smaller at other temperatures than {found:.2f}, for probabilities "
                f"that are too {'sure' if true_temperature > 1 else 'unsure'} of themselves."
            )
    return "Find it on the validation images; the test images then tell whether it helps."


def _confusion(seed: int) -> tuple[np.ndarray, set[int], set[int]]:
    """Make a table, with the pair that is mixed up most, and the one with the largest number."""
    rng = np.random.default_rng([51, seed])
    confusion = rng.integers(0, 9, size=(10, 10))
    a, b, c, d = (int(digit) for digit in rng.permutation(10)[:4])
    confusion[a, b], confusion[b, a] = 30, 25
    confusion[c, d], confusion[d, c] = 40, 1
    np.fill_diagonal(confusion, rng.integers(80, 120, size=10))
    return confusion, {a, b}, {c, d}


def _soften(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def _loss(probabilities: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    softened = _soften(probabilities, temperature)
    return float(-np.log(softened[np.arange(len(labels)), labels]).mean())
