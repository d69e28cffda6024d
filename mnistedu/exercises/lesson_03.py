"""The exercises of lesson 03: gradients, and networks of dense layers."""

from __future__ import annotations

import numpy as np

from mnistedu.exercises.expectations import WrongAnswer, call, expect_array, expect_model, hints

MAX_PARAMETERS = 50_000
# On the validation images. Half of the lesson's neurons are enough to exceed it.
MIN_ACCURACY = {"mnist": 0.95, "digits": 0.85}


@hints(
    "The gradient points in the direction in which the loss grows. Where do you want to go?",
    "The learning rate says how far: the step is the learning rate times the gradient.",
    "The lesson has this line; it names the result `W_new`. Return the right-hand side.",
)
def exercise_1(answer: object) -> str:
    """Check `step(weights, gradient, learning_rate)`, one step of gradient descent."""
    rng = np.random.default_rng(31)
    for shape, rate in (((784, 10), 0.5), ((10,), 0.1), ((3, 4), 2.0)):
        weights, gradient = rng.normal(size=(2, *shape))
        result = call(answer, weights, gradient, rate, form="step(weights, gradient, rate)")
        stepped = expect_array(result, shape)
        if np.allclose(stepped, weights + rate * gradient):
            raise WrongAnswer("Your step goes uphill: it increases the loss.")
        if np.allclose(stepped, weights - gradient):
            raise WrongAnswer("Your step has the same length whatever the learning rate is.")
        if np.allclose(np.abs(stepped), np.abs(rate * gradient)):
            raise WrongAnswer(
                "That is the step alone.",
                "Where do you end up after it? You started at `weights`.",
            )
        if not np.allclose(stepped, weights - rate * gradient):
            raise WrongAnswer(f"With a learning rate of {rate}, the new weights are not right.")
    return "Training does nothing but repeat this line."


@hints(
    "Draw the layers in a row, from the 784 inputs to the ten outputs. Each neuron is connected to "
    "every neuron of the next layer.",
    "A layer of m neurons after one of n has n times m weights, and one bias for each of the m.",
    "Make a list of all sizes, from 784 to 10, and add up over adjacent pairs: "
    "`itertools.pairwise` returns them, and so does `zip(sizes, sizes[1:])`.",
)
def exercise_2(answer: object) -> str:
    """Check `count_numbers(units)`, the number of weights and biases of an MLP."""
    choices: tuple[tuple[int, ...], ...] = ((128,), (), (64, 32), (10, 20, 30))
    for units in choices:
        result = call(answer, units, form="count_numbers(units)")
        count = expect_array(result, ())
        sizes = np.array([784, *units, 10])
        weights, biases = int((sizes[:-1] * sizes[1:]).sum()), int(sizes[1:].sum())
        if count == weights:
            raise WrongAnswer(f"For units={units}, the biases are missing.")
        if units and count == weights + biases - 10 * (sizes[-2] + 1):
            raise WrongAnswer(f"For units={units}, the last layer, with ten outputs, is missing.")
        if count == weights + biases + 784:
            raise WrongAnswer("The inputs are not neurons: they have no biases.")
        if not units and count != weights + biases:
            raise WrongAnswer("Without hidden layers, `units=()`, the number is not right.")
        if count != weights + biases:
            raise WrongAnswer(f"For units={units}, the number is not right.")
    return "Compare with `model.count_params()` whenever you build a network."


@hints(
    "Work backwards from the output. You know the error of the ten scores from the lesson; each "
    "hidden neuron receives part of it through the weights that connect it to the scores.",
    "From the scores back to the hidden neurons: multiply by `W.T`. Then think of where ReLU "
    "returned 0: there, a small change of the weights changes nothing.",
    "The last step is the same as for ten neurons: the transposed inputs times the error, now the "
    "error of the hidden neurons.",
)
def exercise_3(answer: object) -> str:
    """Check `hidden_gradient(x, truth, V, W)`, the gradient of the hidden layer's weights."""
    rng = np.random.default_rng(33)
    for n, inputs, neurons in ((5, 12, 7), (32, 784, 16), (1, 6, 3)):
        x, truth = rng.random((n, inputs)), np.eye(10)[rng.integers(10, size=n)]
        V, W = rng.normal(size=(inputs, neurons)) / 4, rng.normal(size=(neurons, 10))
        result = call(answer, x, truth, V, W, form="hidden_gradient(x, truth, V, W)")
        gradient = expect_array(result, V.shape, name="The gradient")
        expected, without_relu = _hidden_gradients(x, truth, V, W)
        if n > 1 and np.allclose(gradient, expected * n):
            raise WrongAnswer(
                "It is the gradient times the number of images, but the loss is a mean."
            )
        if np.allclose(gradient, -expected):
            raise WrongAnswer("It has the wrong sign. Which do you subtract, prediction or truth?")
        if np.allclose(gradient, without_relu):
            raise WrongAnswer(
                "It is the gradient of a network without ReLU.",
                "Where ReLU returned 0, the hidden neuron passes no error back.",
            )
        if not np.allclose(gradient, expected, atol=1e-8):
            raise WrongAnswer(
                f"For {n} images of {inputs} pixels and {neurons} hidden neurons, it is not the "
                "gradient.",
                "Change one weight of V a little, as in the lesson, and compare.",
            )
    return "That is backpropagation. Deeper networks repeat it, layer by layer."


@hints(
    "Nearly all parameters are between the image and the first hidden layer.",
    "Exercise 03.2 tells you how many hidden neurons you can afford.",
    "If the network is small enough but not accurate enough, train it for more epochs, and watch "
    "the validation curve.",
)
def exercise_4(answer: object) -> str:
    """Check `(small, data)`, a small MLP that is nearly as accurate."""
    from mnistedu.evaluation import evaluate

    model, data = expect_model(answer, form="(small, data)")
    if model.count_params() >= MAX_PARAMETERS:
        raise WrongAnswer(
            f"The network has {model.count_params():,} numbers, too many for this exercise."
        )
    if any("Conv" in type(layer).__name__ for layer in model.layers):
        raise WrongAnswer(
            "That is a convolutional network; use dense layers here. Lesson 04 is next."
        )
    required = MIN_ACCURACY[data.name]
    accuracy = evaluate(model, data.validation).accuracy
    if accuracy < required:
        raise WrongAnswer(
            f"It reads {accuracy:.1%} of the validation images; {required:.0%} are required."
        )
    return "Half the numbers, and hardly any accuracy lost."


def _hidden_gradients(
    x: np.ndarray, truth: np.ndarray, V: np.ndarray, W: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient, and the wrong one that leaves out the derivative of ReLU."""
    hidden = np.maximum(0, x @ V)
    powers = np.exp(hidden @ W)
    error = (powers / powers.sum(axis=1, keepdims=True) - truth) / len(x)
    back = error @ W.T
    return x.T @ (back * (hidden > 0)), x.T @ back
