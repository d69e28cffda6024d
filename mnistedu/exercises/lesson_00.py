"""The exercises of lesson 00: draw a digit and see it recognized."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from numbers import Integral
from typing import Any

import numpy as np

from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints
from mnistedu.ink import Ink
from mnistedu.recognition import Recognizer

CENTRE = 250  # of the pad, in its own coordinates


@hints(
    "Draw it on the pad at the top and watch the prediction while you draw. Which stroke helps?",
    "Most fours in the training data are open at the top: down and to the right, then a long "
    "stroke down, separate from the first.",
    "The drawing on the pad is `pad.ink`. To write it in code: `mnistedu.Ink([[...], [...]])`, two "
    "strokes, each a list of points (right, down).",
)
def exercise_1(answer: object) -> str:
    """Check a drawing that the network should recognize as a 4."""
    prediction = Recognizer().predict(_expect_ink(answer))
    if prediction.digit != 4:
        raise WrongAnswer(f"The network reads your drawing as a {prediction.digit}.")
    if not prediction.confident:
        raise WrongAnswer("The network's best guess is a 4, but it is not sure.")
    return "The network recognizes a 4, and is sure of it."


@hints(
    "A drawing has strokes, and each stroke has points. Loop over the strokes.",
    "`len` returns the number of points in a stroke. Add them up over `ink.strokes`.",
    "`sum(len(stroke) for stroke in ...)` adds up one number per stroke.",
)
def exercise_2(answer: Any) -> str:
    """Check `count_points(ink)`, the number of points in a drawing."""
    for lengths in ([7], [2, 5], [3, 3], [4, 1, 9], [6, 2, 5, 3], [5, *[1, 4] * 8]):
        ink = Ink([[(step % 4, 3 * (step % 4)) for step in range(n)] for n in lengths])
        count = _expect_count(call(answer, ink, form="count_points(ink)"))
        if count != sum(lengths):
            raise WrongAnswer(_explain_count(count, lengths))
    try:
        count = _expect_count(answer(Ink()))
    except (ValueError, IndexError):  # as `np.concatenate` of no arrays
        return "It counts the points of any drawing, however many strokes it has."
    if count:
        raise WrongAnswer(
            f"An empty drawing has no points, but your function counts {count}.",
            "`mnistedu.Ink()` is an empty drawing. Try your function on it.",
        )
    return "It counts the points of any drawing, even of an empty one."


@hints(
    "Start from a digit that the network recognizes, and change it until it does not.",
    "A network knows only what it has seen, and it has seen few digits that lean far, lie on their "
    "side, or have ornaments.",
    "`mnistedu.Ink([stroke * [0.35, 1] for stroke in pad.ink.strokes])` is the drawing on the pad "
    "with about a third of its width. Other numbers change it in other ways.",
)
def exercise_3(answer: object) -> str:
    """Check a legible drawing that the network should misread, with the digit that is meant."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise WrongAnswer(
            f"Expected a drawing and a digit, got {describe(answer)}.",
            "Two values separated by a comma: `pad.ink, 4`.",
        )
    ink, meant = _expect_ink(answer[0]), answer[1]
    if not isinstance(meant, Integral) or meant not in range(10):
        raise WrongAnswer(
            f"The second value should be a digit from 0 to 9, but is {describe(meant)}."
        )
    recognizer = Recognizer()
    prediction = recognizer.predict(ink)
    if prediction.digit == meant and prediction.confident:
        raise WrongAnswer(f"The network is not fooled: it recognizes a {meant}, and is sure of it.")
    probabilities = recognizer.predict_batch(_change(ink, int(meant)))
    confident = probabilities.max(axis=1) >= recognizer.threshold
    votes = np.bincount(probabilities.argmax(axis=1)[confident], minlength=10)
    changed = "turned and slanted your drawing, changed its width and left out strokes"
    if not votes[meant]:
        raise WrongAnswer(
            f"Would a person recognize a {meant}? The check has {changed}, and the network was "
            f"never sure of a {meant}."
        )
    if prediction.confident and votes[prediction.digit] >= votes[meant]:
        raise WrongAnswer(
            f"This looks like a {prediction.digit}, not like a {meant}. The check has {changed}, "
            f"and the network was sure of a {prediction.digit} {votes[prediction.digit]} times "
            f"and of a {meant} {votes[meant]} times."
        )
    guess = f"reads it as a {prediction.digit}" if prediction.confident else "is not sure"
    return f"You mean a {meant}, and the network {guess}. What would a friend say?"


def _expect_ink(answer: object) -> Ink:
    """Return the answer as ink: an `Ink`, or a list of strokes."""
    ink = answer
    if isinstance(answer, (list, tuple)):
        try:
            ink = Ink(answer)
        except (TypeError, ValueError) as error:
            raise WrongAnswer(f"These are not the strokes of a drawing: {error}") from error
    if not isinstance(ink, Ink):
        raise WrongAnswer(
            f"Expected a drawing, got {describe(ink)}.",
            "`pad.ink` is the drawing on the pad; `mnistedu.Ink(...)` creates one from a list of "
            "strokes.",
        )
    if ink.blank:
        raise WrongAnswer("The drawing is empty.", "Draw on the pad, then run the cell again.")
    return ink


def _expect_count(value: object) -> int:
    count = float(expect_array(value, ()))
    if not count.is_integer():
        raise WrongAnswer(f"The result should be a whole number, got {count:g}.")
    return int(count)


def _explain_count(count: int, lengths: list[int]) -> str:
    total = sum(lengths)
    strokes = f"{len(lengths)} stroke{'s' * (len(lengths) != 1)}"
    if count == len(lengths):
        return "Your function counts the strokes, not their points."
    if count == 2 * total:
        return "Each point is counted twice, once for each of its two coordinates."
    if count in lengths:
        return f"Of {strokes}, your function counts the points of only one."
    return f"For a drawing of {strokes} with {total} points, your function counts {count}."


def _change(ink: Ink, meant: int) -> Iterator[Ink]:
    """Yield the drawing turned, slanted, wider and narrower, and without one or two strokes.

    For a 1 only turned: the other changes make a 1 of most drawings.
    """
    turns = np.deg2rad(np.arange(-105, 106, 15))
    matrices = [[[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]] for turn in turns]
    if meant != 1:
        matrices += [[[1, slant], [0, 1]] for slant in (-1.5, -1, -0.5, 0.5, 1, 1.5)]
        matrices += [[[width, 0], [0, 1]] for width in (0.5, 2, 3)]
    for matrix in np.array(matrices):
        yield Ink([(stroke - CENTRE) @ matrix.T + CENTRE for stroke in ink.strokes])
    for left_out in (1, 2):
        if meant != 1 and left_out < len(ink.strokes) <= 6:
            for strokes in combinations(ink.strokes, len(ink.strokes) - left_out):
                yield Ink(strokes)
