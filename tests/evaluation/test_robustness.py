import json

import numpy as np
import pytest

import mnistedu
from mnistedu.evaluation import robustness


def by_brightness(images):
    """Predict a 1 for images with ink, and a 0 for others."""
    return np.eye(10)[(images.max(axis=(1, 2)) > 20).astype(int)]


@pytest.fixture
def ones(digits):
    return digits.test[digits.test.labels == 1]


def test_accuracy_is_computed_for_each_strength(ones):
    result = robustness(by_brightness, ones, corruptions=["contrast", "shift"])
    contrast, shift = result.curves
    assert result.accuracy == 1
    assert (contrast.name, contrast.strengths[0]) == ("contrast", 0.05)
    assert contrast.accuracies[0] == 0  # too faint
    assert contrast.accuracies[-1] == 1
    assert shift.accuracies == (1,) * 6
    assert result.mean_accuracy == pytest.approx(
        (sum(contrast.accuracies[:-1]) + sum(shift.accuracies[1:])) / 10
    )
    assert "0.00% at worst (contrast)" in repr(result)
    assert json.loads(json.dumps(result.to_dict()))["curves"][0]["accuracies"][0] == 0


def test_default_is_all_corruptions_and_the_seed_determines_the_result(digits):
    model = mnistedu.build_mlp(units=())
    mnistedu.train(model, digits, epochs=3, verbose=False)
    split = digits.test[:60]
    result = robustness(model, split)
    assert len(result.curves) == 10
    assert result == robustness(model, split)
    assert result != robustness(model, split, seed=1)
    assert result.mean_accuracy < result.accuracy == mnistedu.evaluate(model, split).accuracy


@pytest.mark.parametrize("corruptions", [[], ["rust"], ["shift", "rust"]])
def test_rejects_unknown_corruptions(ones, corruptions):
    with pytest.raises(ValueError, match=r"corruptions must be some of shift, .*, got \["):
        robustness(by_brightness, ones, corruptions=corruptions)


def test_rejects_an_empty_split(ones):
    with pytest.raises(ValueError, match="at least one image, got none"):
        robustness(by_brightness, ones[:0])
