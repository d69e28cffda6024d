"""``call``, ``expect_array`` and the other building blocks of checkers."""

import numpy as np
import pytest

from mnistedu.exercises.expectations import (
    BlankAnswer,
    WrongAnswer,
    call,
    check_not_blank,
    expect_array,
    hints,
)


def test_call_reports_a_function_that_modifies_its_argument():
    def halve(a):
        a /= 2
        return a

    given = np.ones(3)
    with pytest.raises(WrongAnswer, match="modifies the array"):
        call(halve, given, form="halve(a)")
    assert (given == 1).all()


def test_call_reports_a_function_that_fails():
    with pytest.raises(
        WrongAnswer, match=r"failed on an array of shape \(3,\) .*: ZeroDivisionError"
    ):
        call(lambda a: 1 / 0, np.ones(3), form="halve(a)")


@pytest.mark.parametrize("result", [None, ..., NotImplemented, (1, ...)])
def test_call_reports_a_function_that_returns_a_placeholder_as_blank(result):
    with pytest.raises(BlankAnswer, match="cell above"):
        call(lambda: result, form="halve()")


def test_call_suggests_that_return_may_be_missing():
    with pytest.raises(BlankAnswer, match="does it end with `return`"):
        call(lambda: None, form="halve()")


def test_empty_and_false_values_are_not_blank():
    for answer in (0, "", [], False, np.zeros(3), [np.zeros(3)]):
        check_not_blank(answer)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "should be an array of numbers, but yours is a string"),
        ([[1], [1, 2]], "should be an array of numbers, but yours is a list of length 2"),
        (np.ones((3, 2)), r"should have shape \(2, 3\), but yours has \(3, 2\)"),
        (1.0, r"should have shape \(2, 3\), but yours is a single number"),
        (np.full((2, 3), np.nan), "`nan`"),
    ],
)
def test_expect_array_reports_what_differs(value, message):
    with pytest.raises(WrongAnswer, match=message):
        expect_array(value, (2, 3))


def test_expect_array_reports_that_a_single_number_is_expected():
    with pytest.raises(WrongAnswer, match="should be a single number"):
        expect_array([1, 2], ())


def test_hints_must_be_three():
    with pytest.raises(ValueError, match="3 hints, got 1"):
        hints("one")
