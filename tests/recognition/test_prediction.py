import numpy as np
import pytest

from mnistedu import Ink, Prediction, Recognizer

SEVEN = Ink([[(40, 30), (200, 30), (90, 250)]])


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer()


def test_prediction_contains_probabilities(recognizer):
    prediction = recognizer.predict(SEVEN)
    assert prediction.probabilities.shape == (10,)
    assert prediction.probabilities.dtype == np.float32
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)
    (first, second, third) = prediction.top()
    assert first == (7, prediction.probabilities[7])
    assert first[1] >= second[1] >= third[1]
    assert len(prediction.top(10)) == 10
    assert repr(prediction).startswith("Prediction(digit=7, ")


@pytest.mark.parametrize("k", [0, 11, -1])
def test_top_rejects_other_numbers(recognizer, k):
    with pytest.raises(ValueError, match="from 1 to 10"):
        recognizer.predict(SEVEN).top(k)


def test_prediction_is_immutable(recognizer):
    prediction = recognizer.predict(SEVEN)
    assert isinstance(prediction, Prediction)
    with pytest.raises(AttributeError):
        prediction.confident = True
