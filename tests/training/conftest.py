import pytest

from mnistedu.data import Dataset


@pytest.fixture
def small(digits):
    """Return 640 training images, which are ten full batches of 64."""
    return Dataset(digits.train[:640], digits.validation[:100], digits.test[:100], "small")
