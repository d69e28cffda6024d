"""The digits that come with scikit-learn: real handwriting without a download."""

from __future__ import annotations

import numpy as np

from mnistedu.data.dataset import Dataset, Split

TRAIN, VALIDATION, TEST = 1197, 200, 400


def load_digits() -> Dataset:
    """Load scikit-learn's 1,797 bundled digits, brought to 28x28 as MNIST's makers did.

    They are 8x8 images in 17 grey levels. Each is cropped, enlarged to a box of 20x20 and placed by
    its centre of mass, so that a model for MNIST can read them. The parts are taken in the order
    of the file: people wrote the images in runs, and a random part would hold other digits by the
    very same hands.

    Returns
    -------
    data : Dataset
        1,197 training, 200 validation and 400 test images; its ``name`` is ``"digits"``.

    References
    ----------
    E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, https://doi.org/10.24432/C50P49

    Examples
    --------
    >>> data = load_digits()
    >>> data.test.labels[:5]
    array([4, 4, 7, 2, 8], dtype=uint8)
    """
    from sklearn import datasets

    from mnistedu.ink import place_by_mass
    from mnistedu.preprocessing.framing import crop, fit_box

    bundle = datasets.load_digits()
    images = np.stack([place_by_mass(fit_box(crop(image / 16))) for image in bundle.images])
    everything = Split(images, bundle.target)
    return Dataset(
        train=everything[:TRAIN],
        validation=everything[TRAIN : TRAIN + VALIDATION],
        test=everything[-TEST:],
        name="digits",
    )
