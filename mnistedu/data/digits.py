"""The digits that scikit-learn ships: real handwriting without a download."""

from __future__ import annotations

import numpy as np

from mnistedu.data.dataset import Dataset, Split

TRAIN, VALIDATION, TEST = 1197, 200, 400


def load_digits() -> Dataset:
    """Load scikit-learn's 1,797 bundled digits, preprocessed like those of MNIST.

    They are 8x8 images with 17 grey levels. Each is cropped, enlarged to 20x20 and centred by its
    centre of mass in an image of 28x28, so that a model for MNIST can read it. The splits follow
    the order of the file: each person's images are consecutive there, so random splits would put
    images by the same person into more than one.

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

    from mnistedu.ink import centre_by_mass
    from mnistedu.preprocessing.cropping import crop, fit_box

    bundle = datasets.load_digits()
    images = np.stack([centre_by_mass(fit_box(crop(image / 16))) for image in bundle.images])
    digits = Split(images, bundle.target)
    return Dataset(
        train=digits[:TRAIN],
        validation=digits[TRAIN : TRAIN + VALIDATION],
        test=digits[-TEST:],
        name="digits",
    )
