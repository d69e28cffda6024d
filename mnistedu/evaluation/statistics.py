"""Confidence interval of a proportion, and a test for two models."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import stats


def wilson_interval(successes: int, trials: int, *, z: float = 1.96) -> tuple[float, float]:
    """Compute the Wilson score interval of a proportion.

    Unlike the normal approximation, it is accurate for small samples and for proportions near 0
    and 1.

    Parameters
    ----------
    successes, trials : int
        Number of successes and number of trials.
    z : float, default=1.96
        Quantile of the normal distribution; 1.96 for 95 %.

    Returns
    -------
    low, high : float
        Limits of the interval, in [0, 1].

    Raises
    ------
    ValueError
        If there are no trials, or the number of successes is not from 0 to the number of trials.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212.

    Examples
    --------
    >>> low, high = wilson_interval(99, 100)
    >>> round(low, 3), round(high, 3)
    (0.946, 0.998)
    """
    if not 0 <= successes <= trials or not trials:
        raise ValueError(
            "successes must be from 0 to trials, and trials at least 1, got "
            f"{successes} of {trials}"
        )
    proportion = successes / trials
    centre = proportion + z**2 / (2 * trials)
    margin = z * math.sqrt(proportion * (1 - proportion) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    low, high = (centre - margin) / scale, (centre + margin) / scale
    # The interval contains the proportion, also after rounding errors at 0 and 1.
    return min(proportion, max(low, 0.0)), max(proportion, min(high, 1.0))


class McNemar(NamedTuple):
    """Result of McNemar's test of two models on the same images.

    Attributes
    ----------
    only_first, only_second : int
        Number of images that only the first and only the second model predicted correctly.
    p_value : float
        Probability of a difference at least this large if both models are equally good.
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first_correct: np.ndarray, second_correct: np.ndarray) -> McNemar:
    """Test whether two models are equally good, by McNemar's exact test.

    Parameters
    ----------
    first_correct, second_correct : ndarray of shape (n,), dtype bool
        Whether each model predicted each image correctly.

    Returns
    -------
    test : McNemar
        The counts and the p-value.

    References
    ----------
    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947), 153-157.

    Examples
    --------
    >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 6 + [True]))
    McNemar(only_first=6, only_second=1, p_value=0.125)
    """
    only_first = int((first_correct & ~second_correct).sum())
    only_second = int((second_correct & ~first_correct).sum())
    if only_first == only_second:
        return McNemar(only_first, only_second, 1.0)
    test = stats.binomtest(only_first, only_first + only_second)
    return McNemar(only_first, only_second, float(test.pvalue))
