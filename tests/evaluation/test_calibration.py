import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from mnistedu.evaluation.calibration import (
    expected_calibration_error,
    find_label_errors,
    reliability,
)


@settings(deadline=None)
@given(seed=st.integers(0, 1000), bins=st.integers(1, 20))
def test_bins_equal_those_of_scikit_learn(seed, bins):
    rng = np.random.default_rng(seed)
    confidence, correct = rng.random(50), rng.random(50) < 0.5
    ours = reliability(confidence, correct, bins=bins)
    accuracy, mean = calibration_curve(correct, confidence, n_bins=bins)
    assert [each.accuracy for each in ours] == pytest.approx(accuracy.tolist())
    assert [each.confidence for each in ours] == pytest.approx(mean.tolist())
    assert sum(each.count for each in ours) == 50


def test_calibration_error_of_a_calibrated_and_an_overconfident_model():
    confidence = np.full(10, 0.75)
    correct = np.arange(10) < 7.5
    assert expected_calibration_error(reliability(confidence, correct, bins=10)) == pytest.approx(
        0.05
    )
    overconfident = reliability(np.ones(4), np.array([True, True, False, False]), bins=10)
    assert expected_calibration_error(overconfident) == 0.5


def test_reliability_rejects_zero_bins():
    with pytest.raises(ValueError, match="positive number, got 0"):
        reliability(np.ones(1), np.ones(1, bool), bins=0)


def test_a_mistake_of_low_confidence_is_not_a_label_error():
    labels = np.array([0, 0, 1, 1])
    probabilities = np.zeros((4, 10))
    probabilities[:, 0] = [0.9, 0.9, 0.1, 0.6]  # the last is predicted as 0, with low confidence
    probabilities[:, 1] = [0.1, 0.1, 0.9, 0.4]
    assert not find_label_errors(probabilities, labels).size


def test_label_errors_are_sorted_by_the_probability_of_the_label():
    labels = np.repeat([0, 1], 10)
    probabilities = np.full((20, 10), 0.01)
    probabilities[np.arange(20), labels] = 0.91
    probabilities[[3, 15]] = 0
    probabilities[3, [0, 1]] = 0.05, 0.95
    probabilities[15, [1, 0]] = 0.01, 0.99
    assert find_label_errors(probabilities, labels).tolist() == [15, 3]
