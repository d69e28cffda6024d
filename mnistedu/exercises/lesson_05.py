"""The exercises of lesson 05: mistakes, chance and probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints

CASES = 8  # tables or settings that an answer is tried on
TOLERANCE = 0.05  # of the logarithm of a temperature


@hints(
    "The diagonal counts the correct predictions, which are not mistakes. Remove it first.",
    "A 4 read as 9 and a 9 read as 4 are counted in two cells of the table. Add the table to its "
    "transpose.",
    "`argmax` of a table returns an index into the flattened table. "
    "`np.unravel_index(index, (10, 10))` converts it to a row and a column.",
)
def exercise_1(answer: object) -> str:
    """Check `most_confused(confusion)`, the two digits that are confused most often."""
    for confusion, pair, one_way in _make_confusions():
        result = call(answer, confusion, form="most_confused(confusion)")
        digits = _as_digits(result)
        if len(digits) == 1:
            raise WrongAnswer("A digit is not confused with itself: that is the diagonal.")
        if digits == one_way:
            raise WrongAnswer(
                "You found the largest single count, but both directions should be added."
            )
        if digits != pair:
            raise WrongAnswer(
                f"In one of the checker's tables, {_total(confusion, pair)} images are mixed up "
                f"between one pair of digits, but only {_total(confusion, digits)} between yours.",
                "Count the images: neither shares nor products of the two directions.",
            )
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
    rng = np.random.default_rng()
    for _ in range(CASES):
        accuracy, half = float(rng.uniform(0.6, 0.95)), float(rng.uniform(0.005, 0.02))
        result = call(answer, accuracy, half, form="images_needed(accuracy, half_width)")
        count = float(expect_array(result, ()))
        variance = accuracy * (1 - accuracy)
        exact = 1.96**2 * variance / half**2
        if abs(exact - round(exact)) < 1e-6:  # rounding errors would decide
            continue
        case = f"for {accuracy:.0%} ± {half:.2%}"
        if abs(count - variance / half**2) < 1:
            raise WrongAnswer(
                f"Too few {case}: only two thirds of all samples are that close, not 95 %."
            )
        if abs(count - math.sqrt(exact)) < 1:
            raise WrongAnswer(
                f"Far too few {case}: the number of images is under a square root in the formula."
            )
        if min(abs(count - 4 * exact), abs(count - exact / 4)) < 1:
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
    rng = np.random.default_rng()
    for true_temperature in (3.5, 0.6, *rng.uniform(0.5, 3.5, size=4)):
        probabilities, labels = _make_predictions(rng, true_temperature)
        best = _find_temperature(probabilities, labels)
        form = "find_temperature(probabilities, labels)"
        result = call(answer, probabilities, labels, form=form)
        found = float(expect_array(result, (), name="The temperature"))
        if found <= 0:
            raise WrongAnswer("A temperature is positive.")
        if abs(math.log(found / best)) > TOLERANCE:
            if _loss(probabilities, labels, found) > _loss(probabilities, labels, 1.0):
                raise WrongAnswer("Your temperature increases the loss.")
            raise WrongAnswer(
                f"At your temperature of {found:.2f} the loss is "
                f"{_loss(probabilities, labels, found):.4f}, but there is one with "
                f"{_loss(probabilities, labels, best):.4f}.",
                "Is it the cross-entropy that you make small, of all images, and are there enough "
                "temperatures to choose from?",
            )
    return "Find it on some validation images; others then show whether it helps."


@hints(
    "Count the images that only the first network reads, and those that only the second one reads. "
    "The others say nothing about which is better.",
    "If both were equally good, each of those images would be a toss of a coin. How probable is a "
    "result that is at least as uneven, in either direction?",
    "`scipy.stats.binomtest(only_first, only_first + only_second).pvalue`. If there is no such "
    "image, the p-value is 1.",
)
def exercise_5(answer: object) -> str:
    """Check `p_value(labels, first, second)`, McNemar's exact test."""
    rng = np.random.default_rng()
    for only_first, only_second in ((6, 1), (3, 12), (10, 14), (5, 5), (24, 9), (0, 0)):
        labels, first, second = _make_answers(rng, only_first, only_second)
        result = call(answer, labels, first, second, form="p_value(labels, first, second)")
        p_value = float(expect_array(result, (), name="The p-value"))
        n = only_first + only_second
        least = min(only_first, only_second)
        below = sum(math.comb(n, k) for k in range(least + 1)) / 2**n
        case = f"{only_first} images only the first reads, {only_second} only the second"
        if isinstance(result, (bool, np.bool_)):
            raise WrongAnswer("Expected a probability, got a yes or no.")
        if not 0 <= p_value <= 1:
            raise WrongAnswer(f"A p-value is a probability, but yours is {p_value:.3g} ({case}).")
        if abs(p_value - min(1, 2 * below)) <= 0.01:
            continue
        if abs(p_value - below) <= 0.01:
            raise WrongAnswer(
                f"{case}: {p_value:.3f} is the probability of one direction only.",
                "Before you looked, the other network might as well have been the better one: "
                "count both directions.",
            )
        raise WrongAnswer(f"{case}: the p-value is not {p_value:.3f}.")
    return "A small p-value: luck alone would seldom make such a difference."


def _as_digits(result: object) -> set[int]:
    if isinstance(result, (set, frozenset)):
        result = sorted(result)
    if np.asarray(result).ndim == 0:
        raise WrongAnswer(f"Expected two digits, got {describe(result)}.")
    digits = expect_array(result, (2,))
    if not set(digits) <= set(range(10)):
        raise WrongAnswer("Expected two digits from 0 to 9.")
    return {int(digit) for digit in digits}


def _total(confusion: np.ndarray, pair: set[int]) -> int:
    a, b = pair
    return int(confusion[a, b] + confusion[b, a])


def _make_confusions() -> Iterator[tuple[np.ndarray, set[int], set[int]]]:
    """Yield tables, each with the pair that is confused most and that of the largest count.

    One other pair has a larger count in one direction, another has equal counts in both, and each
    has two images less in total. Because the digits of the pair that wins are frequent, it does not
    have the largest share of its rows.
    """
    rng = np.random.default_rng()
    for _ in range(CASES):
        confusion = rng.integers(0, 9, size=(10, 10))
        np.fill_diagonal(confusion, rng.integers(80, 120, size=10))
        a, b, c, d, e, f, g, h = rng.permutation(10)[:8]
        most, fewer, few = 2 * rng.integers(28, 32), rng.integers(14, 18), rng.integers(0, 3)
        confusion[a, b], confusion[b, a] = most - fewer, fewer
        confusion[c, d], confusion[d, c] = most - 2 - few, few
        confusion[e, f], confusion[f, e] = most // 2 - 1, most // 2 - 1
        confusion[g, [c, d, h]], confusion[h, [c, d, g]] = 20, 20  # the two worst digits
        confusion[[a, b], [a, b]] = rng.integers(900, 1200, size=2)
        yield confusion, {int(a), int(b)}, {int(c), int(d)}


def _make_predictions(
    rng: np.random.Generator, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are off by a temperature, and labels of which a few are wrong."""
    calibrated = rng.dirichlet(np.full(10, 0.3), size=3000) * 0.99 + 0.001
    samples = rng.random((len(calibrated), 1))
    labels = (calibrated.cumsum(axis=1) > samples).argmax(axis=1)
    wrong = rng.random(len(labels)) < 0.1
    labels[wrong] = rng.integers(0, 10, size=wrong.sum())
    return _soften(calibrated, 1 / temperature), labels


def _find_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    temperatures = np.geomspace(0.1, 20, 300)
    return float(min(temperatures, key=lambda each: _loss(probabilities, labels, each)))


def _make_answers(
    rng: np.random.Generator, only_first: int, only_second: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels and two networks' answers, on some of which both are wrong."""
    both_wrong = 7
    labels = rng.integers(0, 10, size=200)
    first, second = labels.copy(), labels.copy()
    chosen = rng.permutation(len(labels))[: both_wrong + only_first + only_second]
    second[chosen[: both_wrong + only_first]] += 1
    first[chosen[:both_wrong]] += 2
    first[chosen[both_wrong + only_first :]] += 1
    return labels, first % 10, second % 10


def _soften(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def _loss(probabilities: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    softened = _soften(probabilities, temperature)
    return float(-np.log(softened[np.arange(len(labels)), labels]).mean())
