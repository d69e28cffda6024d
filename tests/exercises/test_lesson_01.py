"""Exercises of lesson 01: solutions, typical mistakes and blanks."""

import numpy as np
import pytest

from mnistedu.data import Split
from mnistedu.exercises import check
from mnistedu.models.baselines import build_baseline


@pytest.mark.parametrize("exercise", ["01.1", "01.2", "01.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


def test_accepts_the_solution_of_the_open_exercise(solve, digits):
    known = {"some": digits.train, "data": digits, "accuracy": 0.0}
    assert check("01.4", solve("01.4", **known))


def test_accepts_other_right_answers():
    assert check("01.1", np.invert)
    assert check("01.3", lambda images, labels, count: split_as_splits(images, labels, count))


@pytest.mark.parametrize("exercise", ["01.1", "01.2", "01.3", "01.4"])
def test_reports_an_untouched_cell_as_blank(exercise):
    assert check(exercise, lambda *arguments: ...).verdict == "blank"


def split_as_splits(images, labels, count):
    if count > len(images):
        raise ValueError("too few images")
    train = np.arange(len(images)) < len(images) - count
    return Split(images[train], labels[train]), Split(images[~train], labels[~train])


def cut(train, held_out, held_out_labels=None):
    """Return an answer to 01.3 that applies these functions to images and labels."""

    def answer(images, labels, count):
        held_out_by = held_out_labels or held_out
        return (
            (train(images, count), train(labels, count)),
            (held_out(images, count), held_out_by(labels, count)),
        )

    return answer


def first(values, count):
    return values[:count]


def last(values, count):
    return values[len(values) - count :]


def rest(values, count):
    return values[: len(values) - count]


def fails_by_accident(images, labels, count):
    images[count - 1]  # raises an IndexError if there are too few
    return split_as_splits(images, labels, count)


def ink(images, labels, *, how, by=1.0):
    return [how(images[labels == digit]) / by for digit in range(10)]


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("01.1", lambda image: -image, "stays dark"),
        ("01.1", lambda image: image, "unchanged"),
        ("01.1", lambda image: 255.0 - image, "dtype float64"),
        ("01.1", lambda image: 254 - image, "do not have the right value"),
        ("01.1", lambda image: 255 - image.ravel(), "should have shape"),
        ("01.2", lambda images, labels: ink(images, labels, how=np.sum), "returns sums"),
        ("01.2", lambda images, labels: ink(images, labels, how=np.mean, by=255), "proportional"),
        (
            "01.2",
            lambda images, labels: ink(images, labels, how=np.sum, by=images.size),
            "number of *all* images",
        ),
        ("01.2", lambda images, labels: ink(images, labels, how=np.median), "For the digit"),
        ("01.2", lambda images, labels: images.mean(), "should have shape"),
        ("01.3", cut(lambda values, count: values[count:], first), "not the last ones"),
        ("01.3", cut(lambda values, count: values, last), "should be held out"),
        ("01.3", cut(first, last), "should be held out"),
        (
            "01.3",
            cut(lambda values, count: values[count:], last),
            "in both parts",
        ),
        ("01.3", cut(rest, last, first), "no longer match"),
        ("01.3", cut(lambda values, count: values[:-count], last), "should be held out"),
        ("01.3", cut(rest, last), "raises no error"),
        ("01.3", fails_by_accident, "fails with IndexError"),
        ("01.3", lambda images, labels, count: images[-count:], "Expected two parts"),
        ("01.4", lambda known, images: np.zeros(len(images)), "Beat them"),
        (
            "01.4",
            lambda known, images: build_baseline("class_means").fit(*known).predict(images),
            "Beat them",
        ),
        ("01.4", lambda known, images: known.labels, "should have shape"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
