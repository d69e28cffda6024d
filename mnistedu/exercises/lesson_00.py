"""The exercises of lesson 00: draw a digit and see it read."""

from __future__ import annotations

from mnistedu.exercises.expectations import Wrong, call, describe, expect_array, hints
from mnistedu.ink import Ink
from mnistedu.recognition import Prediction, Recognizer


@hints(
    "Draw it on the pad at the top and look at the answer while you draw. Which stroke helps?",
    "Most fours of the network's teachers are open at the top: down and to the right, then a long "
    "stroke down, drawn apart from the first.",
    "What you drew on the pad is `pad.ink`. Without a pad: `mnistedu.Ink([[...], [...]])`, two "
    "strokes, each a list of points (right, down).",
)
def exercise_1(answer: object) -> str:
    """Look at a drawing that the network is to read as a 4."""
    prediction = _read(answer)
    if prediction.digit != 4:
        raise Wrong(f"The network reads your drawing as a {prediction.digit}.")
    if not prediction.confident:
        raise Wrong("A 4 is the network's first guess, but it is not sure.")
    return "The network reads a 4, and is sure of it."


@hints(
    "A drawing has strokes, and each stroke has points. Go through the strokes.",
    "`len` tells how many points a stroke has. Add that up over `ink.strokes`.",
    "`sum(len(stroke) for stroke in ...)` adds up one number for each stroke.",
)
def exercise_2(answer: object) -> str:
    """`count_points(ink)`: how many points a drawing has."""
    for lengths in ([7], [2, 5], [4, 1, 9], []):
        ink = Ink([[(place, 3 * place) for place in range(length)] for length in lengths])
        result = call(answer, ink, form="count_points(ink)")
        count, wanted = float(expect_array(result, ())), sum(lengths)
        if count == wanted:
            continue
        if not lengths:
            raise Wrong(
                f"An empty drawing has no points, and your function counts {count:g}.",
                "`mnistedu.Ink()` is an empty drawing. Try your function on it.",
            )
        strokes = f"{len(lengths)} stroke{'s' * (len(lengths) != 1)}"
        if count == len(lengths):
            raise Wrong("Your function counts the strokes, and not their points.")
        if count == 2 * wanted:
            raise Wrong("Each point is counted twice, once for each of its two numbers.")
        if count in lengths:
            raise Wrong(f"Of {strokes}, your function counts the points of one.")
        raise Wrong(f"A drawing of {strokes} with {wanted} points: your function counts {count:g}.")
    return "A loop over the strokes, and drawings of any size are counted."


@hints(
    "Think of a way of writing a digit that is common where you live, or was in another century.",
    "A network knows what it has seen. It has seen few digits that lean far, lie on their side, or "
    "have ornaments.",
    "Turn a drawing over: 500 minus each of its numbers puts it on its head. Which digits are then "
    "taken for others?",
)
def exercise_3(answer: object) -> str:
    """Look at a drawing that the network is not to read, and at what it is meant to be."""
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise Wrong(
            f"A drawing and a digit are asked for, and this is {describe(answer)}.",
            "Two values with a comma between them: `pad.ink, 4`.",
        )
    ink, meant = answer
    if meant not in range(10):
        raise Wrong(f"The second value should be a digit from 0 to 9, and is {describe(meant)}.")
    prediction = _read(ink)
    if prediction.digit == meant and prediction.confident:
        raise Wrong(f"The network is not fooled: it reads a {meant}, and is sure of it.")
    return f"You say {meant}, and the network does not. What would a friend say?"


def _read(ink: object) -> Prediction:
    if not isinstance(ink, Ink):
        raise Wrong(
            f"A drawing is asked for, and this is {describe(ink)}.",
            "`pad.ink` is the drawing on the pad; `mnistedu.Ink(...)` makes one of a list of "
            "strokes.",
        )
    if ink.blank:
        raise Wrong("The drawing is empty.", "Draw on the pad, then run the cell again.")
    return Recognizer().predict(ink)
