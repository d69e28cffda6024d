"""Exercises of lesson 01: solutions, typical mistakes and blanks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier

from mnistedu.data import Split
from mnistedu.exercises import check
from mnistedu.models.baselines import build_baseline


@pytest.mark.parametrize("exercise", ["01.1", "01.2", "01.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


def test_accepts_the_solution_of_the_open_exercise(solve, digits):
    known = {"some": digits.train, "data": digits, "scores": {"class_means": 0.0}}
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


def a_network(known, images):
    rows = [split.reshape(len(split), -1) / 255 for split in (known.images, images)]
    return MLPClassifier(max_iter=2000, tol=0.1).fit(rows[0], known.labels).predict(rows[1])


@given(st.integers(0, 255), st.integers(0, 254))
def test_a_negative_with_another_constant_is_wrong(minuend, end):
    def negative(image):
        return (minuend - image.astype(int)).clip(end - 254, end).clip(0).astype(np.uint8)

    assert not check("01.1", negative)


@settings(max_examples=10)
@given(st.integers(1, 7999))
def test_the_means_of_only_so_many_images_are_wrong(count):
    def ink_of_each(images, labels):
        return ink(images[:count], labels[:count], how=lambda part: part.mean() if len(part) else 0)

    assert not check("01.2", ink_of_each)


@given(st.integers(0, 3000))
def test_a_fixed_limit_for_images_to_hold_out_is_wrong(limit):
    def split(images, labels, count):
        if count > limit:
            raise ValueError("too few images")
        cut = len(images) - count
        return (images[:cut], labels[:cut]), (images[cut:], labels[cut:])

    assert not check("01.3", split)


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("01.1", lambda image: -image, "background is still 0"),
        ("01.1", lambda image: image, "unchanged"),
        ("01.1", lambda image: 255.0 - image, "dtype float64"),
        ("01.1", lambda image: 254 - image, "from 0 to 255, your function turns"),
        ("01.1", lambda image: image.max() - image, "from 0 to 199, your function turns"),
        ("01.1", lambda image: 255 - image.ravel(), "should have shape"),
        ("01.2", lambda images, labels: ink(images, labels, how=np.sum), "returns sums"),
        ("01.2", lambda images, labels: ink(images, labels, how=np.mean, by=255), "proportional"),
        (
            "01.2",
            lambda images, labels: ink(images, labels, how=np.sum, by=images.size),
            "number of *all* images",
        ),
        ("01.2", lambda images, labels: ink(images, labels, how=np.median), "for the digit"),
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
        ("01.4", a_network, "a neural network, from `sklearn.neural_network`"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)
