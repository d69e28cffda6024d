"""Wrong and right answers to the exercises of lesson 05."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from scipy import special, stats
from scipy.optimize import minimize_scalar

from mnistedu.evaluation.statistics import mcnemar


def without_diagonal(confusion):
    return confusion * (1 - np.eye(10, dtype=int))


def pair_of_largest(table):
    return np.unravel_index(table.argmax(), (10, 10))


def confused_by(score):
    """Return the pair with the largest score of its two counts."""

    def most_confused(confusion):
        pairs = combinations(range(10), 2)
        return max(pairs, key=lambda pair: score(confusion[pair], confusion[pair[::-1]]))

    return most_confused


def in_shares(axis):
    """Compare shares of a row or a column instead of counts."""

    def most_confused(confusion):
        shares = without_diagonal(confusion / confusion.sum(axis=axis, keepdims=True))
        return pair_of_largest(shares + shares.T)

    return most_confused


def two_worst_rows(confusion):
    return np.argsort(without_diagonal(confusion).sum(axis=1))[-2:]


def two_worst_digits(confusion):
    mistakes = without_diagonal(confusion)
    return np.argsort(mistakes.sum(axis=0) + mistakes.sum(axis=1))[-2:]


def by_transpose(confusion):
    mistakes = without_diagonal(confusion)
    return pair_of_largest(mistakes + mistakes.T)


def by_triangle(confusion):
    both = np.triu(confusion + confusion.T, 1)
    row, column = np.argwhere(both == both.max())[0]
    return [int(column), int(row)]


def by_loops(confusion):
    best, pair = -1, None
    for a in range(10):
        for b in range(a):
            if confusion[a, b] + confusion[b, a] > best:
                best, pair = confusion[a, b] + confusion[b, a], (a, b)
    return pair


def n_images(accuracy, half, *, z=1.96, factor=1.0):
    return math.ceil(factor * z**2 * accuracy * (1 - accuracy) / half**2)


def images_in_steps(accuracy, half):
    n = max(1, int(0.99 * n_images(accuracy, half)))
    while 1.96 * np.sqrt(accuracy * (1 - accuracy) / n) > half:
        n += 1
    return n


FOUR_CASES = {(0.95, 0.0213): 403, (0.99, 0.002): 9508, (0.5, 0.0107): 8389, (0.9, 0.05): 139}


def soften(probabilities, temperature, *, axis=1):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=axis, keepdims=True)


def soften_in_loops(probabilities, temperature):
    rows = []
    for row in probabilities:
        powers = [math.exp(math.log(p) / temperature) for p in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def toward_uniform(probabilities, temperature):
    return probabilities / temperature + (1 - 1 / temperature) / 10


def keep_the_answer_only(probabilities, temperature):
    softened = soften(probabilities, temperature)
    return np.where(softened == softened.max(axis=1, keepdims=True), 1.0, 0.0)


def loss(probabilities, labels, temperature):
    softened = soften(probabilities, temperature)
    return -np.log(softened[np.arange(len(labels)), labels]).mean()


def brier(probabilities, labels, temperature):
    return ((soften(probabilities, temperature) - np.eye(10)[labels]) ** 2).sum(axis=1).mean()


def gap(probabilities, labels, temperature):
    """Return the distance of the mean confidence from the accuracy."""
    right = probabilities.argmax(axis=1) == labels
    return abs(soften(probabilities, temperature).max(axis=1).mean() - right.mean())


def best_of(temperatures, score=loss):
    return lambda p, labels: min(temperatures, key=lambda t: score(p, labels, t))


def by_scipy(p, labels):
    search = minimize_scalar(lambda t: loss(p, labels, t), bounds=(0.1, 10), method="bounded")
    return search.x


def by_bisection(p, labels):
    """Find the zero of the loss's derivative with respect to the inverse temperature."""
    scores = np.log(p)
    truth = scores[np.arange(len(labels)), labels].mean()
    low, high = 0.05, 20.0
    for _ in range(60):
        middle = math.sqrt(low * high)
        if (soften(p, 1 / middle) * scores).sum(axis=1).mean() > truth:
            high = middle
        else:
            low = middle
    return 1 / middle


def on_part(p, labels):
    return by_scipy(p[:100], labels[:100])


def counts(labels, first, second):
    a, b = first == labels, second == labels
    return int((a & ~b).sum()), int((b & ~a).sum())


def from_counts(p_value):
    return lambda labels, first, second: p_value(*counts(labels, first, second))


def exact(only_first, only_second):
    n = only_first + only_second
    return stats.binomtest(only_first, n).pvalue if n else 1.0


def by_sum(only_first, only_second):
    n, least = only_first + only_second, min(only_first, only_second)
    return min(1, 2 * sum(math.comb(n, k) for k in range(least + 1)) / 2**n)


def by_tossing(only_first, only_second):
    n = only_first + only_second
    heads = np.random.default_rng(0).binomial(n, 0.5, 1_000_000)
    return np.mean(np.abs(2 * heads - n) >= abs(only_first - only_second))


def by_swapping(labels, first, second):
    """Swap the two answers to each image at random, as if the models were the same."""
    difference = (first == labels).astype(int) - (second == labels)
    different = difference[difference != 0]
    signs = np.random.default_rng(0).choice([-1, 1], size=(20_000, len(different)))
    return np.mean(np.abs((signs * different).sum(axis=1)) >= abs(different.sum()))


def one_sided(only_first, only_second):
    return stats.binom.cdf(min(only_first, only_second), only_first + only_second, 0.5)


def only_if_first_is_better(only_first, only_second):
    return stats.binom.sf(only_first - 1, only_first + only_second, 0.5)


def this_split(only_first, only_second):
    return stats.binom.pmf(only_first, only_first + only_second, 0.5)


def unpaired(labels, first, second):
    """Test two proportions as if they came from different images."""
    a, b, n = (first == labels).sum(), (second == labels).sum(), len(labels)
    share = (a + b) / (2 * n)
    error = math.sqrt(2 * share * (1 - share) / n)
    return 2 * stats.norm.sf(abs(a - b) / n / error) if error else 1.0


def of_all_images(labels, first, second):
    return stats.binomtest(int((first == labels).sum()), len(labels)).pvalue


def where_answers_differ(labels, first, second):
    """Count images on which the answers differ, although both may be wrong."""
    differ = first != second
    return stats.binomtest(int((first == labels)[differ].sum()), int(differ.sum()) or 1).pvalue


WRONG = {
    "05.1": [
        ("a pair", lambda: (4, 9)),
        ("always the same pair", lambda: lambda confusion: (4, 9)),
        ("the diagonal", lambda: pair_of_largest),
        ("one direction", lambda: lambda confusion: pair_of_largest(without_diagonal(confusion))),
        ("the product", lambda: confused_by(lambda a, b: a * b)),
        ("the smaller direction", lambda: confused_by(min)),
        ("the difference", lambda: confused_by(lambda a, b: abs(a - b))),
        ("the geometric mean", lambda: confused_by(lambda a, b: math.sqrt(a * b))),
        ("the sum of squares", lambda: confused_by(lambda a, b: a * a + b * b)),
        ("the least confused", lambda: confused_by(lambda a, b: -a - b)),
        ("shares of the rows", lambda: in_shares(1)),
        ("shares of the columns", lambda: in_shares(0)),
        ("the two worst rows", lambda: two_worst_rows),
        ("the two worst digits", lambda: two_worst_digits),
        ("an index", lambda: lambda confusion: without_diagonal(confusion).argmax()),
        ("three digits", lambda: lambda confusion: (*by_transpose(confusion), 0)),
    ],
    "05.2": [
        ("a number", lambda: 1825),
        ("always the same", lambda: lambda p, half: 1825),
        ("the four cases of old", lambda: lambda p, half: FOUR_CASES.get((p, half), 1825)),
        ("without 1.96", lambda: lambda p, half: n_images(p, half, z=1)),
        ("two for 1.96", lambda: lambda p, half: n_images(p, half, z=2)),
        ("99 %", lambda: lambda p, half: n_images(p, half, z=2.576)),
        ("the square root", lambda: lambda p, half: math.ceil(math.sqrt(n_images(p, half)))),
        ("the whole width", lambda: lambda p, width: n_images(p, width / 2)),
        ("twice the width", lambda: lambda p, width: n_images(p, 2 * width)),
        ("one too few", lambda: lambda p, half: n_images(p, half) - 1),
        ("one too many", lambda: lambda p, half: n_images(p, half) + 1),
        ("not rounded", lambda: lambda p, half: 1.96**2 * p * (1 - p) / half**2),
        ("rounded to hundreds", lambda: lambda p, half: 100 * round(n_images(p, half) / 100)),
        ("at an accuracy of half", lambda: lambda p, half: n_images(0.5, half)),
        ("without 1 - accuracy", lambda: lambda p, half: n_images(p, half, factor=1 / (1 - p))),
        ("half not squared", lambda: lambda p, half: math.ceil(3.8416 * p * (1 - p) / half)),
    ],
    "05.3": [
        ("an array", lambda: np.full((20, 10), 0.1)),
        ("the inverse", lambda: lambda p, t: soften(p, 1 / t)),
        ("no softmax", lambda: lambda p, t: p ** (1 / t)),
        ("divided only", lambda: lambda p, t: p / t),
        ("divides probabilities", lambda: lambda p, t: soften(p / t, 1)),
        ("softmax of divided probabilities", lambda: lambda p, t: special.softmax(p / t, axis=1)),
        ("sums over the images", lambda: lambda p, t: soften(p, t, axis=0)),
        ("one sum for all", lambda: lambda p, t: p ** (1 / t) / (p ** (1 / t)).sum()),
        ("toward one tenth", lambda: toward_uniform),
        ("one-hot", lambda: keep_the_answer_only),
        ("nothing", lambda: lambda p, t: p),
        ("the square root of the temperature", lambda: lambda p, t: soften(p, math.sqrt(t))),
        ("logarithms", lambda: lambda p, t: np.log(p) / t),
        ("one row", lambda: lambda p, t: soften(p, t)[0]),
        ("always two", lambda: lambda p, t: soften(p, 2.0)),
        ("rounded", lambda: lambda p, t: soften(p, t).round(1)),
    ],
    "05.4": [
        ("a number", lambda: 1.9),
        ("always one", lambda: lambda p, labels: 1.0),
        ("always two", lambda: lambda p, labels: 2.0),
        ("the accuracy", lambda: lambda p, labels: (p.argmax(axis=1) == labels).mean()),
        ("the inverse", lambda: lambda p, labels: 1 / by_scipy(p, labels)),
        ("the square", lambda: lambda p, labels: by_scipy(p, labels) ** 2),
        ("the worst", lambda: best_of((0.3, 5), lambda p, y, t: -loss(p, y, t))),
        ("the Brier score", lambda: best_of(np.linspace(0.3, 5, 200), brier)),
        ("matches the mean", lambda: best_of(np.linspace(0.3, 5, 200), gap)),
        ("three values", lambda: best_of((0.6, 2.0, 3.0))),
        ("whole numbers", lambda: best_of(range(1, 6))),
        ("only above one", lambda: best_of(np.linspace(1, 5, 200))),
        ("only below two", lambda: best_of(np.linspace(0.3, 2, 200))),
        ("a hundred images", lambda: on_part),
        ("negative", lambda: lambda p, labels: -by_scipy(p, labels)),
        ("two numbers", lambda: lambda p, labels: [by_scipy(p, labels)] * 2),
    ],
    "05.5": [
        ("a number", lambda: 0.001),
        ("always small", lambda: lambda labels, first, second: 0.001),
        ("the difference", lambda: lambda y, a, b: abs(np.mean(a == y) - np.mean(b == y))),
        ("one-sided", lambda: from_counts(one_sided)),
        ("if the first is better", lambda: from_counts(only_if_first_is_better)),
        ("twice one side", lambda: from_counts(lambda b, c: 2 * only_if_first_is_better(b, c))),
        ("unpaired", lambda: unpaired),
        ("of all images", lambda: of_all_images),
        ("where answers differ", lambda: where_answers_differ),
        ("this split only", lambda: from_counts(this_split)),
        ("this split, both ways", lambda: from_counts(lambda b, c: 2 * this_split(b, c))),
        ("the complement", lambda: from_counts(lambda b, c: 1 - exact(b, c))),
        ("yes or no", lambda: from_counts(lambda b, c: exact(b, c) < 0.05)),
        ("the counts", lambda: counts),
        ("a fraction", lambda: from_counts(lambda b, c: min(b, c) / max(b + c, 1))),
        ("normal approximation", lambda: from_counts(
            lambda b, c: 2 * stats.norm.sf(abs(b - c) / math.sqrt(max(b + c, 1)))
        )),
    ],
}  # fmt: skip

RIGHT = {
    "05.1": [
        ("by the transpose", lambda: by_transpose),
        ("by a triangle, the larger digit first", lambda: by_triangle),
        ("by loops", lambda: by_loops),
        ("a set", lambda: lambda confusion: {int(digit) for digit in by_transpose(confusion)}),
        ("an array", lambda: lambda confusion: np.array(by_transpose(confusion))),
        ("a list", lambda: lambda confusion: [int(digit) for digit in by_transpose(confusion)]),
        ("by all pairs", lambda: confused_by(lambda a, b: a + b)),
        ("the mean of both", lambda: confused_by(lambda a, b: (a + b) / 2)),
    ],
    "05.2": [
        ("math.ceil", lambda: n_images),
        ("np.ceil, a float", lambda: lambda p, half: np.ceil(1.96**2 * p * (1 - p) / half**2)),
        ("int plus one", lambda: lambda p, half: int(1.96**2 * p * (1 - p) / half**2) + 1),
        ("by floor division", lambda: lambda p, half: int(-(-3.8416 * p * (1 - p) // half**2))),
        ("step by step", lambda: images_in_steps),
        ("squared at the end", lambda: lambda p, half: math.ceil(
            (1.96 * math.sqrt(p * (1 - p)) / half) ** 2
        )),
    ],
    "05.3": [
        ("powers", lambda: soften),
        ("in loops, as lists", lambda: soften_in_loops),
        ("scipy", lambda: lambda p, t: special.softmax(np.log(p) / t, axis=1)),
        ("clipped", lambda: lambda p, t: special.softmax(np.log(np.maximum(p, 1e-12)) / t, axis=1)),
        ("float32", lambda: lambda p, t: soften(p, t).astype(np.float32)),
        ("transposed", lambda: lambda p, t: soften(p.T, t, axis=0).T),
    ],
    "05.4": [
        ("two hundred values", lambda: best_of(np.linspace(0.3, 5, 200))),
        ("values in equal ratios", lambda: best_of(np.geomspace(0.2, 6, 150))),
        ("scipy", lambda: by_scipy),
        ("by bisection", lambda: by_bisection),
        ("rounded to hundredths", lambda: lambda p, labels: round(float(by_scipy(p, labels)), 2)),
        ("an array of one number", lambda: lambda p, labels: np.array(by_scipy(p, labels))),
    ],
    "05.5": [
        ("scipy", lambda: from_counts(exact)),
        ("a sum of binomial coefficients", lambda: from_counts(by_sum)),
        ("a million tosses", lambda: from_counts(by_tossing)),
        ("swapped at random", lambda: by_swapping),
        ("the other way round", lambda: from_counts(lambda b, c: exact(c, b))),
        ("mnistedu", lambda: lambda y, a, b: mcnemar(a == y, b == y).p_value),
    ],
}  # fmt: skip
