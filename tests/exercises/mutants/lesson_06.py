"""Wrong and right answers to the exercises of lesson 06."""

from __future__ import annotations

import functools

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

import mnistedu
from mnistedu.data import load_digits
from mnistedu.ink import Ink

L_AND_BAR = [[(210, 90), (120, 310), (400, 310)], [(320, 190), (310, 450)]]
OPEN = [[(180, 90), (140, 280), (370, 270)], [(320, 100), (290, 450)]]
CLOSED = [[(330, 440), (330, 80), (140, 300), (390, 300)]]
SMALL = [[(110, 40), (60, 160), (210, 160)], [(160, 90), (150, 260)]]
SEVEN = [[(150, 110), (390, 110), (330, 230), (250, 440)]]
NINE = [[(340, 140), (250, 90), (180, 160), (220, 240), (330, 210), (345, 130), (310, 460)]]
SCRIBBLE = [[(10, 10), (400, 20), (30, 300), (420, 310), (20, 40), (300, 400), (310, 10)]]


def mapped(strokes, matrix):
    return [np.array(stroke) @ np.array(matrix, float) for stroke in strokes]


def decide(probabilities, cost, *, threshold=None):
    threshold = 1 - 1 / cost if threshold is None else threshold
    return int(probabilities.argmax()) if probabilities.max() >= threshold else None


def decide_by_costs(probabilities, cost):
    costs = [(1 - p) * cost for p in probabilities]
    return None if min(costs) > 1 else costs.index(min(costs))


def decide_in_words(probabilities, cost):
    best = np.argsort(probabilities)[-1]
    if (1 - probabilities[best]) * cost < 1:
        return best
    return None


def rotation(degrees):
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def rotate(strokes, degrees, *, about=0.0):
    return [(stroke - about) @ rotation(degrees) + about for stroke in strokes]


def rotate_each(strokes, degrees):
    return [rotate([stroke], degrees, about=stroke[0])[0] for stroke in strokes]


def rotate_in_place(strokes, degrees):
    for stroke in strokes:
        stroke[:] = stroke @ rotation(degrees)
    return strokes


def rotate_list_in_place(strokes, degrees):
    for index in range(len(strokes)):
        strokes[index] = strokes[index] @ rotation(degrees)
    return strokes


def rotate_x_first(strokes, degrees):
    """Use the new x for the new y."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    turned = []
    for x, y in (stroke.T for stroke in strokes):
        x = x * cos - y * sin
        turned.append(np.stack([x, x * sin + y * cos], axis=1))
    return turned


def rotate_points(strokes, degrees):
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return [[(x * cos - y * sin, x * sin + y * cos) for x, y in stroke] for stroke in strokes]


def rotate_complex(strokes, degrees):
    turn = np.exp(1j * np.deg2rad(degrees))
    turned = [(stroke[:, 0] + 1j * stroke[:, 1]) * turn for stroke in strokes]
    return [np.stack([points.real, points.imag], axis=1) for points in turned]


def rotate_about_mean(strokes, degrees):
    return rotate(strokes, degrees, about=np.concatenate(strokes).mean(axis=0))


def scaled(strokes, degrees):
    return [stroke * [0.5, 1] for stroke in rotate(strokes, degrees)]


def rounded(strokes, degrees):
    return [np.round(stroke, -1) for stroke in rotate(strokes, degrees)]


DATA = load_digits()


@functools.cache
def neighbours(count=5):
    known = DATA.train
    classifier = KNeighborsClassifier(count, weights="distance")
    return classifier.fit(known.images.reshape(len(known), -1), known.labels)


@functools.cache
def regression():
    known = DATA.train
    rows = known.images.reshape(len(known), -1) / 255
    return LogisticRegression(C=0.1, max_iter=1000).fit(rows, known.labels)


@functools.cache
def means():
    return np.stack([DATA.train.images[DATA.train.labels == d].mean(axis=0) for d in range(10)])


def read(images):
    return neighbours().predict_proba(images.reshape(len(images), -1))


def read_by_regression(images):
    return regression().predict_proba(images.reshape(len(images), -1) / 255)


def read_by_means(images):
    apart = ((images[:, None].astype(float) - means()) ** 2).mean(axis=(2, 3)) / 1000
    powers = np.exp(apart.min(axis=1, keepdims=True) - apart)
    return powers / powers.sum(axis=1, keepdims=True)


def one_hot(images):
    return np.eye(10)[read(images).argmax(axis=1)]


def read_one_by_one(images):
    return [read(image[None])[0] for image in images]


def looked_up(images):
    table = {image.tobytes(): label for image, label in zip(*DATA.validation, strict=True)}
    return np.eye(10)[[table.get(image.tobytes(), 0) for image in images]]


def in_the_known_order(images):
    return np.eye(10)[np.resize(DATA.validation.labels, len(images))]


def only_for_this_many(images):
    return read(images) if len(images) == 200 else np.full((len(images), 10), 0.1)


def sorted_by_brightness(images):
    return read(images[np.argsort(images.sum(axis=(1, 2)))])


def normalized_over_batch(images):
    scores = read(images)
    return scores / scores.sum()


def guesses(images):
    return np.random.default_rng(0).dirichlet(np.ones(10), size=len(images))


def pair(classifier):
    return lambda: (classifier, DATA)


WRONG = {
    "06.1": [
        ("on its head, by a mirror", lambda: mapped(L_AND_BAR, [[1, 0], [0, -1]])),
        ("open, on its head", lambda: mapped(OPEN, [[1, 0], [0, -1]])),
        ("closed, on its head", lambda: mapped(CLOSED, [[1, 0], [0, -1]])),
        ("small, on its head", lambda: mapped(SMALL, [[1, 0], [0, -1]])),
        ("upside down", lambda: mapped(L_AND_BAR, [[-1, 0], [0, -1]])),
        ("lying", lambda: mapped(OPEN, [[0, 1], [-1, 0]])),
        ("one stroke, not in a list", lambda: L_AND_BAR[0]),
        ("only the L", lambda: L_AND_BAR[:1]),
        ("a seven", lambda: SEVEN),
        ("a nine", lambda: NINE),
        ("a scribble", lambda: SCRIBBLE),
        ("no points", lambda: [[]]),
        ("the number", lambda: 4),
        ("the word", lambda: "four"),
    ],
    "06.2": [
        ("a number", lambda: 7),
        ("always answers", lambda: lambda p, cost: int(p.argmax())),
        ("never answers below 0.9", lambda: lambda p, cost: decide(p, cost, threshold=0.9)),
        ("more likely than not", lambda: lambda p, cost: decide(p, cost, threshold=0.5)),
        ("the probability", lambda: lambda p, cost: p.max()),
        ("the threshold is 1 / cost", lambda: lambda p, cost: decide(p, cost, threshold=1 / cost)),
        ("the other way round", lambda: lambda p, cost: (
            None if (1 - p.max()) * cost < 1 else int(p.argmax())
        )),
        ("the right digit costs", lambda: lambda p, cost: (
            int(p.argmax()) if p.max() * cost > 1 else None
        )),
        ("asking costs nothing", lambda: lambda p, cost: (
            int(p.argmax()) if (1 - p.max()) * cost < 0.1 else None
        )),
        ("the least probable digit", lambda: lambda p, cost: (
            int(p.argmin()) if (1 - p.max()) * cost < 1 else None
        )),
        ("only for cheap mistakes", lambda: lambda p, cost: int(p.argmax()) if cost < 5 else None),
        ("minus one for None", lambda: lambda p, cost: (
            -1 if (1 - p.max()) * cost > 1 else int(p.argmax())
        )),
    ],
    "06.3": [
        ("anticlockwise", lambda: lambda strokes, degrees: rotate(strokes, -degrees)),
        ("radians", lambda: lambda strokes, degrees: rotate(strokes, np.rad2deg(degrees))),
        ("twice", lambda: lambda strokes, degrees: rotate(strokes, 2 * degrees)),
        ("each about its own point", lambda: rotate_each),
        ("nothing", lambda: lambda strokes, degrees: strokes),
        ("one stroke", lambda: lambda strokes, degrees: rotate(strokes, degrees)[0]),
        ("only the first stroke", lambda: lambda strokes, degrees: [
            rotate(strokes, degrees)[0], *strokes[1:]
        ]),
        ("squeezed", lambda: scaled),
        ("uses the new x for y", lambda: rotate_x_first),
        ("in place", lambda: rotate_in_place),
        ("the list in place", lambda: rotate_list_in_place),
        ("rounded to tens", lambda: rounded),
        ("one array", lambda: lambda strokes, degrees: np.concatenate(rotate(strokes, degrees))),
        ("always 90", lambda: lambda strokes, degrees: rotate(strokes, 90)),
    ],
    "06.4": [
        ("probabilities, no function", lambda: (np.full(10, 0.1), DATA)),
        ("only the function", lambda: read),
        ("always zero", pair(lambda images: np.eye(10)[[0] * len(images)])),
        ("a number", pair(lambda images: 7)),
        ("digits", pair(lambda images: read(images).argmax(axis=1))),
        ("one row", pair(lambda images: read(images)[0])),
        ("sums beyond one", pair(lambda images: 2 * read(images))),
        ("normalized over the batch", pair(normalized_over_batch)),
        ("a lookup table", pair(looked_up)),
        ("the labels in order", pair(in_the_known_order)),
        ("only for batches of 200", pair(only_for_this_many)),
        ("sorts the images", pair(sorted_by_brightness)),
        ("the first image only", pair(lambda images: np.tile(read(images[:1]), (len(images), 1)))),
        ("guesses", pair(guesses)),
    ],
}  # fmt: skip

RIGHT = {
    "06.1": [
        ("an L and a bar", lambda: L_AND_BAR),
        ("open", lambda: OPEN),
        ("closed, one stroke", lambda: CLOSED),
        ("small", lambda: SMALL),
        ("ink", lambda: Ink(L_AND_BAR)),
        ("arrays in a tuple", lambda: tuple(np.array(stroke) for stroke in OPEN)),
        ("leaning", lambda: mapped(L_AND_BAR, [[1, 0], [-0.15, 1]])),
    ],
    "06.2": [
        ("by a threshold", lambda: decide),
        ("by costs", lambda: decide_by_costs),
        ("a NumPy integer", lambda: decide_in_words),
        ("a float", lambda: lambda p, cost: (
            float(p.argmax()) if (1 - p.max()) * cost < 1 else None
        )),
        ("the sum of the others", lambda: lambda p, cost: (
            int(p.argmax()) if np.sort(p)[:-1].sum() * cost <= 1 else None
        )),
    ],
    "06.3": [
        ("about the corner", lambda: rotate),
        ("about the mean", lambda: rotate_about_mean),
        ("about the middle of the sheet", lambda: functools.partial(rotate, about=250.0)),
        ("complex numbers", lambda: rotate_complex),
        ("lists of points", lambda: rotate_points),
        ("a tuple", lambda: lambda strokes, degrees: tuple(rotate(strokes, degrees))),
        ("float32", lambda: lambda s, degrees: [t.astype(np.float32) for t in rotate(s, degrees)]),
    ],
    "06.4": [
        ("nearest neighbours", pair(read)),
        ("logistic regression", pair(read_by_regression)),
        ("means", pair(read_by_means)),
        ("one-hot", pair(one_hot)),
        ("one by one", pair(read_one_by_one)),
        ("the pretrained network", lambda: (mnistedu.Recognizer().predict_batch, DATA)),
    ],
}  # fmt: skip
