"""The exercises of lesson 04: kernels, pooling, and networks of convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistedu.exercises.expectations import (
    WrongAnswer,
    accuracy_bar,
    call,
    expect_accuracy,
    expect_array,
    expect_model,
    hints,
)

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Dataset

MOST_NUMBERS = 6_000
BARS = {"mnist": 0.95, "digits": 0.85}  # of the validation images
ROUNDING = 1e-5  # of float32
PAPER = "Rows count from the top and columns from the left. Draw the 3 by 3 places on paper."

# Strokes of one pixel through the middle of an image.
_DOWN_RIGHT = np.eye(9)
STROKES = {
    "down to the right": _DOWN_RIGHT,
    "down to the left": _DOWN_RIGHT[:, ::-1],
    "across": np.outer(np.arange(9) == 4, np.ones(9)),
    "straight down": np.outer(np.ones(9), np.arange(9) == 4),
}


@hints(
    "Where the stroke is, the weights should be positive; next to it, negative.",
    "The stroke runs through three of the nine positions. `np.eye(3)` has ones just there.",
    "Choose the negative numbers so that all nine add up to zero: then the result is zero in "
    "evenly inked areas, in which there is no stroke.",
)
def exercise_1(answer: object) -> str:
    """Check `kernel`, 3 by 3, which finds strokes that go down to the right."""
    kernel = expect_array(answer, (3, 3), name="The kernel")
    if not kernel.any():
        raise WrongAnswer("All nine weights are zero: it finds nothing at all.")
    if abs(kernel.sum()) > 0.01 * np.abs(kernel).sum():
        raise WrongAnswer("Its result is not zero in evenly inked areas, where there is no stroke.")
    maps = {name: convolve(image, kernel) for name, image in STROKES.items()}
    found = maps.pop("down to the right")
    on_stroke = found[3, 3]
    if on_stroke <= 0:
        for name, found_there in maps.items():
            if found_there[3, 3] > ROUNDING:
                raise WrongAnswer(
                    f"It finds strokes that go {name}, not those that go down to the right.", PAPER
                )
        raise WrongAnswer("On a stroke going down to the right its result is not positive.")
    if on_stroke < found.max() - ROUNDING:
        raise WrongAnswer("Its result is larger next to the stroke than on it.")
    best = max(maps, key=lambda name: maps[name].max())
    if on_stroke < 1.5 * maps[best].max():
        raise WrongAnswer(
            f"Its result is about as large for strokes that go {best}.",
            PAPER,
        )
    return "Its result is largest on strokes that go down to the right."


@hints(
    "The reshape of `pool` puts each square of 2 by 2 on two axes of its own. What is left to do?",
    "Only the last line of `pool` must change.",
    "Where `pool` takes the largest over the axes 1 and 3, NumPy can also take the mean over both.",
)
def exercise_2(answer: object) -> str:
    """Check `mean_pool(feature_map)`, the mean of each square of 2 by 2."""
    rng = np.random.default_rng(42)
    for height, width in ((26, 26), (4, 6), (11, 7)):
        image = rng.normal(size=(height, width))
        half = (height // 2, width // 2)
        squares = image[: 2 * half[0], : 2 * half[1]].reshape(half[0], 2, half[1], 2)
        pooled = expect_array(call(answer, image, form="mean_pool(feature_map)"), half)
        if _close(pooled, squares.max(axis=(1, 3))):
            raise WrongAnswer("That is the largest of the four pixels, still.")
        if _close(pooled, squares.sum(axis=(1, 3))):
            raise WrongAnswer(
                "That is the sum of the four pixels.", "The mean of four ones is one."
            )
        if _close(pooled, squares[:, 0, :, 0]):
            raise WrongAnswer("You keep one pixel of each square and lose the other three.")
        if not _close(pooled, squares.mean(axis=(1, 3))):
            raise WrongAnswer(
                f"For a map of {height} by {width} these are not the means of its squares.",
                "Does your reshape cut out squares? Try it on `np.arange(16).reshape(4, 4)`.",
            )
    return "Max pooling keeps the largest, this one blurs; both make a map half as wide."


@hints(
    "Give the image a border first; then `convolve` does the rest.",
    "The window of 3 by 3 costs one row and one column on each side, so that is how wide the "
    "border must be. It is zero, as if there was no ink beyond.",
    "`np.pad` makes borders.",
)
def exercise_3(answer: object) -> str:
    """Check `convolve_same(image, kernel)`, a feature map as large as the image."""
    rng = np.random.default_rng(43)
    for shape in ((28, 28), (5, 8), (3, 3), (40, 31)):
        image, kernel = rng.random(shape), rng.normal(size=(3, 3))
        result = call(answer, image, kernel, form="convolve_same(image, kernel)")
        if np.asarray(result).shape == (shape[0] - 2, shape[1] - 2):
            raise WrongAnswer("The map is smaller than the image by the border.")
        same = expect_array(result, shape, name="The map")
        wanted = convolve(np.pad(image, 1), kernel)
        if _close(same, convolve(np.pad(image, 1), kernel[::-1, ::-1])):
            raise WrongAnswer(
                "Your kernel is rotated by 180°.",
                "That is what mathematics calls a convolution; a network's layers do not rotate.",
            )
        if not _close(same[1:-1, 1:-1], wanted[1:-1, 1:-1]):
            raise WrongAnswer(
                "Inside the image, away from the border, the map is not that of `convolve`."
            )
        if not _close(same, wanted):
            raise WrongAnswer(
                "The map is right inside, but wrong along the border.",
                "What does the window see beyond the image? There is no ink.",
            )
    return 'Keras calls this `padding="same"`; with it a layer does not make the map smaller.'


@hints(
    "Where are most of the numbers? `for layer in small.layers: print(layer.name, "
    "layer.count_params())` tells.",
    "The last layer has ten numbers for each value that reaches it: fewer filters at the end, or "
    "one more convolution with its pooling, make it smaller.",
    "A small network may need a larger learning rate, less dropout, or more epochs.",
)
def exercise_4(answer: object) -> str:
    """Check `(small, data)`, a small CNN that is still accurate."""
    model, data = expect_model(answer, form="(small, data)")
    if not any(_has_window(weights) for weights in model.get_weights()):
        raise WrongAnswer(
            "There is no convolution in this network with a window of several pixels."
        )
    if model.count_params() >= MOST_NUMBERS:
        raise WrongAnswer(
            f"The network has {model.count_params():,} numbers, too many for this task."
        )
    expect_accuracy(model, data, BARS)
    if _accuracy_of_single_pixels(model, data) >= accuracy_bar(data, BARS):
        raise WrongAnswer(
            "Its convolutions do nothing: with only the middle of each window it is as accurate.",
            "Do the convolutions train, and does the last layer get their maps and nothing else?",
        )
    return f"{model.count_params():,} numbers are enough. How small can you make it?"


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide a kernel over an image, as the lesson does.

    Parameters
    ----------
    image : ndarray of shape (height, width)
    kernel : ndarray of shape (3, 3)

    Returns
    -------
    feature_map : ndarray of shape (height - 2, width - 2)

    Examples
    --------
    >>> convolve(np.ones((4, 5)), np.ones((3, 3)))
    array([[9., 9., 9.],
           [9., 9., 9.]])
    """
    return (sliding_window_view(image, (3, 3)) * kernel).sum(axis=(2, 3))


def _has_window(weights: np.ndarray) -> bool:
    """Check for the kernels of a convolution: all axes but the last two are of the window."""
    return weights.ndim > 2 and max(weights.shape[:-2]) > 1


def _accuracy_of_single_pixels(model: keras.Model, data: Dataset) -> float:
    """Return the accuracy with all windows cut down to their middle pixel."""
    from mnistedu.evaluation import evaluate

    trained = model.get_weights()
    cut = [weights.copy() for weights in trained]
    for weights in filter(_has_window, cut):
        middle = tuple(size // 2 for size in weights.shape[:-2])
        kept = weights[middle].copy()
        weights[...] = 0
        weights[middle] = kept
    try:
        model.set_weights(cut)
        return evaluate(model, data.validation).accuracy
    finally:
        model.set_weights(trained)


def _close(result: np.ndarray, wanted: np.ndarray) -> bool:
    """Check whether two arrays agree but for rounding."""
    return np.allclose(result, wanted, atol=ROUNDING)
