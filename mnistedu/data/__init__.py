"""Data: MNIST's official files, scikit-learn's digits, and samples of drawings."""

from mnistedu.data.dataset import Dataset, Split
from mnistedu.data.digits import load_digits
from mnistedu.data.errors import CorruptFileError, DataError, DownloadError, MissingFileError
from mnistedu.data.mnist import load_mnist
from mnistedu.data.samples import Samples

__all__ = [
    "CorruptFileError",
    "DataError",
    "Dataset",
    "DownloadError",
    "MissingFileError",
    "Samples",
    "Split",
    "load_digits",
    "load_mnist",
]
