"""The parts that checkers are made of."""

import numpy as np
import pytest

from mnistedu.exercises.expectations import Blank, Wrong, call, expect_array, hints, refuse_blank


def test_a_function_that_writes_into_its_argument():
    def halve(a):
        a /= 2
        return a

    given = np.ones(3)
    with pytest.raises(Wrong, match="changes the array"):
        call(halve, given, form="halve(a)")
    assert (given == 1).all()


def test_a_function_that_fails():
    with pytest.raises(Wrong, match=r"failed on an array of shape \(3,\) .*: ZeroDivisionError"):
        call(lambda a: 1 / 0, np.ones(3), form="halve(a)")


@pytest.mark.parametrize("result", [None, ..., NotImplemented, (1, ...)])
def test_a_function_that_gives_nothing(result):
    with pytest.raises(Blank, match="cell above"):
        call(lambda: result, form="halve()")


def test_forgotten_return_is_thought_of():
    with pytest.raises(Blank, match="does it end in `return`"):
        call(lambda: None, form="halve()")


def test_what_is_no_blank():
    for answer in (0, "", [], False, np.zeros(3), [np.zeros(3)]):
        refuse_blank(answer)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("text", "should be an array of numbers, and yours is a text"),
        ([[1], [1, 2]], "should be an array of numbers, and yours is a list of 2"),
        (np.ones((3, 2)), r"should have shape \(2, 3\), and yours has \(3, 2\)"),
        (1.0, r"should have shape \(2, 3\), and yours has none: it is one number"),
        (np.full((2, 3), np.nan), "`nan`"),
    ],
)
def test_no_such_array(value, says):
    with pytest.raises(Wrong, match=says):
        expect_array(value, (2, 3))


def test_no_single_number():
    with pytest.raises(Wrong, match="should be a single number"):
        expect_array([1, 2], ())


def test_exercises_have_three_hints():
    with pytest.raises(ValueError, match="3 hints, got 1"):
        hints("one")
