"""Exercises of lesson 03: solutions, typical mistakes and blanks."""

import numpy as np
import pytest

import mnistedu
from mnistedu.exercises import check


@pytest.mark.parametrize("exercise", ["03.1", "03.2", "03.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


def test_accepts_the_solution_of_the_open_exercise_on_the_bundled_digits(solve, digits):
    assert check("03.4", solve("03.4", data=digits))


def test_reports_a_network_that_is_not_trained(expect_wrong, digits):
    expect_wrong("03.4", (mnistedu.build_mlp(units=(8,)), digits), "of the validation images")


def test_reports_a_network_that_is_too_large_or_convolutional(expect_wrong, digits):
    expect_wrong("03.4", (mnistedu.build_mlp(), digits), "101,770 numbers")
    expect_wrong("03.4", (mnistedu.build_cnn(filters=(4,)), digits), "convolutional")


def test_reports_an_answer_that_is_not_a_network_with_its_data(expect_wrong, digits):
    expect_wrong("03.4", (0.97, digits), "Expected a Keras model")
    expect_wrong("03.4", mnistedu.build_mlp(), "pair")
    expect_wrong("03.4", (mnistedu.build_mlp(), digits.validation), "whole data set")


def modifies_its_argument(weights, gradient, learning_rate):
    weights -= learning_rate * gradient
    return weights


def backpropagate(x, truth, V, W, *, mask=True, n=None, sign=1):
    hidden = np.maximum(0, x @ V)
    powers = np.exp(hidden @ W)
    error = sign * (powers / powers.sum(axis=1, keepdims=True) - truth) / (n or len(x))
    return x.T @ (error @ W.T * (hidden > 0 if mask else 1))


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("03.1", lambda w, g, rate: w + rate * g, "uphill"),
        ("03.1", lambda w, g, rate: w - g, "whatever the learning rate"),
        ("03.1", lambda w, g, rate: rate * g, "step alone"),
        ("03.1", lambda w, g, rate: w - 0.5 * g, "rate of 0.1"),
        ("03.1", modifies_its_argument, "modifies the array"),
        ("03.2", 101_770, "Expected a function"),
        ("03.2", lambda units: 101_770, "units=()"),
        ("03.2", lambda units: 784 * units[0] + 10 * units[0], "biases"),
        ("03.2", lambda units: 785 * units[0], "last layer"),
        (
            "03.2",
            lambda units: 785 * units[0] + 10 * (units[0] + 1),
            "failed on a tuple of length 0",
        ),
        ("03.3", lambda *given: backpropagate(*given, mask=False), "without ReLU"),
        ("03.3", lambda *given: backpropagate(*given, n=1), "number of images"),
        ("03.3", lambda *given: backpropagate(*given, sign=-1), "wrong sign"),
        ("03.3", lambda *given: backpropagate(*given).T, "should have shape"),
        ("03.3", lambda *given: backpropagate(*given) * 2, "not the gradient"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
