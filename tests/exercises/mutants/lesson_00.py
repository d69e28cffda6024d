"""Wrong and right answers to the exercises of lesson 00."""

from __future__ import annotations

from functools import partial

import numpy as np

from mnistedu.ink import Ink

FOUR = [[(180, 90), (140, 280), (370, 270)], [(320, 100), (290, 450)]]
CLOSED_FOUR = [[(330, 440), (330, 80), (140, 300), (390, 300)]]
FOUR_OF_THREE = [[(180, 90), (150, 270)], [(150, 270), (380, 270)], [(320, 100), (300, 450)]]
SEVEN = [[(150, 110), (390, 110), (330, 230), (250, 440)]]
NINE = [[(340, 140), (250, 90), (180, 160), (220, 240), (330, 210), (345, 130), (310, 460)]]
TWO = [[(160, 150), (200, 95), (280, 90), (320, 150), (290, 230), (150, 420), (340, 420)]]
SCRIBBLE = [[(10, 10), (400, 20), (30, 300), (420, 310), (20, 40), (300, 400), (310, 10)]]
DOT = [[(250, 250)]]
BAR = [[(100, 460), (400, 460)]]
CROSS = [[(100, 100), (400, 400)], [(400, 100), (100, 400)]]


def ink(strokes, *, turned=0.0, slanted=0.0, width=1.0, enlarged=1.0):
    """Draw strokes, turned by some degrees, slanted, narrowed or enlarged about the middle."""
    angle = np.deg2rad(turned)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = enlarged * turn @ [[width, slanted], [0, 1]]
    return Ink([(np.array(stroke) - 250) @ matrix.T + 250 for stroke in strokes])


def points_in_a_loop(drawing):
    count = 0
    for stroke in drawing.strokes:
        for _ in stroke:
            count += 1
    return count


def until_it_fails(drawing):
    count, which = 0, 0
    while True:
        try:
            count += len(drawing.strokes[which])
        except IndexError:
            return count
        which += 1


WRONG = {
    "00.1": [
        ("a seven", partial(ink, SEVEN)),
        ("a nine", partial(ink, NINE)),
        ("an empty drawing", Ink),
        ("a dot", partial(ink, DOT)),
        ("a scribble", partial(ink, SCRIBBLE)),
        ("one stroke of a four", partial(ink, FOUR[1:])),
        ("the number", lambda: 4),
        ("the word", lambda: "four"),
        ("a four upside down", partial(ink, FOUR, turned=180)),
        ("a four that is too narrow", partial(ink, FOUR, width=0.3)),
        ("a list of numbers", lambda: [180, 90, 140, 280]),
    ],
    "00.2": [
        ("counts the strokes", lambda: lambda drawing: len(drawing.strokes)),
        ("counts coordinates", lambda: lambda drawing: sum(s.size for s in drawing.strokes)),
        ("counts the first stroke", lambda: lambda drawing: len((drawing.strokes or [[]])[0])),
        ("counts the last stroke", lambda: lambda drawing: len((drawing.strokes or [[]])[-1])),
        ("counts the longest", lambda: lambda drawing: max(map(len, drawing.strokes), default=0)),
        ("first three strokes", lambda: lambda drawing: sum(map(len, drawing.strokes[:3]))),
        ("first ten strokes", lambda: lambda drawing: sum(map(len, drawing.strokes[:10]))),
        ("all but the last stroke", lambda: lambda drawing: sum(map(len, drawing.strokes[:-1]))),
        ("segments", lambda: lambda drawing: sum(len(s) - 1 for s in drawing.strokes)),
        ("one for an empty drawing", lambda: lambda drawing: sum(map(len, drawing.strokes)) or 1),
        (
            "different points",
            lambda: lambda drawing: len({tuple(p) for s in drawing.strokes for p in s}),
        ),
        ("strokes of one length", lambda: lambda d: len(d.strokes) * len((d.strokes or [[]])[0])),
        ("a number", lambda: 7),
        ("a text", lambda: lambda drawing: str(sum(map(len, drawing.strokes)))),
    ],
    "00.3": [
        ("a seven that is read", lambda: (ink(SEVEN), 7)),
        ("a seven called a one", lambda: (ink(SEVEN), 1)),
        ("a four called a nine", lambda: (ink(FOUR), 9)),
        ("a two called a seven", lambda: (ink(TWO), 7)),
        ("a nine called a six", lambda: (ink(NINE), 6)),
        ("a dot", lambda: (ink(DOT), 1)),
        ("a scribble", lambda: (ink(SCRIBBLE), 5)),
        ("a scribble called an eight", lambda: (ink(SCRIBBLE), 8)),
        ("a cross called a four", lambda: (ink(CROSS), 4)),
        ("a cross called a one", lambda: (ink(CROSS), 1)),
        ("a scribble called a one", lambda: (ink(SCRIBBLE), 1)),
        ("a nine upside down called a nine", lambda: (ink(NINE, turned=180), 9)),
        ("an empty drawing", lambda: (Ink(), 7)),
        ("a drawing without a digit", lambda: ink(SEVEN)),
        ("a digit as text", lambda: (ink(SEVEN, turned=90), "7")),
        ("no digit", lambda: (ink(SEVEN, turned=90), 77)),
    ],
}

RIGHT = {
    "00.1": [
        ("two strokes", partial(ink, FOUR)),
        ("one stroke, closed", partial(ink, CLOSED_FOUR)),
        ("three strokes", partial(ink, FOUR_OF_THREE)),
        ("small", partial(ink, FOUR, enlarged=0.2)),
        ("a list of strokes", lambda: FOUR),
        ("a tuple of arrays", lambda: tuple(np.array(stroke) for stroke in FOUR)),
        ("leaning a little", partial(ink, FOUR, slanted=-0.3)),
    ],
    "00.2": [
        ("sum", lambda: lambda drawing: sum(len(stroke) for stroke in drawing.strokes)),
        ("nested loops", lambda: points_in_a_loop),
        ("while", lambda: until_it_fails),
        ("map", lambda: lambda drawing: sum(map(len, drawing.strokes))),
        ("concatenate", lambda: lambda drawing: len(np.concatenate(drawing.strokes))),
        ("vstack", lambda: lambda drawing: np.vstack(drawing.strokes).shape[0]),
        (
            "a NumPy number",
            lambda: lambda drawing: np.sum([len(s) for s in drawing.strokes], dtype=np.int64),
        ),
        ("half the coordinates", lambda: lambda d: sum(s.size for s in d.strokes) // 2),
    ],
    "00.3": [
        ("a narrow four", lambda: (ink(FOUR, width=0.35), 4)),
        ("a four on its side", lambda: (ink(FOUR, turned=90), 4)),
        ("a seven on its side", lambda: (ink(SEVEN, turned=-90), 7)),
        ("a two that leans far", lambda: (ink(TWO, slanted=-1.5), 2)),
        ("a seven that leans far", lambda: (ink(SEVEN, slanted=-1.5), 7)),
        ("a four with ornaments", lambda: (ink([*FOUR, *BAR, [(100, 40), (400, 40)]]), 4)),
        ("a list of strokes", lambda: ([[(y, 500 - x) for x, y in SEVEN[0]]], 7)),
        ("a NumPy digit", lambda: (ink(FOUR, width=0.35), np.int64(4))),
        ("a list of two", lambda: [ink(FOUR, width=0.35), 4]),
    ],
}
