"""The exercises of lesson 06: ink, doubt, and readers of one's own."""

from __future__ import annotations

import numpy as np

from mnistedu.data import Dataset
from mnistedu.exercises.expectations import Blank, Wrong, call, describe, expect_array, hints
from mnistedu.ink import Ink
from mnistedu.recognition import Recognizer

BAR = 0.7  # of the validation images that a reader of one's own is asked about
IMAGES = 200

SEVEN = np.array([(150, 110), (390, 110), (330, 230), (250, 440)], float)
BAR_OF_SEVEN = np.array([(200, 260), (350, 250)], float)


@hints(
    "Draw a 4 on paper, on squares if you have them, and write down where the pen turns.",
    "y points down: the top of the sheet has the small numbers. A 4 in two strokes is an L, and a "
    "line that crosses its foot.",
    "The L starts high, goes down to the left, then straight right. The second stroke starts above "
    "the foot, about in its middle, and ends well below it.",
)
def exercise_1(answer: object) -> str:
    """`four`: the strokes of a 4."""
    try:
        ink = answer if isinstance(answer, Ink) else Ink(answer)
    except (TypeError, ValueError) as error:
        raise Wrong(
            f"This is {describe(answer)}, and no strokes: {error}.",
            "A list of strokes; each stroke is a list of points; each point is a pair (x, y). Even "
            "a single stroke goes into a list of its own.",
        ) from error
    if ink.blank:
        raise Wrong("There is nothing on the sheet.")
    recognizer = Recognizer()
    prediction = recognizer.predict(ink)
    if prediction.digit == 4:
        return "The network that ships with mnistedu reads it as a 4, too."
    if recognizer.predict(Ink([stroke * [1, -1] for stroke in ink.strokes])).digit == 4:
        raise Wrong("It is a 4 that stands on its head.")
    if prediction.confident:
        raise Wrong(f"The network that ships with mnistedu reads a {prediction.digit}.")
    raise Wrong("The network that ships with mnistedu does not know what to make of it.")


@hints(
    "If the most probable digit has the probability p, how often is that answer wrong?",
    "Wrong answers come in the share 1 - p, and each costs `cost`. Compare what that makes, on "
    "average, with the 1 that asking costs.",
    "The digit is the place of the largest probability; the largest probability itself only "
    "decides whether to say it.",
)
def exercise_2(answer: object) -> str:
    """`decide(probabilities, cost)`: the digit, or None where it is cheaper to ask a person."""
    for digit, probability, cost in ((7, 0.97, 2), (3, 0.6, 10), (3, 0.6, 2), (0, 0.97, 50)):
        decided = _decision(answer, _probabilities(digit, probability), cost)
        case = f"At {probability:.0%} for the {digit}, with mistakes that cost {cost}"
        if (1 - probability) * cost > 1:
            if decided is not None:
                raise Wrong(f"{case}, it is cheaper to ask a person.")
        elif decided is None:
            raise Wrong(f"{case}, it is cheaper to answer.")
        elif expect_array(decided, ()) != digit:
            raise Wrong(f"{case}, the answer is not {decided}.")
    return "How sure is sure enough depends on what a mistake costs."


@hints(
    "A point (x, y) that is turned about (0, 0) by an angle a goes to "
    "(x cos a - y sin a, x sin a + y cos a).",
    "NumPy's `cos` and `sin` take radians; `np.deg2rad` makes them of degrees.",
    "As y points down, that formula turns clockwise on the sheet. All strokes turn about the same "
    "point; which one does not matter, as the ink is put in the middle anyway.",
)
def exercise_3(answer: object) -> str:
    """`turn(strokes, degrees)`: strokes turned clockwise on the sheet."""
    strokes = [SEVEN, BAR_OF_SEVEN]
    for degrees in (90, 30, -20, 0):
        result = call(answer, strokes, degrees, form="turn(strokes, degrees)")
        if not isinstance(result, (list, tuple)) or len(result) != len(strokes):
            raise Wrong(f"{len(strokes)} strokes go in, and out comes {describe(result)}.")
        parts = [
            expect_array(part, stroke.shape, name="A stroke")
            for part, stroke in zip(result, strokes, strict=True)
        ]
        turned, wanted = _centred(parts), _centred(_turn(strokes, np.deg2rad(degrees)))
        if np.allclose(turned, _centred(_turn(strokes, -np.deg2rad(degrees)))) and degrees:
            raise Wrong(f"{degrees} degrees turn the strokes the wrong way round.")
        if np.allclose(turned, _centred(_turn(strokes, float(degrees)))) and degrees:
            raise Wrong("Your degrees are taken for radians.")
        if np.allclose(turned, _centred(strokes)) and degrees:
            raise Wrong(f"Nothing has turned at {degrees} degrees.")
        each = [np.allclose(_centred([part]), _centred([to])) for part, to in zip(
            parts, _turn(strokes, np.deg2rad(degrees)), strict=True
        )]  # fmt: skip
        if all(each) and not np.allclose(turned, wanted):
            raise Wrong("Each stroke turns about a point of its own, and the digit falls apart.")
        if not np.allclose(turned, wanted):
            raise Wrong(f"At {degrees} degrees the strokes have changed their shape.")
    return "Try at which angle your network ceases to read your digits."


@hints(
    "A reader is a function from images of shape `(n, 28, 28)` to probabilities of shape "
    "`(n, 10)`; each row adds up to one.",
    "scikit-learn's classifiers have `predict_proba`. It takes a row of numbers for each image and "
    "returns a row of probabilities for each.",
    "`reader.predict_proba(images.reshape(len(images), -1))`, after a `fit` on images that were "
    "made rows in the same way.",
)
def exercise_4(answer: object) -> str:
    """`(my_reader, data)`: any function from images to ten probabilities each."""
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], Dataset)):
        raise Wrong(f"The pair `(my_reader, data)` is asked for, and this is {describe(answer)}.")
    reader, data = answer
    images, labels = data.validation[:IMAGES]
    result = call(reader, images, form="my_reader(images)")
    probabilities = expect_array(result, (len(images), 10), name="The answer")
    if probabilities.min() < 0 or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3):
        raise Wrong("The ten numbers are no probabilities: none is negative, and their sum is one.")
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    if accuracy < BAR:
        raise Wrong(f"It reads {accuracy:.0%} of {IMAGES} validation images; try for {BAR:.0%}.")
    return "Give it to a pad, `mnistedu.DrawingPad(my_reader)`, and draw."


def _probabilities(digit: int, probability: float) -> np.ndarray:
    probabilities = np.full(10, (1 - probability) / 9)
    probabilities[digit] = probability
    return probabilities


def _decision(answer: object, probabilities: np.ndarray, cost: float) -> object:
    """Give what the learner's function decides: here None is an answer, too, if not the first."""
    try:
        return call(answer, probabilities, cost, form="decide(probabilities, cost)")
    except Blank:
        if cost == 2 and probabilities.max() > 0.9:  # sure and cheap: nothing is written yet
            raise
        return None


def _turn(strokes: list[np.ndarray], angle: float) -> list[np.ndarray]:
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [stroke @ turn for stroke in strokes]


def _centred(strokes: list[np.ndarray]) -> np.ndarray:
    points = np.concatenate(strokes)
    return points - points.mean(axis=0)
