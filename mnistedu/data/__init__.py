"""The data: MNIST's official files, and the digits that come with scikit-learn."""

from mnistedu.data.dataset import Dataset, Split
from mnistedu.data.digits import load_digits
from mnistedu.data.errors import CorruptFileError, DataError, DownloadError, MissingFileError
from mnistedu.data.mnist import load_mnist

__all__ = [
    "CorruptFileError",
    "DataError",
    "Dataset",
    "DownloadError",
    "MissingFileError",
    "Split",
    "load_digits",
    "load_mnist",
]
