"""Exercises of lesson 03: the solutions, and what learners get wrong."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mnistedu
from mnistedu.exercises import check
from tests.exercises.mutants.lesson_03 import (
    backpropagate,
    by_pairs,
    dense,
    misread,
    offline,
    trained,
)


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
    expect_wrong("03.4", (0.97, digits), "Expected a Keras model")
    expect_wrong("03.4", mnistedu.build_mlp(), "pair")
    expect_wrong("03.4", (mnistedu.build_mlp(), digits.validation), "whole data set")


def writes_into_its_argument(weights, gradient, learning_rate):
    weights -= learning_rate * gradient
    return weights


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        ("03.1", lambda w, g, rate: w + rate * g, "uphill"),
        ("03.1", lambda w, g, rate: w - g, "every learning rate"),
        ("03.1", lambda w, g, rate: rate * g, "only the step"),
        ("03.1", lambda w, g, rate: w - 0.5 * g, "rate of 0.1"),
        ("03.1", writes_into_its_argument, "modifies the array"),
        ("03.2", 101_770, "Expected a function"),
        ("03.2", lambda units: 101_770, "units=()"),
        ("03.2", lambda units: 784 * units[0] + 10 * units[0], "biases"),
        ("03.2", lambda units: 785 * units[0], "last layer"),
        (
            "03.2",
            lambda units: 785 * units[0] + 10 * (units[0] + 1),
            "failed on a tuple of length 0",
        ),
        ("03.3", partial(backpropagate, masks=()), "ReLU of both hidden layers"),
        ("03.3", partial(backpropagate, masks=(1,)), "ReLU of `second`"),
        ("03.3", partial(backpropagate, masks=(2,)), "ReLU of `first`"),
        ("03.3", partial(backpropagate, mean=False), "number of images"),
        ("03.3", partial(backpropagate, sign=-1), "sign is wrong"),
        ("03.3", lambda *given: backpropagate(*given).T, "should have shape"),
        ("03.3", lambda *given: backpropagate(*given) * 2, "not the gradient"),
    ],
)
def test_a_typical_mistake(expect_wrong, exercise, answer, says):
    expect_wrong(exercise, answer, says)


@settings(deadline=None, max_examples=25)
@given(st.floats(-3, 3))
def test_only_a_whole_step_against_the_gradient_is_right(factor):
    result = check("03.1", lambda w, g, rate: w - factor * rate * g)
    assert bool(result) == (abs(factor - 1) < 1e-5)


@settings(deadline=None, max_examples=25)
@given(st.integers(-2000, 2000))
def test_a_count_that_is_off_is_wrong(off):
    assert bool(check("03.2", lambda units: by_pairs(units) + off)) == (off == 0)


@settings(deadline=None, max_examples=25)
@given(st.floats(-3, 3))
def test_only_the_gradient_itself_is_right(factor):
    result = check("03.3", lambda *given: factor * backpropagate(*given))
    assert bool(result) == (abs(factor - 1) < 1e-5)


def test_praise_states_the_size():
    praise = check("03.4", (trained(dense), offline())).message
    assert praise == "38,170 numbers are enough."


def test_the_name_of_the_data_does_not_lower_the_bar(expect_wrong):
    expect_wrong("03.4", (trained(dense), misread()), "the bar is 95%")
