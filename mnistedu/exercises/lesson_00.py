"""The exercises of lesson 00: draw a digit and see it read."""

from __future__ import annotations

from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints
from mnistedu.ink import Ink
from mnistedu.recognition import Prediction, Recognizer


@hints(
    "Draw it on the pad at the top and watch the prediction while you draw. Which stroke helps?",
    "Most fours in the training data are open at the top: down and to the right, then a long "
    "stroke down, separate from the first.",
    "The drawing on the pad is `pad.ink`. To write it in code: `mnistedu.Ink([[...], [...]])`, two "
    "strokes, each a list of points (right, down).",
)
def exercise_1(answer: object) -> str:
    """Check a drawing that the network should read as a 4."""
    prediction = _predict(answer)
    if prediction.digit != 4:
        raise WrongAnswer(f"The network reads your drawing as a {prediction.digit}.")
    if not prediction.confident:
        raise WrongAnswer("The network's best guess is a 4, but it is not sure.")
    return "The network reads a 4, and is sure of it."


@hints(
    "A drawing has strokes, and each stroke has points. Loop over the strokes.",
    "`len` returns the number of points in a stroke. Add them up over `ink.strokes`.",
    "`sum(len(stroke) for stroke in ...)` adds up one number per stroke.",
)
def exercise_2(answer: object) -> str:
    """Check `count_points(ink)`, the number of points in a drawing."""
    for lengths in ([7], [2, 5], [4, 1, 9], []):
        ink = Ink([[(step, 3 * step) for step in range(length)] for length in lengths])
        result = call(answer, ink, form="count_points(ink)")
        count, expected = float(expect_array(result, ())), sum(lengths)
        if count == expected:
            continue
        if not lengths:
            raise WrongAnswer(
                f"An empty drawing has no points, but your function counts {count:g}.",
                "`mnistedu.Ink()` is an empty drawing. Try your function on it.",
            )
        strokes = f"{len(lengths)} stroke{'s' * (len(lengths) != 1)}"
        if count == len(lengths):
            raise WrongAnswer("Your function counts the strokes, not their points.")
        if count == 2 * expected:
            raise WrongAnswer("Each point is counted twice, once for each of its two coordinates.")
        if count in lengths:
            raise WrongAnswer(f"Of {strokes}, your function counts the points of only one.")
        raise WrongAnswer(
            f"For a drawing of {strokes} with {expected} points, your function counts {count:g}."
        )
    return "One loop over the strokes counts the points of any drawing."


@hints(
    "Think of a way of writing a digit that is common where you live, or was in another century.",
    "A network knows only what it has seen, and it has seen few digits that lean far, lie on their "
    "side, or have ornaments.",
    "Turn a drawing upside down by subtracting each coordinate from 500. Which digits then look "
    "like other digits?",
)
def exercise_3(answer: object) -> str:
    """Check a drawing that the network should misread, with the digit that is meant."""
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise WrongAnswer(
            f"Expected a drawing and a digit, got {describe(answer)}.",
            "Two values separated by a comma: `pad.ink, 4`.",
        )
    ink, meant = answer
    if meant not in range(10):
        raise WrongAnswer(
            f"The second value should be a digit from 0 to 9, but is {describe(meant)}."
        )
    prediction = _predict(ink)
    if prediction.digit == meant and prediction.confident:
        raise WrongAnswer(f"The network is not fooled: it reads a {meant}, and is sure of it.")
    return f"You say {meant}, but the network does not. What would a friend say?"


def _predict(ink: object) -> Prediction:
    if not isinstance(ink, Ink):
        raise WrongAnswer(
            f"Expected a drawing, got {describe(ink)}.",
            "`pad.ink` is the drawing on the pad; `mnistedu.Ink(...)` creates one from a list of "
            "strokes.",
        )
    if ink.blank:
        raise WrongAnswer("The drawing is empty.", "Draw on the pad, then run the cell again.")
    return Recognizer().predict(ink)
