"""The answer, the model's error, and the image that the network sees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mnistedu import DrawingPad, Ink
from tests.widgets.driver import (
    ONE,
    SEVEN,
    mouse,
    shown,
    shown_image,
)


def undecided(images: np.ndarray) -> np.ndarray:
    return np.tile([0, 0, 0, 0.5, 0, 0, 0, 0, 0.4, 0.1], (len(images), 1))


def test_an_unsure_answer_says_so() -> None:
    pad = DrawingPad(undecided)
    mouse(pad, ONE)
    assert not pad.prediction.confident
    assert "Not sure: 3 or 8?" in shown(pad)
    assert "50.0 %" in shown(pad)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (lambda images: images["<b>"], "IndexError"),
        (lambda images: np.zeros(3), "ValueError"),
    ],
)
def test_a_models_error_is_shown(model: Callable, reason: str) -> None:
    pad = DrawingPad(model)
    mouse(pad, ONE)
    assert reason in shown(pad)
    assert "<b>" not in shown(pad)
    assert pad.prediction is None
    assert pad.ink == Ink([ONE])


def test_the_view_stays_when_the_model_fails() -> None:
    pad = DrawingPad(lambda images: 1 / 0)
    mouse(pad, SEVEN)
    assert shown_image(pad) == pytest.approx(Ink([SEVEN]).to_image())


def test_a_letter_gets_no_guess() -> None:
    pad = DrawingPad()
    pad.draw(Ink([[(50, 200), (100, 20), (150, 200)], [(70, 130), (130, 130)]]))  # an A
    assert not pad.prediction.confident
    assert "No digit I know" in shown(pad)
    assert "10.0 %" not in shown(pad)
