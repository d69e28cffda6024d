"""Looking into a model: what its layers answer, and which pixels its answer hangs on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.evaluation.answers import ask
from mnistedu.preprocessing import to_input

if TYPE_CHECKING:
    import jax
    import keras

    from mnistedu.evaluation.answers import Model


def layer_output(model: keras.Model, images: np.ndarray, layer: str) -> np.ndarray:
    """Give what one layer of a model answers.

    Parameters
    ----------
    model : keras.Model
    images : ndarray of shape (n, 28, 28), dtype uint8
    layer : str
        The layer's name; ``model.summary()`` lists them.

    Returns
    -------
    output : ndarray of shape (n, ...), dtype float32

    Raises
    ------
    ValueError
        If the model has no such layer.

    Examples
    --------
    >>> import mnistedu
    >>> model = mnistedu.build_cnn(filters=(8,))
    >>> layer_output(model, np.zeros((2, 28, 28), np.uint8), model.layers[0].name).shape
    (2, 26, 26, 8)
    """
    names = [each.name for each in model.layers]
    if layer not in names:
        raise ValueError(f"layer must be one of {', '.join(names)}, got {layer!r}")
    return _predict(model, model.get_layer(layer).output, images)


def embed(
    model: keras.Model, images: np.ndarray, *, method: str = "pca", seed: int = 0
) -> np.ndarray:
    """Place images on a plane so that those are near each other that a model finds alike.

    What is placed are the values that the model's last layer decides on.

    Parameters
    ----------
    model : keras.Model
    images : ndarray of shape (n, 28, 28), dtype uint8
        At least three; t-SNE takes about ten seconds for 2,000.
    method : {"pca", "tsne"}, default="pca"
        Principal components show the directions of the largest differences; t-SNE shows who is
        whose neighbour, and its distances between groups mean nothing.
    seed : int, default=0
        Decides t-SNE's beginnings.

    Returns
    -------
    places : ndarray of shape (n, 2)

    Raises
    ------
    ValueError
        If the method is another one, or there are too few images.

    References
    ----------
    L. van der Maaten and G. Hinton, "Visualizing data using t-SNE", Journal of Machine Learning
    Research 9 (2008), 2579-2605.

    Examples
    --------
    >>> import mnistedu
    >>> embed(mnistedu.build_mlp(), mnistedu.load_digits().test.images[:20]).shape
    (20, 2)
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if method not in ("pca", "tsne"):
        raise ValueError(f"method must be 'pca' or 'tsne', got {method!r}")
    if len(images) < 3:
        raise ValueError(f"a map needs at least three images, got {len(images)}")
    last = [layer for layer in model.layers if layer.weights][-1]
    features = _predict(model, last.input, images).reshape(len(images), -1)
    if method == "pca":
        return PCA(2, random_state=seed).fit_transform(features)
    perplexity = min(30, (len(images) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(features)


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
    (whole,) = ask(model, image[None])
    left = np.asarray(ask(model, covered))[:, digit].reshape(len(middles), len(middles))
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


def kernel_pictures(kernel: np.ndarray) -> np.ndarray:
    """Give the weights of a layer that looks at the pixels, as a picture for each filter.

    Parameters
    ----------
    kernel : ndarray of shape (height, width, 1, n) or (784, n)
        Of a convolution of the image, or of a dense layer on its pixels.

    Returns
    -------
    filters : ndarray of shape (n, height, width)
        Positive where a filter wants ink, negative where it wants none.

    Raises
    ------
    ValueError
        If the layer does not look at the pixels.

    Examples
    --------
    >>> kernel_pictures(np.zeros((784, 128))).shape
    (128, 28, 28)
    """
    if kernel.ndim == 4 and kernel.shape[2] == 1:
        return np.moveaxis(kernel[:, :, 0], -1, 0)
    if kernel.ndim == 2 and len(kernel) == 28 * 28:
        return np.moveaxis(kernel.reshape(28, 28, -1), -1, 0)
    raise ValueError(
        "the layer must be a convolution of the image or a dense layer on its 784 pixels, but its "
        f"weights have shape {kernel.shape}"
    )


def _predict(model: keras.Model, output: keras.KerasTensor, images: np.ndarray) -> np.ndarray:
    inside = import_keras().Model(model.inputs[0], output)
    return ask(inside, images)


def _choose(model: Model, image: np.ndarray, digit: int | None) -> int:
    if digit is None:
        return int(np.argmax(ask(model, image[None])[0]))
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
