"""Exercises of lesson 01: the solutions, and what learners get wrong."""

import numpy as np
import pytest

from mnistedu.data import Split
from mnistedu.exercises import check
from mnistedu.models.baselines import build_baseline


@pytest.mark.parametrize("exercise", ["01.1", "01.2", "01.3"])
def test_the_solution_is_right(solve, exercise):
    assert check(exercise, solve(exercise))


def test_several_averages_beat_one(solve, digits):
    known = {"some": digits.train, "data": digits, "accuracy": 0.0}
    assert check("01.4", solve("01.4", **known))


def test_other_right_answers():
    assert check("01.1", np.invert)
    assert check("01.3", lambda images, labels, count: split_as_splits(images, labels, count))


@pytest.mark.parametrize("exercise", ["01.1", "01.2", "01.3", "01.4"])
def test_an_untouched_cell_is_blank(exercise):
    assert check(exercise, lambda *arguments: ...).verdict == "blank"


def split_as_splits(images, labels, count):
    if count > len(images):
        raise ValueError("too few images")
    place = np.arange(len(images)) < len(images) - count
    return Split(images[place], labels[place]), Split(images[~place], labels[~place])


def cut(train, held_out, held_out_labels=None):
    """Make a wrong answer to 01.3 of what it does to images and to labels."""

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


def by_accident(images, labels, count):
    images[count - 1]  # an IndexError if there are too few
    return split_as_splits(images, labels, count)


def ink(images, labels, *, how, by=1.0):
    return [how(images[labels == digit]) / by for digit in range(10)]


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        ("01.1", lambda image: -image, "stays as dark"),
        ("01.1", lambda image: image, "as it was"),
        ("01.1", lambda image: 255.0 - image, "dtype float64"),
        ("01.1", lambda image: 254 - image, "not what they should be"),
        ("01.1", lambda image: 255 - image.ravel(), "should have shape"),
        ("01.2", lambda images, labels: ink(images, labels, how=np.sum), "adds up"),
        ("01.2", lambda images, labels: ink(images, labels, how=np.mean, by=255), "proportion"),
        (
            "01.2",
            lambda images, labels: ink(images, labels, how=np.sum, by=images.size),
            "number of *all* images",
        ),
        ("01.2", lambda images, labels: ink(images, labels, how=np.median), "For the digit"),
        ("01.2", lambda images, labels: images.mean(), "should have shape"),
        ("01.3", cut(lambda values, count: values[count:], first), "not the last ones"),
        ("01.3", cut(lambda values, count: values, last), "are to be held out"),
        ("01.3", cut(first, last), "are to be held out"),
        (
            "01.3",
            cut(lambda values, count: values[count:], last),
            "in both parts",
        ),
        ("01.3", cut(rest, last, first), "no longer those"),
        ("01.3", cut(lambda values, count: values[:-count], last), "are to be held out"),
        ("01.3", cut(rest, last), "does not mind"),
        ("01.3", by_accident, "by accident"),
        ("01.3", lambda images, labels, count: images[-count:], "Two parts"),
        ("01.4", lambda known, images: np.zeros(len(images)), "Beat them"),
        (
            "01.4",
            lambda known, images: build_baseline("class_means").fit(*known).predict(images),
            "Beat them",
        ),
        ("01.4", lambda known, images: known.labels, "should have shape"),
    ],
)
def test_a_typical_mistake(expect_wrong, exercise, answer, says):
    expect_wrong(exercise, answer, says)
