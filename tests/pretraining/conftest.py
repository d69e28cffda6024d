import numpy as np
import pytest

from mnistedu import Ink
from mnistedu.data import Dataset
from mnistedu.ink import UnipenSample
from mnistedu.pretraining.sources import PenDigits


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def seven():
    return Ink([[(40, 30), (120, 30), (200, 30), (90, 250)]])


@pytest.fixture
def samples(seven):
    """Return a seven of each of the 30 writers."""
    return [UnipenSample(seven, 7, writer) for writer in range(1, 31)]


@pytest.fixture
def pens(samples):
    return PenDigits(train=samples[:4], validation=samples[4:6], test=samples[6:])


@pytest.fixture
def few(digits):
    return Dataset(digits.train[:100], digits.validation[:50], digits.test[:0], "few digits")
