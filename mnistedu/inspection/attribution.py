"""Saliency and occlusion: the pixels that a prediction depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.inference import predict_proba
from mnistedu.preprocessing import to_input

if TYPE_CHECKING:
    import jax
    import keras

    from mnistedu.inference.any_model import Model


def saliency(model: keras.Model, image: np.ndarray, *, digit: int | None = None) -> np.ndarray:
    """Compute the absolute gradient of a digit's score with respect to each pixel.

    Parameters
    ----------
    model : keras.Model
        A model of 28x28 images.
    image : ndarray of shape (28, 28), dtype uint8
        Grey levels, 0 for background.
    digit : int, optional
        The digit, from 0 to 9. By default, the predicted digit.

    Returns
    -------
    saliency : ndarray of shape (28, 28), dtype float32
        The absolute gradient; 0 where a small change of the pixel has no effect.

    Raises
    ------
    ValueError
        If `digit` is not from 0 to 9, or the image has another shape or dtype.

    References
    ----------
    K. Simonyan, A. Vedaldi and A. Zisserman, "Deep inside convolutional networks: visualising image
    classification models and saliency maps", arXiv:1312.6034, 2013.

    Examples
    --------
    >>> import mnistedu
    >>> saliency(mnistedu.build_mlp(), mnistedu.load_digits().test.images[0]).shape
    (28, 28)
    """
    import jax

    x, digit = to_input(_check_image(image)), _choose_digit(model, image, digit)
    scores = score_function(model)
    gradient = jax.grad(lambda pixels: scores(pixels)[0, digit])(x)
    return np.abs(np.asarray(gradient)[0, :, :, 0])


def occlusion(
    model: Model, image: np.ndarray, *, digit: int | None = None, size: int = 7, step: int = 1
) -> np.ndarray:
    """Compute how much a digit's probability decreases when parts of the image are covered.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        See :func:`mnistedu.evaluate`.
    image : ndarray of shape (28, 28), dtype uint8
        Grey levels, 0 for background.
    digit : int, optional
        The digit, from 0 to 9. By default, the predicted digit.
    size : int, default=7
        Side of the black square that covers a part, in pixels; odd, from 1 to 27.
    step : {1, 2, 4, 7, 14}, default=1
        Distance between positions of the square, in pixels. Pixels in between have the value of
        the nearest position.

    Returns
    -------
    loss : ndarray of shape (28, 28), dtype float32
        The decrease for a square centred on each pixel, from -1 to 1; negative where covering
        increases the probability.

    Raises
    ------
    ValueError
        If `digit` is not from 0 to 9, `size` is not odd, `step` does not divide 28, or the image
        has another shape or dtype.

    References
    ----------
    M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", European
    Conference on Computer Vision, 2014.

    Examples
    --------
    >>> import mnistedu
    >>> occlusion(mnistedu.build_mlp(), mnistedu.load_digits().test.images[0]).shape
    (28, 28)
    """
    if size not in range(1, 28, 2):
        raise ValueError(f"size must be an odd number from 1 to 27, got {size}")
    if step not in (1, 2, 4, 7, 14):
        raise ValueError(f"step must be 1, 2, 4, 7 or 14, got {step}")
    image = _check_image(image)
    digit = _choose_digit(model, image, digit)
    rows, columns = np.mgrid[:28, :28]
    centres = range(step // 2, 28, step)
    covered = np.array(
        [
            np.where((abs(rows - y) <= size // 2) & (abs(columns - x) <= size // 2), 0, image)
            for y in centres
            for x in centres
        ],
        np.uint8,
    )
    before = predict_proba(model, image[None])[0, digit]
    after = predict_proba(model, covered)[:, digit].reshape(len(centres), len(centres))
    return (before - after).astype(np.float32).repeat(step, axis=0).repeat(step, axis=1)


def score_function(model: keras.Model) -> Callable[[jax.Array], jax.Array]:
    """Return a function that computes the scores before the softmax.

    The gradient of the probabilities themselves vanishes for a confident model.

    Parameters
    ----------
    model : keras.Model
        If it does not end in a dense layer with a softmax, the scores are the logarithms of its
        probabilities.

    Returns
    -------
    scores : callable
        A function from the model's inputs to scores of shape (n, 10).

    Examples
    --------
    >>> import mnistedu
    >>> score_function(mnistedu.build_mlp())(np.zeros((2, 28, 28, 1))).shape
    (2, 10)
    """
    keras = import_keras()
    last = model.layers[-1]
    if not isinstance(last, keras.layers.Dense) or last.activation is not keras.activations.softmax:
        return lambda x: keras.ops.log(model(x))
    before = keras.Model(model.inputs[0], last.input)
    return lambda x: keras.ops.matmul(before(x), last.kernel)


def _choose_digit(model: Model, image: np.ndarray, digit: int | None) -> int:
    if digit is None:
        return int(np.argmax(predict_proba(model, image[None])[0]))
    if digit not in range(10):
        raise ValueError(f"digit must be from 0 to 9, got {digit}")
    return digit


def _check_image(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image)
    if image.shape != (28, 28) or image.dtype != np.uint8:
        raise ValueError(
            f"image must have shape (28, 28) and dtype uint8, got {image.shape} and {image.dtype}; "
            "mnistedu.normalize returns such an image"
        )
    return image
