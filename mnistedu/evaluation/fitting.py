"""Training of Keras models and scikit-learn classifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnistedu._backend import is_keras_model

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Dataset
    from mnistedu.inference.any_model import Classifier


def fit(
    model: keras.Model | Classifier,
    data: Dataset,
    *,
    epochs: int,
    batch_size: int = 128,
    augment: bool = True,
    seed: int = 0,
) -> None:
    """Train a model on the training images of a data set.

    Parameters
    ----------
    model : keras.Model or scikit-learn classifier
        Trained in place.
    data : Dataset
        The model is trained on ``data.train``.
    epochs, batch_size : int
        See :func:`mnistedu.train`; not used for a classifier.
    augment : bool, default=True
        Whether a network is trained with the default augmentation or without any.
    seed : int, default=0
        See :func:`mnistedu.train`.

    Raises
    ------
    TypeError
        If the model cannot be trained.

    Examples
    --------
    >>> import mnistedu
    >>> classifier = mnistedu.build_baseline("class_means")
    >>> fit(classifier, mnistedu.load_digits(), epochs=1)
    >>> classifier.classes_.tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    if is_keras_model(model):
        from mnistedu.training import augment as augmentation
        from mnistedu.training import train

        train(
            model,
            data,
            epochs=epochs,
            batch_size=batch_size,
            augmentation=augmentation if augment else None,
            seed=seed,
            verbose=False,
        )
    elif hasattr(model, "fit") and hasattr(model, "predict_proba"):
        model.fit(*data.train)
    else:
        raise TypeError(
            "only a keras.Model or a scikit-learn classifier can be trained here, got "
            f"{type(model).__name__}"
        )
