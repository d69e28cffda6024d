import numpy as np
import pytest

from mnistedu import Evaluation, Split


@pytest.fixture
def split():
    return Split(np.zeros((4, 28, 28), np.uint8), np.array([0, 1, 2, 2]))


@pytest.fixture
def result(split):
    """Return an evaluation of two correct predictions, a 1 read as 7 and a 2 read as 3."""
    probabilities = np.zeros((4, 10))
    probabilities[0, 0] = 1
    probabilities[1, [7, 1]] = 0.6, 0.4
    probabilities[2, [2, 5]] = 0.8, 0.2
    probabilities[3, [3, 2]] = 0.9, 0.1
    return Evaluation.from_predictions(split, probabilities)
