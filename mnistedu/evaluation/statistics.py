"""How far a measured figure, or the difference of two, can be trusted."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import stats


def wilson_interval(successes: int, trials: int, *, z: float = 1.96) -> tuple[float, float]:
    """Give the interval in which a proportion lies, honest for small counts and near 0 and 1.

    Parameters
    ----------
    successes, trials : int
        How often it came true, of how many times.
    z : float, default=1.96
        The normal quantile: 1.96 for 95 %.

    Returns
    -------
    low, high : float
        Both in [0, 1].

    Raises
    ------
    ValueError
        If there are no trials, or more successes than trials.

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
        raise ValueError(f"there must be 0 to n successes of n trials, got {successes} of {trials}")
    share = successes / trials
    centre = share + z**2 / (2 * trials)
    margin = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    low, high = (centre - margin) / scale, (centre + margin) / scale
    # The proportion lies between them; at 0 and at 1 rounding must not say otherwise.
    return min(share, max(low, 0.0)), max(share, min(high, 1.0))


class McNemar(NamedTuple):
    """Two models on the same images: only where they disagree can one be the better.

    Attributes
    ----------
    only_first, only_second : int
        How many images only the one or only the other read rightly.
    p_value : float
        How often models that are equally good would differ by so much or more: small means that
        the difference is hardly chance.
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first_right: np.ndarray, second_right: np.ndarray) -> McNemar:
    """Test whether two models are equally good, by McNemar's test in its exact form.

    Parameters
    ----------
    first_right, second_right : ndarray of shape (n,), dtype bool
        Which images each model read rightly.

    Returns
    -------
    test : McNemar

    References
    ----------
    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947), 153-157.

    Examples
    --------
    >>> mcnemar(np.array([True] * 6 + [False]), np.array([False] * 6 + [True]))
    McNemar(only_first=6, only_second=1, p_value=0.125)
    """
    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    if only_first == only_second:
        return McNemar(only_first, only_second, 1.0)
    test = stats.binomtest(only_first, only_first + only_second)
    return McNemar(only_first, only_second, float(test.pvalue))
