"""The exercises of lesson 06: ink, uncertainty, and classifiers of your own."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnistedu.data import Dataset
from mnistedu.exercises.expectations import (
    NOTHING_RETURNED,
    BlankAnswer,
    WrongAnswer,
    call,
    describe,
    expect_array,
    hints,
)
from mnistedu.ink import Ink
from mnistedu.recognition import Recognizer

MIN_ACCURACY = 0.7  # of the learner's classifier on validation images
MIN_MOVED = 0.6  # of that accuracy, for the same images moved by one pixel
IMAGES = 200
FEW = 7  # images in another batch
CASES = 20  # random ones

SEVEN = np.array([(150, 110), (390, 110), (330, 230), (250, 440)], float)
CROSSBAR = np.array([(200, 260), (350, 250)], float)


@hints(
    "Draw a 4 on paper, preferably squared, and write down where the pen changes direction.",
    "y points down: small values are at the top of the sheet. A 4 in two strokes is an L, and a "
    "line that crosses its foot.",
    "The L starts at the top, goes down to the left, then straight right. The second stroke starts "
    "above the foot, near its middle, and ends well below it.",
)
def exercise_1(answer: Any) -> str:
    """Check `four`, the strokes of a 4."""
    try:
        ink = answer if isinstance(answer, Ink) else Ink(answer)
    except (TypeError, ValueError) as error:
        raise WrongAnswer(
            f"Expected strokes, got {describe(answer)}: {error}.",
            "A list of strokes; each stroke is a list of points; each point is a pair (x, y). Even "
            "a single stroke needs to be in a list.",
        ) from error
    if ink.blank:
        raise WrongAnswer("The drawing is empty.")
    recognizer = Recognizer()
    prediction = recognizer.predict(ink)
    if prediction.digit == 4 and prediction.confident:
        return "The pretrained network also reads it as a 4, and is sure of it."
    upside_down = recognizer.predict(Ink([stroke * [1, -1] for stroke in ink.strokes]))
    if upside_down.digit == 4 and upside_down.confident:
        raise WrongAnswer("It is a 4 that is upside down.")
    if prediction.confident:
        raise WrongAnswer(f"The pretrained network reads it as a {prediction.digit}.")
    raise WrongAnswer("The pretrained network is not sure what it is.")


@hints(
    "If the most probable digit has probability p, how often is it wrong?",
    "A fraction 1 - p of the answers is wrong, and each of these costs `cost`. Compare the average "
    "cost with the cost of asking, 1.",
    "The digit is the index of the largest probability; the largest probability itself only "
    "decides whether to answer.",
)
def exercise_2(answer: object) -> str:
    """Check `decide(probabilities, cost)`, the digit, or None if asking a person is cheaper."""
    rng = np.random.default_rng()
    cases = [(7, 0.97, 2.0), (3, 0.6, 10.0), (3, 0.6, 2.0), (0, 0.97, 50.0), (5, 0.4, 1.2)]
    cases += [(4, 0.99, 30.0), (8, 0.6, 4.0)]
    for _ in range(CASES):
        cases.append((int(rng.integers(10)), rng.uniform(0.35, 0.99), rng.uniform(1.1, 40)))
    decisions = [_decide(answer, _make_probabilities(d, p), cost) for d, p, cost in cases]
    if all(decision is None for decision in decisions):
        raise BlankAnswer(NOTHING_RETURNED)
    for (digit, probability, cost), decision in zip(cases, decisions, strict=True):
        if abs((1 - probability) * cost - 1) < 0.05:  # too close to call
            continue
        case = f"At {probability:.0%} for the digit {digit}, with mistakes that cost {cost:.3g}"
        if (1 - probability) * cost > 1:
            if decision is not None:
                raise WrongAnswer(f"{case}, it is cheaper to ask a person.")
        elif decision is None:
            raise WrongAnswer(f"{case}, it is cheaper to answer.")
        elif expect_array(decision, ()) != digit:
            raise WrongAnswer(f"{case}, the answer is not {decision}.")
    return "The confidence that you need depends on what a mistake costs."


@hints(
    "Rotating a point (x, y) about (0, 0) by an angle a moves it to "
    "(x cos a - y sin a, x sin a + y cos a).",
    "NumPy's `cos` and `sin` take radians; `np.deg2rad` converts degrees to radians.",
    "Because y points down, that formula rotates clockwise on the sheet. Rotate all strokes about "
    "the same point; it does not matter which, because the drawing is centred later.",
)
def exercise_3(answer: object) -> str:
    """Check `turn(strokes, degrees)`, which rotates strokes clockwise on the sheet."""
    strokes = [SEVEN, CROSSBAR]
    for degrees in (90, 30, -20, 0):
        result = call(answer, strokes, degrees, form="turn(strokes, degrees)")
        if not isinstance(result, (list, tuple)) or len(result) != len(strokes):
            raise WrongAnswer(f"{len(strokes)} strokes go in, but out comes {describe(result)}.")
        parts = [
            expect_array(part, stroke.shape, name="A stroke")
            for part, stroke in zip(result, strokes, strict=True)
        ]
        expected_parts = _rotate(strokes, np.deg2rad(degrees))
        rotated, expected = _centre(parts), _centre(expected_parts)
        if np.allclose(rotated, _centre(_rotate(strokes, -np.deg2rad(degrees)))) and degrees:
            raise WrongAnswer(f"{degrees} degrees rotate the strokes in the wrong direction.")
        if np.allclose(rotated, _centre(_rotate(strokes, float(degrees)))) and degrees:
            raise WrongAnswer("Your function treats degrees as radians.")
        if np.allclose(rotated, _centre(strokes)) and degrees:
            raise WrongAnswer(f"The strokes are unchanged at {degrees} degrees.")
        alone = [
            np.allclose(_centre([part]), _centre([wanted]))
            for part, wanted in zip(parts, expected_parts, strict=True)
        ]
        if all(alone) and not np.allclose(rotated, expected):
            raise WrongAnswer("Each stroke rotates about its own point, so the digit falls apart.")
        if not np.allclose(rotated, expected):
            raise WrongAnswer(f"At {degrees} degrees, the strokes have changed their shape.")
    return "Find the angle at which your network no longer reads your digits."


@hints(
    "Write a function from images of shape `(n, 28, 28)` to probabilities of shape `(n, 10)`; each "
    "row adds up to one.",
    "scikit-learn's classifiers have `predict_proba`. It takes a row of numbers per image and "
    "returns a row of probabilities per image.",
    "`classifier.predict_proba(images.reshape(len(images), -1))`, after a `fit` on images that "
    "were reshaped in the same way.",
)
def exercise_4(answer: object) -> str:
    """Check `(my_reader, data)`, any function from images to ten probabilities each."""
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], Dataset)):
        raise WrongAnswer(f"Expected the pair `(my_reader, data)`, got {describe(answer)}.")
    function, data = answer
    images, labels = data.validation[:IMAGES]
    probabilities = _classify(function, images)
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    if accuracy < MIN_ACCURACY:
        raise WrongAnswer(
            f"It reads {accuracy:.0%} of {IMAGES} validation images; {MIN_ACCURACY:.0%} are "
            "required."
        )
    few = np.random.default_rng().permutation(len(images))[:FEW]
    if not np.allclose(_classify(function, images[few]), probabilities[few], atol=1e-3):
        raise WrongAnswer(
            "In another batch, the same images get other probabilities.",
            "The pad passes a batch of one image. What comes out for an image must depend on this "
            "image only, and the rows must be in the order of the images.",
        )
    moved = (_classify(function, np.roll(images, 1, axis=2)).argmax(axis=1) == labels).mean()
    if moved < MIN_MOVED * accuracy:
        raise WrongAnswer(
            f"Moved by one pixel, it reads {moved:.0%} of the images instead of {accuracy:.0%}.",
            "A table of known images does not read drawings. Compare images by how similar they "
            "are.",
        )
    return "Pass it to a pad, `mnistedu.DrawingPad(my_reader)`, and draw."


def _classify(function: object, images: np.ndarray) -> np.ndarray:
    result = call(function, images, form="my_reader(images)")
    probabilities = expect_array(result, (len(images), 10))
    if probabilities.min() < 0 or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3):
        raise WrongAnswer(
            "The ten numbers are not probabilities: none may be negative, and their sum must be "
            "one."
        )
    return probabilities


def _make_probabilities(digit: int, probability: float) -> np.ndarray:
    probabilities = np.full(10, (1 - probability) / 9)
    probabilities[digit] = probability
    return probabilities


def _decide(answer: object, probabilities: np.ndarray, cost: float) -> object:
    """Return the decision of the learner's function, which may be None."""
    try:
        return call(answer, probabilities, cost, form="decide(probabilities, cost)")
    except BlankAnswer:
        return None


def _rotate(strokes: list[np.ndarray], angle: float) -> list[np.ndarray]:
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [stroke @ matrix for stroke in strokes]


def _centre(strokes: list[np.ndarray]) -> np.ndarray:
    points = np.concatenate(strokes)
    return points - points.mean(axis=0)
