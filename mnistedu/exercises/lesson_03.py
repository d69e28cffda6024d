"""The exercises of lesson 03: gradients, and networks of dense layers."""

from __future__ import annotations

import numpy as np

from mnistedu.exercises.expectations import Wrong, call, expect_array, expect_network, hints

MOST_NUMBERS = 50_000
BARS = {"mnist": 0.95, "digits": 0.85}  # of the validation images; half the neurons reach more


@hints(
    "The gradient says in which direction the loss grows. Where do you want to go?",
    "The learning rate says how far: the step is the learning rate times the gradient.",
    "The lesson has the line, with the name `W_new`. Give back what is on its right.",
)
def exercise_1(answer: object) -> str:
    """`step(weights, gradient, learning_rate)`: one step of gradient descent."""
    rng = np.random.default_rng(31)
    for shape, rate in (((784, 10), 0.5), ((10,), 0.1), ((3, 4), 2.0)):
        weights, gradient = rng.normal(size=(2, *shape))
        result = call(answer, weights, gradient, rate, form="step(weights, gradient, rate)")
        stepped = expect_array(result, shape, name="What you give back")
        if np.allclose(stepped, weights + rate * gradient):
            raise Wrong("Your step goes uphill: it makes the loss larger.")
        if np.allclose(stepped, weights - gradient):
            raise Wrong("Your step is as long whatever the learning rate is.")
        if np.allclose(np.abs(stepped), np.abs(rate * gradient)):
            raise Wrong(
                "That is the step alone.", "Where do you stand after it? You started at `weights`."
            )
        if not np.allclose(stepped, weights - rate * gradient):
            raise Wrong(f"With a learning rate of {rate} you do not arrive at the right place.")
    return "All that training does is to repeat this line."


@hints(
    "Draw the layers in a row, the 784 inputs first and the ten answers last. Between two layers "
    "each neuron is joined to each.",
    "A layer of m neurons after one of n has n times m weights, and one bias for each of the m.",
    "Make a list of all sizes, from 784 to 10, and add up over its neighbours: "
    "`itertools.pairwise` gives them, and so does `zip(sizes, sizes[1:])`.",
)
def exercise_2(answer: object) -> str:
    """`count_numbers(units)`: weights and biases of an MLP with these hidden layers."""
    for units in ((128,), (), (64, 32), (10, 20, 30)):
        result = call(answer, units, form="count_numbers(units)")
        count = expect_array(result, ())
        sizes = np.array([784, *units, 10])
        weights, biases = int((sizes[:-1] * sizes[1:]).sum()), int(sizes[1:].sum())
        if count == weights:
            raise Wrong(f"For units={units} the biases are missing.")
        if units and count == weights + biases - 10 * (sizes[-2] + 1):
            raise Wrong(f"For units={units} the last layer, of the ten answers, is missing.")
        if count == weights + biases + 784:
            raise Wrong("The inputs are no neurons: they are given, and have no bias.")
        if not units and count != weights + biases:
            raise Wrong("Without hidden layers, `units=()`, the number is not right.")
        if count != weights + biases:
            raise Wrong(f"For units={units} the number is not right.")
    return "Compare with `model.count_params()` whenever you build a network."


@hints(
    "Go back from the end. The error at the ten scores you know from the lesson; each hidden "
    "neuron gets its share of it through the weights that led from it to the scores.",
    "From the scores back to the hidden neurons: multiply by `W.T`. Then ask where ReLU was "
    "silent: there a small change of the weights changes nothing.",
    "The last step is as for ten neurons: the inputs, transposed, times the error, which is now "
    "the one at the hidden neurons.",
)
def exercise_3(answer: object) -> str:
    """`hidden_gradient(x, truth, V, W)`: of the loss, with regard to the hidden weights V."""
    rng = np.random.default_rng(33)
    for n, inputs, neurons in ((5, 12, 7), (32, 784, 16), (1, 6, 3)):
        x, truth = rng.random((n, inputs)), np.eye(10)[rng.integers(10, size=n)]
        V, W = rng.normal(size=(inputs, neurons)) / 4, rng.normal(size=(neurons, 10))
        result = call(answer, x, truth, V, W, form="hidden_gradient(x, truth, V, W)")
        gradient = expect_array(result, V.shape, name="The gradient")
        wanted, unbent = _hidden_gradients(x, truth, V, W)
        if n > 1 and np.allclose(gradient, wanted * n):
            raise Wrong("It is larger than the gradient by the number of images: a loss is a mean.")
        if np.allclose(gradient, -wanted):
            raise Wrong("It points the other way. Which of answer and truth is taken from which?")
        if np.allclose(gradient, unbent):
            raise Wrong(
                "It is the gradient of a network without ReLU.",
                "Where a hidden neuron was silent, its share of the error is lost.",
            )
        if not np.allclose(gradient, wanted, atol=1e-8):
            raise Wrong(
                f"For {n} images of {inputs} pixels and {neurons} hidden neurons it is not the "
                "gradient.",
                "Nudge a weight of V, as in the lesson, and see how far off you are.",
            )
    return "That is backpropagation. Deeper networks repeat it, layer by layer."


@hints(
    "Nearly all numbers are between the image and the first hidden layer.",
    "Exercise 03.2 tells how many hidden neurons you can afford.",
    "If the network is small enough but reads too little, let it learn for more epochs, and watch "
    "the validation curve.",
)
def exercise_4(answer: object) -> str:
    """`(small, data)`: a network of few numbers that reads nearly as well."""
    from mnistedu.evaluation import evaluate

    model, data = expect_network(answer, form="(small, data)")
    if model.count_params() >= MOST_NUMBERS:
        raise Wrong(f"The network has {model.count_params():,} numbers, too many for this task.")
    if any("Conv" in type(layer).__name__ for layer in model.layers):
        raise Wrong("That is a convolutional network; take dense layers here. Lesson 04 is next.")
    bar = BARS[data.name]
    accuracy = evaluate(model, data.validation).accuracy
    if accuracy < bar:
        raise Wrong(f"It reads {accuracy:.1%} of the validation images; {bar:.0%} are asked for.")
    return "Half the numbers, and hardly a digit less."


def _hidden_gradients(
    x: np.ndarray, truth: np.ndarray, V: np.ndarray, W: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the gradient as it is, and as it is if one forgets that ReLU was silent."""
    hidden = np.maximum(0, x @ V)
    powers = np.exp(hidden @ W)
    error = (powers / powers.sum(axis=1, keepdims=True) - truth) / len(x)
    back = error @ W.T
    return x.T @ (back * (hidden > 0)), x.T @ back
