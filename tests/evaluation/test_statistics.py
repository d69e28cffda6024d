import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mnistedu.evaluation.statistics import mcnemar, wilson_interval


@settings(deadline=None)
@given(trials=st.integers(1, 10_000), fraction=st.floats(0, 1))
def test_interval_contains_the_proportion(trials, fraction):
    successes = round(fraction * trials)
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert high - low < 1


def test_interval_equals_a_published_value():
    low, high = wilson_interval(8, 10)
    # Newcombe, Statistics in Medicine 17 (1998), gives 0.490 to 0.943 for 8 of 10.
    assert (low, high) == (pytest.approx(0.490, abs=1e-3), pytest.approx(0.943, abs=1e-3))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_interval_rejects_invalid_counts(successes, trials):
    with pytest.raises(ValueError, match=f"got {successes} of {trials}"):
        wilson_interval(successes, trials)


@settings(deadline=None)
@given(only_first=st.integers(0, 40), only_second=st.integers(0, 40), both=st.integers(0, 40))
def test_mcnemar_depends_only_on_disagreements_and_is_exact(only_first, only_second, both):
    first = np.repeat([True, False, True], [only_first, only_second, both])
    second = np.repeat([False, True, True], [only_first, only_second, both])
    test = mcnemar(first, second)
    assert (test.only_first, test.only_second) == (only_first, only_second)
    swapped = mcnemar(second, first)
    assert test.p_value == pytest.approx(swapped.p_value)
    # Exact: twice the smaller tail of a fair coin.
    tail = stats.binom.cdf(min(only_first, only_second), only_first + only_second, 0.5)
    assert test.p_value == pytest.approx(min(1, 2 * tail))
