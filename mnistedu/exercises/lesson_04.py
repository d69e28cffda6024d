"""The exercises of lesson 04: kernels, pooling, and convolutional networks."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistedu.exercises.expectations import WrongAnswer, call, expect_array, expect_model, hints

MAX_PARAMETERS = 6_000
MIN_ACCURACY = {"mnist": 0.95, "digits": 0.85}  # on the validation images

# Strokes of one pixel through the middle of an image.
_DOWN_RIGHT = np.eye(9)
STROKES = {
    "down to the right": _DOWN_RIGHT,
    "down to the left": _DOWN_RIGHT[:, ::-1],
    "across": np.outer(np.arange(9) == 4, np.ones(9)),
    "straight down": np.outer(np.ones(9), np.arange(9) == 4),
}


@hints(
    "The weights should be positive along the stroke and negative next to it.",
    "The stroke passes through three of the nine positions. `np.eye(3)` has ones there.",
    "Choose the negative weights so that all nine add up to zero: then the output is 0 in evenly "
    "inked areas, where there is no stroke.",
)
def exercise_1(answer: object) -> str:
    """Check a 3x3 kernel that detects strokes going down to the right."""
    kernel = expect_array(answer, (3, 3), name="The kernel")
    outputs = {name: convolve(image, kernel).max() for name, image in STROKES.items()}
    wanted = outputs.pop("down to the right")
    if not kernel.any():
        raise WrongAnswer("All nine weights are zero: it detects nothing at all.")
    if not np.isclose(kernel.sum(), 0, atol=1e-6):
        raise WrongAnswer("It also responds to evenly inked areas, where there is no stroke.")
    best = max(outputs, key=lambda name: outputs[name])
    if wanted < 1.5 * outputs[best]:
        raise WrongAnswer(
            f"It responds as much to strokes that go {best}.",
            "Rows count from the top and columns from the left. Draw the 3 by 3 grid on paper.",
        )
    return "It responds to this stroke, and to nothing else."


@hints(
    "The reshape of `pool` puts each 2 by 2 square on two axes of its own. What is left to do?",
    "Only the last line of `pool` needs to change.",
    "`pool` takes the maximum over the axes 1 and 3; NumPy can also take the mean over both.",
)
def exercise_2(answer: object) -> str:
    """Check `mean_pool(feature_map)`, the mean of each 2x2 square."""
    rng = np.random.default_rng(42)
    for height, width in ((26, 26), (4, 6), (11, 7)):
        image = rng.normal(size=(height, width))
        half = (height // 2, width // 2)
        squares = image[: 2 * half[0], : 2 * half[1]].reshape(half[0], 2, half[1], 2)
        pooled = expect_array(call(answer, image, form="mean_pool(feature_map)"), half)
        if np.allclose(pooled, squares.max(axis=(1, 3))):
            raise WrongAnswer("That is still the maximum of the four pixels.")
        if np.allclose(pooled, squares.sum(axis=(1, 3))):
            raise WrongAnswer(
                "That is the sum of the four pixels.", "The mean of four ones is one."
            )
        if np.allclose(pooled, squares[:, 0, :, 0]):
            raise WrongAnswer("You keep one pixel of each square and discard the other three.")
        if not np.allclose(pooled, squares.mean(axis=(1, 3))):
            raise WrongAnswer(
                f"For a {height} by {width} map, these are not the means of its squares.",
                "Does your reshape cut out squares? Try it on `np.arange(16).reshape(4, 4)`.",
            )
    return "It blurs, while max pooling keeps the maximum; both halve the width of a map."


@hints(
    "Pad the image first; then `convolve` does the rest.",
    "A 3 by 3 window loses one row and one column on each side, so that is how wide the padding "
    "must be. Pad with zeros, as if there were no ink outside.",
    "`np.pad` adds padding.",
)
def exercise_3(answer: object) -> str:
    """Check `convolve_same(image, kernel)`, whose feature map is as large as the image."""
    rng = np.random.default_rng(43)
    for shape in ((28, 28), (5, 8), (3, 3)):
        image, kernel = rng.random(shape), rng.normal(size=(3, 3))
        result = call(answer, image, kernel, form="convolve_same(image, kernel)")
        if np.asarray(result).shape == (shape[0] - 2, shape[1] - 2):
            raise WrongAnswer("The map is smaller than the image: it lacks the border.")
        same = expect_array(result, shape, name="The map")
        expected = convolve(np.pad(image, 1), kernel)
        if np.allclose(same, convolve(np.pad(image, 1), kernel[::-1, ::-1])):
            raise WrongAnswer(
                "Your kernel is rotated by 180 degrees.",
                "That is how mathematics defines a convolution; a network's layers do not rotate "
                "their kernels.",
            )
        if not np.allclose(same[1:-1, 1:-1], expected[1:-1, 1:-1]):
            raise WrongAnswer(
                "Inside the image, away from the border, the map differs from that of `convolve`."
            )
        if not np.allclose(same, expected):
            raise WrongAnswer(
                "The inside is right, but along the border the values are not.",
                "What does the window see outside the image? There is no ink.",
            )
    return 'Keras calls this `padding="same"`; it lets networks be as deep as you like.'


@hints(
    "Where are most of the parameters? `for layer in small.layers: print(layer.name, "
    "layer.count_params())` shows it.",
    "The last layer has ten weights for each of its inputs: fewer filters at the end, or one more "
    "convolution with pooling, make it smaller.",
    "A small network may need a higher learning rate, less dropout, or more epochs.",
)
def exercise_4(answer: object) -> str:
    """Check `(small, data)`, a small CNN that is still accurate."""
    from mnistedu.evaluation import evaluate

    model, data = expect_model(answer, form="(small, data)")
    if not any("Conv" in type(layer).__name__ for layer in model.layers):
        raise WrongAnswer("There is no convolution in this network.")
    if model.count_params() >= MAX_PARAMETERS:
        raise WrongAnswer(
            f"The network has {model.count_params():,} numbers, too many for this exercise."
        )
    required = MIN_ACCURACY[data.name]
    accuracy = evaluate(model, data.validation).accuracy
    if accuracy < required:
        raise WrongAnswer(
            f"It reads {accuracy:.1%} of the validation images; {required:.0%} are required."
        )
    return "How small can you make it?"


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide a 3x3 kernel over an image, as in the lesson.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        Pixel values.
    kernel : ndarray of shape (3, 3)
        Weights.

    Returns
    -------
    feature_map : ndarray of shape (height - 2, width - 2)
        The weighted sum of the pixels in each window.

    Examples
    --------
    >>> convolve(np.ones((4, 5)), np.ones((3, 3)))
    array([[9., 9., 9.],
           [9., 9., 9.]])
    """
    return (sliding_window_view(image, (3, 3)) * kernel).sum(axis=(2, 3))
