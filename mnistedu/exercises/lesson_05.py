"""The exercises of lesson 05: mistakes, chance and probabilities."""

from __future__ import annotations

import math

import numpy as np

from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints


@hints(
    "The diagonal counts the correct predictions, which are not mistakes. Remove it first.",
    "A 4 read as 9 and a 9 read as 4 are counted in two cells of the table. Add the table to its "
    "transpose.",
    "`argmax` of a table returns an index into the flattened table. "
    "`np.unravel_index(index, (10, 10))` converts it to a row and a column.",
)
def exercise_1(answer: object) -> str:
    """Check `most_confused(confusion)`, the two digits that are confused most often."""
    for seed in range(4):
        confusion, pair, one_way = _make_confusion(seed)
        result = call(answer, confusion, form="most_confused(confusion)")
        if np.asarray(result).ndim == 0:
            raise WrongAnswer(f"Expected two digits, got {describe(result)}.")
        digits = {int(digit) for digit in expect_array(result, (2,))}
        if len(digits) == 1:
            raise WrongAnswer("A digit is not confused with itself: that is the diagonal.")
        if digits == one_way and one_way != pair:
            raise WrongAnswer(
                "You found the largest single count, but both directions should be added."
            )
        if digits != pair:
            raise WrongAnswer("In one of the checker's tables, two other digits are confused more.")
    return "Show some of those images, and you will see why."


@hints(
    "The lesson has the formula for the half width from n. Here the half width is known, and n "
    "is not.",
    "Square both sides of `half = 1.96 * sqrt(accuracy * (1 - accuracy) / n)` and solve for n.",
    "The number of images is an integer, and with one image less the interval is too wide: round "
    "up, `math.ceil`.",
)
def exercise_2(answer: object) -> str:
    """Check `images_needed(accuracy, half_width)`, the sample size for a 95 % interval."""
    for accuracy, half in ((0.95, 0.0213), (0.99, 0.002), (0.5, 0.0107), (0.9, 0.05)):
        result = call(answer, accuracy, half, form="images_needed(accuracy, half_width)")
        count = float(expect_array(result, ()))
        variance = accuracy * (1 - accuracy)
        exact = 1.96**2 * variance / half**2
        case = f"for {accuracy:.0%} ± {half:.2%}"
        if math.isclose(count, variance / half**2, rel_tol=0.01):
            raise WrongAnswer(
                f"Too few {case}: only two thirds of all samples are that close, not 95 %."
            )
        if math.isclose(count, math.sqrt(exact), rel_tol=0.05):
            raise WrongAnswer(
                f"Far too few {case}: the number of images is under a square root in the formula."
            )
        if math.isclose(count, 4 * exact, rel_tol=0.01) or math.isclose(
            count, exact / 4, rel_tol=0.01
        ):
            raise WrongAnswer(f"Off by a factor of four {case}: use the half width, not the width.")
        if count == math.floor(exact):
            raise WrongAnswer(f"One image too few {case}: the interval is slightly too wide.")
        if count != int(count) and abs(count - exact) < 1:
            raise WrongAnswer(f"Close, but {case} it is not a whole number of images.")
        if count != math.ceil(exact):
            raise WrongAnswer(f"The number {case} is not right.")
    return "Half the width needs four times as many images: precision is expensive."


@hints(
    "Three steps: the logarithm of the probabilities, the division, the softmax.",
    "The softmax is in lesson 03: the exponential of each number, divided by the sum of them.",
    "There is one sum per image: use `axis=1`, and `keepdims=True` so that the shapes match.",
)
def exercise_3(answer: object) -> str:
    """Check `soften(probabilities, temperature)`, which applies a softmax temperature."""
    rng = np.random.default_rng(53)
    for temperature in (1.0, 2.0, 0.5):
        before = rng.dirichlet(np.ones(10), size=20)
        result = call(answer, before, temperature, form="soften(probabilities, temperature)")
        after = expect_array(result, before.shape)
        if not np.allclose(after.sum(axis=1), 1):
            raise WrongAnswer("The ten numbers of an image do not add up to one.")
        if np.allclose(after, _soften(before, 1 / temperature)) and temperature != 1:
            raise WrongAnswer(
                "A temperature above one should lower the confidence, but yours raises it.",
                "Divide the logarithms by the temperature.",
            )
        if np.allclose(after, before) and temperature != 1:
            raise WrongAnswer(
                "Nothing changes.",
                "Dividing the probabilities themselves has no effect once they are normalized to "
                "a sum of one. Divide their logarithms.",
            )
        if not np.allclose(after, _soften(before, temperature)):
            raise WrongAnswer(
                f"At a temperature of {temperature}, the probabilities are not right."
            )
    return "The most probable digit remains the same, so the accuracy cannot change."


@hints(
    "Try many temperatures, and keep the one with the smallest loss.",
    "`np.linspace(0.3, 5, 200)` returns some to try. The loss is the cross-entropy of lesson 03, "
    "of the probabilities that `soften` returns.",
    "`min(temperatures, key=loss)` returns the temperature with the smallest loss, if `loss` is a "
    "function of the temperature.",
)
def exercise_4(answer: object) -> str:
    """Check `find_temperature(probabilities, labels)`, which minimizes the loss."""
    rng = np.random.default_rng(54)
    for true_temperature in (2.0, 0.6, 3.0):
        calibrated = rng.dirichlet(np.full(10, 0.3), size=4000) * 0.99 + 0.001
        samples = rng.random((len(calibrated), 1))
        labels = (calibrated.cumsum(axis=1) > samples).argmax(axis=1)
        probabilities = _soften(calibrated, 1 / true_temperature)
        form = "find_temperature(probabilities, labels)"
        result = call(answer, probabilities, labels, form=form)
        found = float(expect_array(result, (), name="The temperature"))
        if found <= 0:
            raise WrongAnswer("A temperature is positive.")
        if _loss(probabilities, labels, found) > _loss(probabilities, labels, 1.0) + 1e-9:
            raise WrongAnswer("Your temperature increases the loss.")
        if abs(math.log(found / true_temperature)) > 0.12:
            raise WrongAnswer(
                f"Other temperatures than {found:.2f} have a smaller loss, for predictions that "
                f"are {'over' if true_temperature > 1 else 'under'}confident."
            )
    return "Find it on the validation images; the test images then show whether it helps."


def _make_confusion(seed: int) -> tuple[np.ndarray, set[int], set[int]]:
    """Return a table, the pair that is confused most, and the pair with the largest count."""
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
