"""The exercises of lesson 04: kernels, pooling, and networks of convolutions."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistedu.exercises.expectations import Wrong, call, expect_array, expect_network, hints

MOST_NUMBERS = 6_000
BARS = {"mnist": 0.95, "digits": 0.85}  # of the validation images

# Strokes of one pixel through the middle of an image.
_DOWN_RIGHT = np.eye(9)
STROKES = {
    "down to the right": _DOWN_RIGHT,
    "down to the left": _DOWN_RIGHT[:, ::-1],
    "across": np.outer(np.arange(9) == 4, np.ones(9)),
    "straight down": np.outer(np.ones(9), np.arange(9) == 4),
}


@hints(
    "Where the stroke is, the weights should be positive; beside it, negative.",
    "The stroke runs through three of the nine places. `np.eye(3)` has ones just there.",
    "Choose the negative numbers so that all nine add up to zero: then evenly inked areas, in "
    "which there is no stroke, get no answer.",
)
def exercise_1(answer: object) -> str:
    """`kernel`, 3 by 3, that finds strokes going down to the right."""
    kernel = expect_array(answer, (3, 3), name="The kernel")
    answers = {name: convolve(image, kernel).max() for name, image in STROKES.items()}
    wanted = answers.pop("down to the right")
    if not kernel.any():
        raise Wrong("All nine weights are zero: it finds nothing at all.")
    if not np.isclose(kernel.sum(), 0, atol=1e-6):
        raise Wrong("It answers to evenly inked areas, too, where there is no stroke.")
    best = max(answers, key=answers.get)
    if wanted < 1.5 * answers[best]:
        raise Wrong(
            f"It answers as much to strokes that go {best}.",
            "Rows count from the top and columns from the left. Draw the 3 by 3 places on paper.",
        )
    return "The stroke answers, and nothing else does."


@hints(
    "The reshape of `pool` puts each square of 2 by 2 on two axes of its own. What is left to do?",
    "Only the last line of `pool` must change.",
    "Where `pool` takes the largest over the axes 1 and 3, NumPy can also take the mean over both.",
)
def exercise_2(answer: object) -> str:
    """`mean_pool(feature_map)`: the mean of each square of 2 by 2."""
    rng = np.random.default_rng(42)
    for height, width in ((26, 26), (4, 6), (11, 7)):
        image = rng.normal(size=(height, width))
        half = (height // 2, width // 2)
        squares = image[: 2 * half[0], : 2 * half[1]].reshape(half[0], 2, half[1], 2)
        pooled = expect_array(call(answer, image, form="mean_pool(feature_map)"), half)
        if np.allclose(pooled, squares.max(axis=(1, 3))):
            raise Wrong("That is the largest of the four pixels, still.")
        if np.allclose(pooled, squares.sum(axis=(1, 3))):
            raise Wrong("That is the sum of the four pixels.", "The mean of four ones is one.")
        if np.allclose(pooled, squares[:, 0, :, 0]):
            raise Wrong("You keep one pixel of each square and lose the other three.")
        if not np.allclose(pooled, squares.mean(axis=(1, 3))):
            raise Wrong(
                f"For a map of {height} by {width} these are not the means of its squares.",
                "Does your reshape cut out squares? Try it on `np.arange(16).reshape(4, 4)`.",
            )
    return "It blurs where max pooling keeps the strongest; both make a map half as wide."


@hints(
    "Give the image a border first; then `convolve` does the rest.",
    "The window of 3 by 3 costs one row and one column on each side, so that is how wide the "
    "border must be. It is zero, as if there was no ink beyond.",
    "`np.pad` makes borders.",
)
def exercise_3(answer: object) -> str:
    """`convolve_same(image, kernel)`: a feature map as large as the image."""
    rng = np.random.default_rng(43)
    for shape in ((28, 28), (5, 8), (3, 3)):
        image, kernel = rng.random(shape), rng.normal(size=(3, 3))
        result = call(answer, image, kernel, form="convolve_same(image, kernel)")
        if np.shape(result) == (shape[0] - 2, shape[1] - 2):
            raise Wrong("The map is smaller than the image by the border.")
        same = expect_array(result, shape, name="The map")
        wanted = convolve(np.pad(image, 1), kernel)
        if np.allclose(same, convolve(np.pad(image, 1), kernel[::-1, ::-1])):
            raise Wrong(
                "Your kernel is turned by half a circle.",
                "That is a convolution as mathematics has it; a network's layers do not turn.",
            )
        if not np.allclose(same[1:-1, 1:-1], wanted[1:-1, 1:-1]):
            raise Wrong(
                "Inside the image, away from the border, the map is not that of `convolve`."
            )
        if not np.allclose(same, wanted):
            raise Wrong(
                "Inside all is right, but along the border the map is not as it should be.",
                "What does the window see beyond the image? There is no ink.",
            )
    return 'Keras calls this `padding="same"`; with it networks can be as deep as you like.'


@hints(
    "Where are most of the numbers? `for layer in small.layers: print(layer.name, "
    "layer.count_params())` tells.",
    "The last layer has ten numbers for each value that reaches it: fewer filters at the end, or "
    "one more convolution with its pooling, make it smaller.",
    "A small network may need a larger learning rate, less dropout, or more epochs.",
)
def exercise_4(answer: object) -> str:
    """`(small, data)`: a small CNN that still reads nearly everything."""
    from mnistedu.evaluation import evaluate

    model, data = expect_network(answer, form="(small, data)")
    if not any("Conv" in type(layer).__name__ for layer in model.layers):
        raise Wrong("There is no convolution in this network.")
    if model.count_params() >= MOST_NUMBERS:
        raise Wrong(f"The network has {model.count_params():,} numbers, too many for this task.")
    bar = BARS[data.name]
    accuracy = evaluate(model, data.validation).accuracy
    if accuracy < bar:
        raise Wrong(f"It reads {accuracy:.1%} of the validation images; {bar:.0%} are asked for.")
    return "How far down can you go?"


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
