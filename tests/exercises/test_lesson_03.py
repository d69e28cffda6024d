"""Exercises of lesson 03: the solutions, and what learners get wrong."""

import numpy as np
import pytest

import mnistedu
from mnistedu.exercises import check


@pytest.mark.parametrize("exercise", ["03.1", "03.2", "03.3"])
def test_the_solution_is_right(solve, exercise):
    assert check(exercise, solve(exercise))


def test_the_solution_of_the_open_exercise_reads_the_offline_digits(solve, digits):
    assert check("03.4", solve("03.4", data=digits))


def test_a_network_that_has_not_learned(expect_wrong, digits):
    expect_wrong("03.4", (mnistedu.build_mlp(units=(8,)), digits), "of the validation images")


def test_networks_of_another_kind(expect_wrong, digits):
    expect_wrong("03.4", (mnistedu.build_mlp(), digits), "101,770 numbers")
    expect_wrong("03.4", (mnistedu.build_cnn(filters=(4,)), digits), "convolutional")


def test_what_is_no_network(expect_wrong, digits):
    expect_wrong("03.4", (0.97, digits), "A Keras model is asked for")
    expect_wrong("03.4", mnistedu.build_mlp(), "pair")
    expect_wrong("03.4", (mnistedu.build_mlp(), digits.validation), "whole data set")


def writes_into_its_argument(weights, gradient, learning_rate):
    weights -= learning_rate * gradient
    return weights


def backpropagate(x, truth, V, W, *, mask=True, n=None, sign=1):
    hidden = np.maximum(0, x @ V)
    powers = np.exp(hidden @ W)
    error = sign * (powers / powers.sum(axis=1, keepdims=True) - truth) / (n or len(x))
    return x.T @ (error @ W.T * (hidden > 0 if mask else 1))


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        ("03.1", lambda w, g, rate: w + rate * g, "uphill"),
        ("03.1", lambda w, g, rate: w - g, "whatever the learning rate"),
        ("03.1", lambda w, g, rate: rate * g, "step alone"),
        ("03.1", lambda w, g, rate: w - 0.5 * g, "rate of 0.1"),
        ("03.1", writes_into_its_argument, "changes the array"),
        ("03.2", 101_770, "A function"),
        ("03.2", lambda units: 101_770, "units=()"),
        ("03.2", lambda units: 784 * units[0] + 10 * units[0], "biases"),
        ("03.2", lambda units: 785 * units[0], "last layer"),
        ("03.2", lambda units: 785 * units[0] + 10 * (units[0] + 1), "failed on a tuple of 0"),
        ("03.3", lambda *given: backpropagate(*given, mask=False), "without ReLU"),
        ("03.3", lambda *given: backpropagate(*given, n=1), "number of images"),
        ("03.3", lambda *given: backpropagate(*given, sign=-1), "other way"),
        ("03.3", lambda *given: backpropagate(*given).T, "should have shape"),
        ("03.3", lambda *given: backpropagate(*given) * 2, "not the gradient"),
    ],
)
def test_a_typical_mistake(expect_wrong, exercise, answer, says):
    expect_wrong(exercise, answer, says)
