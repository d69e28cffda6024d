"""Wrong and right answers to the exercises of lesson 03."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import keras
import numpy as np

import mnistedu
from mnistedu.data import Dataset, Split


def answer(function):
    """Return a factory of a function, as the tables need it."""
    return lambda: function


# 03.1


def step_in_place(weights, gradient, rate):
    weights -= rate * gradient
    return weights


def step_by_loops(weights, gradient, rate):
    result = weights.copy()
    for index in np.ndindex(weights.shape):
        result[index] = weights[index] - rate * gradient[index]
    return result


def step_of_the_first_row(weights, gradient, rate):
    result = weights.copy()
    result[0] -= rate * gradient[0]
    return result


# 03.2


def count_up_to(most, units):
    return by_pairs(units[:most])


def by_pairs(units):
    return sum((n + 1) * m for n, m in pairwise([784, *units, 10]))


def by_a_loop(units):
    total, inputs = 0, 784
    for size in (*units, 10):
        total += inputs * size + size
        inputs = size
    return total


def by_recursion(units, inputs=784):
    if not units:
        return inputs * 10 + 10
    return (inputs + 1) * units[0] + by_recursion(units[1:], units[0])


def without_biases(units):
    return sum(n * m for n, m in pairwise([784, *units, 10]))


def with_biases_for_inputs(units):
    return by_pairs(units) + 784


def without_the_last_layer(units):
    return sum((n + 1) * m for n, m in pairwise([784, *units]))


def with_every_layer_on_the_pixels(units):
    return sum(785 * m for m in units) + (units[-1] if units else 784) * 10 + 10


def with_one_bias_for_each_layer(units):
    return without_biases(units) + len(units) + 1


# 03.3


def softmax(scores, axis=1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def backpropagate(
    x, truth, *weights, masks=None, squash=softmax, mean=True, sign=1, dtype=float, turned=True
):
    """Return the gradient of the first weights of a network of any depth, with some mistake."""
    x, truth, *weights = (np.asarray(array, dtype) for array in (x, truth, *weights))
    values = [x]
    for matrix in weights[:-1]:
        values.append(np.maximum(0, values[-1] @ matrix))
    error = sign * (squash(values[-1] @ weights[-1]) - truth)
    if mean:
        error = error / len(x)
    for depth in range(len(weights) - 1, 0, -1):
        matrix = weights[depth]
        error = error @ (matrix.T if turned else np.linalg.pinv(matrix))
        if masks is None or depth in masks:
            error = error * (values[depth] > 0)
    return x.T @ error


def by_jax(x, truth, first, *others):
    def loss(first):
        hidden = x
        for matrix in (first, *others[:-1]):
            hidden = jax.nn.relu(hidden @ matrix)
        return -(truth * jax.nn.log_softmax(hidden @ others[-1])).sum(axis=1).mean()

    return jax.grad(loss)(jnp.asarray(first))


def by_finite_differences(x, truth, first, *others):
    def loss(first):
        hidden = x
        for matrix in (first, *others[:-1]):
            hidden = np.maximum(0, hidden @ matrix)
        return -np.log((truth * softmax(hidden @ others[-1])).sum(axis=1)).mean()

    gradient = np.zeros_like(first)
    for index in np.ndindex(first.shape):
        change = np.zeros_like(first)
        change[index] = 1e-6
        gradient[index] = (loss(first + change) - loss(first - change)) / 2e-6
    return gradient


def image_by_image(x, truth, *weights):
    parts = [backpropagate(x[i : i + 1], truth[i : i + 1], *weights) for i in range(len(x))]
    return np.mean(parts, axis=0)


def of_the_second_weights(x, truth, first, *others):
    return backpropagate(np.maximum(0, x @ first), truth, *others)


def of_the_first_image(x, truth, *weights):
    return backpropagate(x[:1], truth[:1], *weights)


def transposed(*given):
    return backpropagate(*given).T


def twice(*given):
    return 2 * backpropagate(*given)


def nothing(x, truth, first, *others):
    return np.zeros_like(first)


# 03.4


@cache
def offline() -> Dataset:
    """Return the bundled digits."""
    return mnistedu.load_digits()


@cache
def trained(kind, *, on: str = "digits"):
    """Return a network of some kind that reads nearly all of the bundled digits."""
    keras.utils.set_random_seed(0)
    model = kind()
    model.compile(
        keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    mnistedu.train(model, offline(), epochs=20, augmentation=None, verbose=False)
    return model


def network(*layers):
    """Return an untrained network of the layers, with a softmax over ten digits behind them."""
    return keras.Sequential(
        [keras.Input((28, 28, 1)), *layers, keras.layers.Dense(10, activation="softmax")]
    )


def dense():
    return mnistedu.build_mlp(units=(48,))


def deep():
    return mnistedu.build_mlp(units=(32, 16), dropout=0.1)


def large():
    return mnistedu.build_mlp(units=(63,))


def softmax_regression():
    return mnistedu.build_mlp(units=())


def nested_dense():
    inner = keras.Sequential(
        [keras.Input((784,)), keras.layers.Dense(40), keras.layers.ReLU()], name="inner"
    )
    return network(keras.layers.Flatten(), inner)


def normalized():
    return network(
        keras.layers.Reshape((784,)),
        keras.layers.Dense(40, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.Activation("relu"),
    )


def functional():
    inputs = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(inputs)
    hidden = keras.layers.Dense(40, activation="tanh")(flat)
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(hidden))


def convolutional():
    return network(keras.layers.Conv2D(8, 5, strides=3, activation="relu"), keras.layers.Flatten())


def nested_convolutional():
    inner = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 5, strides=3, activation="relu")],
        name="dense",
    )
    return network(inner, keras.layers.Flatten())


def separable():
    return network(
        keras.layers.SeparableConv2D(8, 5, strides=3, activation="relu"), keras.layers.Flatten()
    )


def pair(kind):
    """Return a factory of the answer: a trained network and the bundled digits."""
    return lambda: (trained(kind), offline())


def misread(images_in_a_hundred: int = 8) -> Dataset:
    """Return other images than the bundled digits, under their name, of which some are misread."""
    images, labels = offline().validation
    labels = labels.copy()
    wrong = len(labels) * images_in_a_hundred // 100
    labels[:wrong] = (labels[:wrong] + 1) % 10
    brighter = np.where(images == 255, 254, images).astype(np.uint8)
    return replace(offline(), validation=Split(brighter, labels))


def few_images() -> Dataset:
    return replace(offline(), validation=offline().validation[:3])


WRONG = {
    "03.1": [
        ("uphill", answer(lambda w, g, rate: w + rate * g)),
        ("without the rate", answer(lambda w, g, rate: w - g)),
        ("the step alone", answer(lambda w, g, rate: rate * g)),
        ("a fixed rate", answer(lambda w, g, rate: w - 0.5 * g)),
        ("a rate rounded to one digit", answer(lambda w, g, rate: w - round(rate, 1) * g)),
        ("a rate rounded to two digits", answer(lambda w, g, rate: w - round(rate, 2) * g)),
        ("a rate of one at most", answer(lambda w, g, rate: w - min(rate, 1) * g)),
        ("a rate of 0.01 at least", answer(lambda w, g, rate: w - max(rate, 0.01) * g)),
        ("the sign of the gradient", answer(lambda w, g, rate: w - rate * np.sign(g))),
        ("a gradient of length one", answer(lambda w, g, rate: w - rate * g / np.linalg.norm(g))),
        ("in place", answer(step_in_place)),
        ("the first row only", answer(step_of_the_first_row)),
        ("rounded to three digits", answer(lambda w, g, rate: (w - rate * g).round(3))),
        ("divides by the rate", answer(lambda w, g, rate: w - g / rate)),
        ("shrinks the weights", answer(lambda w, g, rate: w * (1 - rate))),
        ("a number", lambda: 0.5),
    ],
    "03.2": [
        ("the number of the lesson", lambda: 101_770),
        ("that number, whatever the units", answer(lambda units: 101_770)),
        ("without biases", answer(without_biases)),
        ("with biases for the inputs", answer(with_biases_for_inputs)),
        ("without the last layer", answer(without_the_last_layer)),
        ("every layer on the pixels", answer(with_every_layer_on_the_pixels)),
        ("one bias for each layer", answer(with_one_bias_for_each_layer)),
        ("one hidden layer at most", answer(partial(count_up_to, 1))),
        ("two hidden layers at most", answer(partial(count_up_to, 2))),
        ("three hidden layers at most", answer(partial(count_up_to, 3))),
        ("four hidden layers at most", answer(partial(count_up_to, 4))),
        ("one hidden layer at least", answer(lambda units: by_pairs(units) * bool(units))),
        ("neurons only", answer(lambda units: sum(units) + 10)),
        ("a list with the number", answer(lambda units: [by_pairs(units)])),
        ("sizes in ascending order", answer(lambda units: by_pairs(sorted(units)))),
    ],
    "03.3": [
        ("no ReLU", answer(partial(backpropagate, masks=()))),
        ("no ReLU in the first layer", answer(partial(backpropagate, masks=(2,)))),
        ("no ReLU in the second layer", answer(partial(backpropagate, masks=(1,)))),
        ("a sum for a mean", answer(partial(backpropagate, mean=False))),
        ("uphill", answer(partial(backpropagate, sign=-1))),
        ("softmax over images", answer(partial(backpropagate, squash=partial(softmax, axis=0)))),
        ("no softmax", answer(partial(backpropagate, squash=lambda scores: scores))),
        ("pseudo-inverse for transpose", answer(partial(backpropagate, turned=False))),
        ("transposed", answer(transposed)),
        ("twice as large", answer(twice)),
        ("off by a hundredth", answer(lambda *given: 1.01 * backpropagate(*given))),
        ("zero", answer(nothing)),
        ("of the second weights", answer(of_the_second_weights)),
        ("of the first image only", answer(of_the_first_image)),
        ("rounded to two digits", answer(lambda *given: backpropagate(*given).round(2))),
    ],
    "03.4": [
        ("untrained", lambda: (dense(), offline())),
        ("too large", pair(large)),
        ("the lesson's network", lambda: (mnistedu.build_mlp(), offline())),
        ("convolutional", pair(convolutional)),
        ("nested convolutional", pair(nested_convolutional)),
        ("separable convolutions", pair(separable)),
        ("other images, named digits", lambda: (trained(dense), misread())),
        ("three validation images", lambda: (trained(dense), few_images())),
        ("an accuracy", lambda: (0.97, offline())),
        ("no data", lambda: trained(dense)),
        ("the validation images only", lambda: (trained(dense), offline().validation)),
        ("other inputs", lambda: (keras.Sequential([keras.Input((784,))]), offline())),
    ],
}

RIGHT = {
    "03.1": [
        ("as in the lesson", answer(lambda w, g, rate: w - rate * g)),
        ("negative rate, added", answer(lambda w, g, rate: w + -rate * g)),
        ("by loops", answer(step_by_loops)),
        ("in float32", answer(lambda w, g, rate: np.float32(w) - np.float32(rate) * np.float32(g))),
        ("by JAX", answer(lambda w, g, rate: jnp.asarray(w) - rate * jnp.asarray(g))),
        ("a list", answer(lambda w, g, rate: (w - rate * g).tolist())),
        ("np.subtract", answer(lambda w, g, rate: np.subtract(w, np.multiply(rate, g)))),
    ],
    "03.2": [
        ("by pairs", answer(by_pairs)),
        ("by a loop", answer(by_a_loop)),
        ("by recursion", answer(by_recursion)),
        ("a NumPy number", answer(lambda units: np.int32(by_pairs(units)))),
        ("a float", answer(lambda units: float(by_pairs(units)))),
        ("by Keras", answer(lambda units: mnistedu.build_mlp(units=units).count_params())),
        ("with names", answer(lambda units: by_pairs(units=units))),
    ],
    "03.3": [
        ("as in the solution", answer(backpropagate)),
        ("in float32", answer(partial(backpropagate, dtype=np.float32))),
        ("by jax.grad", answer(by_jax)),
        ("by finite differences", answer(by_finite_differences)),
        ("image by image", answer(image_by_image)),
        ("a list", answer(lambda *given: backpropagate(*given).tolist())),
    ],
    "03.4": [
        ("one hidden layer", pair(dense)),
        ("two hidden layers with dropout", pair(deep)),
        ("no hidden layer", pair(softmax_regression)),
        ("nested dense layers", pair(nested_dense)),
        ("batch normalization", pair(normalized)),
        ("functional", pair(functional)),
    ],
}
