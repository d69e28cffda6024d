"""Layer outputs, embeddings of images, and weights as images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.inference.keras_model import predict

if TYPE_CHECKING:
    import keras


def layer_output(model: keras.Model, images: np.ndarray, layer: str) -> np.ndarray:
    """Compute the output of a layer.

    Parameters
    ----------
    model : keras.Model
        A model of 28x28 images.
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels, 0 for background.
    layer : str
        Name of the layer, as listed by ``model.summary()``.

    Returns
    -------
    output : ndarray of shape (n, ...), dtype float32
        The output for each image.

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
    """Embed images in a plane, so that images with similar features are close together.

    The features are the inputs of the model's last layer with weights.

    Parameters
    ----------
    model : keras.Model
        A model of 28x28 images.
    images : ndarray of shape (n, 28, 28), dtype uint8
        At least three images. t-SNE takes about ten seconds for 2,000.
    method : {"pca", "tsne"}, default="pca"
        Principal components preserve the directions of largest variance. t-SNE preserves
        neighbours, but not distances between groups.
    seed : int, default=0
        Random seed of t-SNE.

    Returns
    -------
    points : ndarray of shape (n, 2)
        Coordinates of each image.

    Raises
    ------
    ValueError
        If the method is unknown, or there are fewer than three images.

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
        raise ValueError(f"there must be at least three images, got {len(images)}")
    last = [layer for layer in model.layers if layer.weights][-1]
    features = _predict(model, last.input, images).reshape(len(images), -1)
    if method == "pca":
        return PCA(2, random_state=seed).fit_transform(features)
    perplexity = min(30, (len(images) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(features)


def kernel_pictures(kernel: np.ndarray) -> np.ndarray:
    """Return the weights of a layer that is applied to the pixels, as one image per filter.

    Parameters
    ----------
    kernel : ndarray of shape (height, width, 1, n) or (784, n)
        Weights of a convolution of the image, or of a dense layer on its pixels.

    Returns
    -------
    filters : ndarray of shape (n, height, width)
        Positive where ink increases the output of a filter, negative where it decreases it.

    Raises
    ------
    ValueError
        If the kernel has another shape.

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
    return predict(import_keras().Model(model.inputs[0], output), images)
