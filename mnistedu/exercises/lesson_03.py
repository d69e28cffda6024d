"""The exercises of lesson 03: gradients, and networks of dense layers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mnistedu.exercises.expectations import (
    WrongAnswer,
    call,
    expect_accuracy,
    expect_array,
    expect_model,
    hints,
)

MOST_NUMBERS = 50_000
BARS = {"mnist": 0.95, "digits": 0.85}  # of the validation images


@hints(
    "The gradient says in which direction the loss grows. Where do you want to go?",
    "The learning rate says how far: the step is the learning rate times the gradient.",
    "The lesson has the line, with the name `W_new`. Return what is on its right.",
)
def exercise_1(answer: object) -> str:
    """Check `step(weights, gradient, learning_rate)`, one step of gradient descent."""
    rng = np.random.default_rng(31)
    for shape, rate in (
        ((784, 10), 0.5),
        ((10,), 0.1),
        ((3, 4), 2.3),
        ((5, 2), 0.0371),
        ((2, 4), 0.0046),
    ):
        weights, gradient = rng.normal(size=(2, *shape))
        result = call(answer, weights, gradient, rate, form="step(weights, gradient, rate)")
        stepped = expect_array(result, shape, name="What you return")
        if _close(stepped, weights + rate * gradient):
            raise WrongAnswer("Your step goes uphill: it makes the loss larger.")
        if _close(stepped, weights - gradient):
            raise WrongAnswer("Your step has the same length at every learning rate.")
        if _close(np.abs(stepped), np.abs(rate * gradient)):
            raise WrongAnswer(
                "That is only the step.", "Where are you after it? You started at `weights`."
            )
        if not _close(stepped, weights - rate * gradient):
            raise WrongAnswer(
                f"With a learning rate of {rate} your step does not end where it should."
            )
    return "Training repeats this line, and does nothing else."


@hints(
    "Draw the layers in a row, the 784 inputs first and the ten answers last. Between two layers "
    "each neuron is joined to each.",
    "A layer of m neurons after one of n has n times m weights, and one bias for each of the m.",
    "Make a list of all sizes, from 784 to 10, and add up over its neighbours: "
    "`itertools.pairwise` gives them, and so does `zip(sizes, sizes[1:])`.",
)
def exercise_2(answer: object) -> str:
    """Check `count_numbers(units)`, the number of weights and biases of an MLP."""
    for units in ((128,), (), (64, 32), (10, 20, 30), (50, 9, 31, 9), (7, 13, 5, 11, 3, 8)):
        result = call(answer, units, form="count_numbers(units)")
        count = expect_array(result, ())
        sizes = np.array([784, *units, 10])
        weights, biases = int((sizes[:-1] * sizes[1:]).sum()), int(sizes[1:].sum())
        if count == weights:
            raise WrongAnswer(f"For units={units} the biases are missing.")
        if units and count == weights + biases - 10 * (sizes[-2] + 1):
            raise WrongAnswer(f"For units={units} the last layer, of the ten answers, is missing.")
        if count == weights + biases + 784:
            raise WrongAnswer("The inputs are not neurons: they are given, and have no bias.")
        if not units and count != weights + biases:
            raise WrongAnswer("Without hidden layers, `units=()`, the number is not right.")
        if count != weights + biases:
            raise WrongAnswer(f"For units={units} the number is not right.")
    return "Compare with `model.count_params()` whenever you build a network."


@hints(
    "Start at the end. You know the error at the ten scores from the lesson. Then take one layer "
    "after the other, as `backward` does, until you are at the first.",
    "From the error at a layer to the error at the layer before it: multiply by the transposed "
    "weights between the two, then by 0 where ReLU returned zero.",
    "With two hidden layers the line `error_hidden = ...` of the lesson comes twice, first with "
    "`W3` and `second`, then with `W2` and `first`. The last line is the inputs, transposed, times "
    "the error at the first hidden layer.",
)
def exercise_3(answer: object) -> str:
    """Check `first_gradient(x, truth, W1, W2, W3)`, the gradient of the loss by `W1`."""
    rng = np.random.default_rng(33)
    for n, *sizes in ((5, 12, 7, 6, 10), (24, 30, 16, 12, 10), (1, 12, 20, 15, 10)):
        x, truth = rng.random((n, sizes[0])), np.eye(10)[rng.integers(10, size=n)]
        weights = [rng.normal(size=shape) / 2 for shape in pairwise(sizes)]
        form = "first_gradient(x, truth, W1, W2, W3)"
        result = call(answer, x, truth, *weights, form=form)
        gradient = expect_array(result, weights[0].shape, name="The gradient")
        wanted = _first_gradient(x, truth, weights)
        if n > 1 and _close(gradient, wanted * n):
            raise WrongAnswer("It is the gradient times the number of images: the loss is a mean.")
        if _close(gradient, -wanted):
            raise WrongAnswer("Its sign is wrong. Which is subtracted from which, answer or truth?")
        for layers, where in (((), "both hidden layers"), ((1,), "`second`"), ((2,), "`first`")):
            if _close(gradient, _first_gradient(x, truth, weights, relu=layers)):
                raise WrongAnswer(
                    f"It leaves out the ReLU of {where}.",
                    "Where ReLU returned zero, no error is passed back.",
                )
        if not _close(gradient, wanted):
            raise WrongAnswer(
                f"For {n} images of {sizes[0]} pixels, with {sizes[1]} and {sizes[2]} hidden "
                "neurons, it is not the gradient.",
                "Change a weight of `W1` a little, as `slope` does, and compare.",
            )
    return "That is backpropagation; deeper networks repeat it layer by layer."


@hints(
    "Nearly all numbers are between the image and the first hidden layer.",
    "Exercise 03.2 tells how many hidden neurons you can afford.",
    "If the network is small enough but not accurate enough, train it for more epochs, and watch "
    "the validation curve.",
)
def exercise_4(answer: object) -> str:
    """Check `(small, data)`, a network of few numbers that is nearly as accurate."""
    model, data = expect_model(answer, form="(small, data)")
    if model.count_params() >= MOST_NUMBERS:
        raise WrongAnswer(
            f"The network has {model.count_params():,} numbers, too many for this task."
        )
    if any(len(weights.shape) > 2 for weights in model.weights):  # nested ones, too
        raise WrongAnswer(
            "That is a convolutional network; use dense layers here. Lesson 04 is next."
        )
    expect_accuracy(model, data, BARS)
    return f"{model.count_params():,} numbers are enough."


def _first_gradient(
    x: np.ndarray, truth: np.ndarray, weights: list[np.ndarray], relu: tuple[int, ...] = (1, 2)
) -> np.ndarray:
    """Return the gradient of the first weights, as if only the `relu` layers had a ReLU in it."""
    outputs = [x]
    for matrix in weights[:-1]:
        outputs.append(np.maximum(0, outputs[-1] @ matrix))
    powers = np.exp(outputs[-1] @ weights[-1])
    error = (powers / powers.sum(axis=1, keepdims=True) - truth) / len(x)
    for layer in (2, 1):
        error = error @ weights[layer].T
        if layer in relu:
            error = error * (outputs[layer] > 0)
    return x.T @ error


def _close(result: np.ndarray, wanted: np.ndarray) -> bool:
    """Check whether two arrays agree but for the rounding of float32."""
    return np.allclose(result, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())
