"""Which pixels a model's answer depends on."""

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
    """Give how strongly each pixel moves a model's score for a digit.

    Parameters
    ----------
    model : keras.Model
    image : ndarray of shape (28, 28), dtype uint8
    digit : int, optional
        Which digit's score, 0 to 9; the model's answer by default.

    Returns
    -------
    strength : ndarray of shape (28, 28), dtype float32
        The size of the score's gradient: 0 where a small change would change nothing.

    Raises
    ------
    ValueError
        If `digit` is not from 0 to 9, or the image has another shape or type.

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

    x, digit = to_input(_check_image(image)), _choose(model, image, digit)
    scores = score_function(model)
    gradient = jax.grad(lambda pixels: scores(pixels)[0, digit])(x)
    return np.abs(np.asarray(gradient)[0, :, :, 0])


def occlusion(
    model: Model, image: np.ndarray, *, digit: int | None = None, size: int = 7, step: int = 1
) -> np.ndarray:
    """Give how much of a digit's probability is lost when a part of the image is covered.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        As for :func:`mnistedu.evaluate`.
    image : ndarray of shape (28, 28), dtype uint8
    digit : int, optional
        Which digit's probability, 0 to 9; the model's answer by default.
    size : int, default=7
        Side of the black square that covers a part, in pixels; odd, from 1 to 27.
    step : {1, 2, 4, 7, 14}, default=1
        How many pixels the square moves on each time; the pixels between take the nearest value.

    Returns
    -------
    loss : ndarray of shape (28, 28), dtype float32
        For a square centred on each pixel, from -1 to 1; negative where covering helps.

    Raises
    ------
    ValueError
        If `digit` is not from 0 to 9, `size` is not odd, `step` does not divide 28, or the image
        has another shape or type.

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
    digit = _choose(model, image, digit)
    rows, columns = np.mgrid[:28, :28]
    middles = range(step // 2, 28, step)
    covered = np.array(
        [
            np.where((abs(rows - y) <= size // 2) & (abs(columns - x) <= size // 2), 0, image)
            for y in middles
            for x in middles
        ],
        np.uint8,
    )
    (whole,) = predict_proba(model, image[None])
    left = predict_proba(model, covered)[:, digit].reshape(len(middles), len(middles))
    return (whole[digit] - left).astype(np.float32).repeat(step, axis=0).repeat(step, axis=1)


def score_function(model: keras.Model) -> Callable[[jax.Array], jax.Array]:
    """Give a function from inputs to the scores before the softmax, which would flatten them.

    Parameters
    ----------
    model : keras.Model
        Where it does not end in a dense layer with a softmax, the scores are the logarithms of
        its probabilities.

    Returns
    -------
    scores : callable
        From inputs as the model takes them to scores of shape (n, 10).

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


def _choose(model: Model, image: np.ndarray, digit: int | None) -> int:
    if digit is None:
        return int(np.argmax(predict_proba(model, image[None])[0]))
    if digit not in range(10):
        raise ValueError(f"digit must be from 0 to 9, got {digit}")
    return digit


def _check_image(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image)
    if image.shape != (28, 28) or image.dtype != np.uint8:
        raise ValueError(
            f"image must be one of shape (28, 28) and dtype uint8, got {image.shape} and "
            f"{image.dtype}; mnistedu.normalize makes such an image"
        )
    return image
