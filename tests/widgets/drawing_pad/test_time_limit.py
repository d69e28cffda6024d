"""Models that raise, hang, and come back."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from mnistedu import DrawingPad, Ink, Recognizer
from mnistedu.widgets.drawing_pad import time_limit
from mnistedu.widgets.drawing_pad.time_limit import TimeLimitedPredictor
from tests.widgets.driver import ONE, always, button, mouse, shown

INK = Ink([ONE])


class Hanging:
    """A model that does not return until it is released."""

    def __init__(self) -> None:
        self.calls = 0
        self.released = threading.Event()

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.calls += 1
        self.released.wait()
        return np.eye(10)[[7] * len(images)]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    monkeypatch.setattr(time_limit, "TIME_LIMIT", 0.2)
    model = Hanging()
    yield model
    model.released.set()


def test_a_quick_model_predicts() -> None:
    predictor = TimeLimitedPredictor(Recognizer(always(4)))
    assert [predictor.predict(INK).digit for _ in range(3)] == [4, 4, 4]


def test_the_shipped_network_needs_no_thread() -> None:
    before = threading.active_count()
    assert TimeLimitedPredictor(Recognizer()).predict(INK).digit == 1
    assert threading.active_count() == before


@pytest.mark.parametrize("error", [ZeroDivisionError, TimeoutError, SystemExit])
def test_a_models_own_error_is_raised(error: type[BaseException]) -> None:
    def fail(images: np.ndarray) -> np.ndarray:
        raise error("of the model")

    with pytest.raises(error, match="of the model"):
        TimeLimitedPredictor(Recognizer(fail)).predict(INK)


def test_a_model_that_hangs_is_given_up_until_it_returns(hanging: Hanging) -> None:
    predictor = TimeLimitedPredictor(Recognizer(hanging))
    with pytest.raises(TimeoutError, match=r"not answered within 0\.2 seconds"):
        predictor.predict(INK)
    with pytest.raises(TimeoutError, match="still busy"):
        predictor.predict(INK)
    assert hanging.calls == 1
    hanging.released.set()
    predictor._running.result()
    assert predictor.predict(INK).digit == 7


def test_a_pad_with_a_model_that_hangs_stays_usable(hanging: Hanging) -> None:
    pad = DrawingPad(hanging)
    mouse(pad, ONE)
    assert "TimeoutError" in shown(pad)
    assert pad.prediction is None
    mouse(pad, [(100, 100), (400, 100)])
    assert len(pad.ink.strokes) == 2
    button(pad, "Undo").click()
    assert pad.ink == INK
    pad.recognizer = always(3)
    assert pad.prediction.digit == 3
    assert "TimeoutError" not in shown(pad)
    pad.recognizer = hanging
    assert pad.prediction is None
    hanging.released.set()
    pad._answer._predictor._running.result()
    button(pad, "Recognise").click()
    assert pad.prediction.digit == 7
