"""The pad without a browser: events go in where the browser's would."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from traitlets import TraitError

from mnistedu import DrawingPad, Ink, Recognizer, Samples, normalize
from tests.widgets.driver import (
    ONE,
    SEVEN,
    always,
    button,
    mouse,
    one_or_seven,
    press,
    send,
    shown,
    shown_image,
    toggle,
)


def test_mouse_draws_a_stroke_that_is_read(pad: DrawingPad) -> None:
    mouse(pad, SEVEN)
    assert pad.ink == Ink([SEVEN])
    assert pad.prediction.digit == 7
    assert pad.prediction.confident
    assert ">7</div>" in shown(pad)
    assert shown(pad).count("mnistedu-top") == 3


def test_a_drawing_may_have_many_strokes(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    assert pad.prediction.digit == 1
    mouse(pad, [(140, 280), (420, 280)])
    assert len(pad.ink.strokes) == 2
    assert pad.prediction.digit == 7


def test_the_answer_follows_the_pen(pad: DrawingPad) -> None:
    seen = []
    pad.observe(lambda change: seen.append(change.new), "prediction")
    send(pad, "mouse_down", x=100, y=100)
    send(pad, "mouse_move", x=300, y=100)
    assert [prediction.digit for prediction in seen] == [7]
    assert pad.ink.blank, "the stroke has not ended"


def test_answers_while_drawing_come_at_a_bounded_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnistedu.widgets.drawing_pad.pad.LIVE_INTERVAL", 60)
    images = []
    pad = DrawingPad(lambda batch: images.append(batch) or one_or_seven(batch))
    mouse(pad, [(x, 100) for x in range(10, 510)])
    assert len(images) == 2, "one at the first move, one at the end"


@pytest.mark.parametrize(
    ("key", "modifiers", "expected"),
    [
        ("Delete", {}, []),
        ("z", {"ctrl": True}, [ONE]),
        ("x", {}, [ONE, SEVEN]),
    ],
)
def test_keys(pad: DrawingPad, key: str, modifiers: dict, expected: list) -> None:
    mouse(pad, ONE)
    mouse(pad, SEVEN)
    press(pad, key, **modifiers)
    assert pad.ink == Ink(expected)


def test_redo_by_key(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    pad.undo()
    press(pad, "Z", ctrl=True, shift=True)
    assert pad.ink == Ink([ONE])


def test_clear_in_the_middle_of_a_stroke_drops_it(pad: DrawingPad) -> None:
    send(pad, "mouse_down", x=100, y=100)
    send(pad, "mouse_move", x=300, y=100)
    pad.clear()
    send(pad, "mouse_up", x=300, y=100)
    assert pad.ink.blank
    assert pad.prediction is None


def test_draw_replays_an_ink_as_it_is(pad: DrawingPad) -> None:
    pad.draw(Ink([SEVEN]))
    assert pad.ink == Ink([SEVEN])
    assert pad.prediction.digit == 7
    mouse(pad, ONE)
    assert pad.ink == Ink([SEVEN, ONE])


def test_an_image_can_be_read_instead_of_a_drawing(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    image = Ink([SEVEN]).to_image()
    pad.read(image)
    assert pad.ink.blank
    assert pad.prediction.digit == 7
    np.testing.assert_array_equal(shown_image(pad), normalize(image))
    with pytest.raises(ValueError, match="blank"):
        pad.read(np.zeros((28, 28), np.uint8))
    mouse(pad, ONE)
    assert pad.prediction.digit == 1


def test_the_drawn_ink_is_the_pads_own(pad: DrawingPad) -> None:
    mine = Ink([ONE])
    pad.draw(mine)
    mine.clear()
    assert pad.ink == Ink([ONE])


def test_ink_can_be_observed_and_not_set(pad: DrawingPad) -> None:
    inks = []
    pad.observe(lambda change: inks.append(change.new), "ink")
    mouse(pad, ONE)
    mouse(pad, SEVEN)
    assert inks == [Ink([ONE]), Ink([ONE, SEVEN])]
    with pytest.raises(TraitError, match="read-only"):
        pad.ink = Ink()


def test_another_recognizer_reads_the_same_drawing(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    pad.recognizer = Recognizer(always(4))
    assert pad.prediction.digit == 4
    pad.recognizer = one_or_seven
    assert pad.prediction.digit == 1


def failing_observer(change: object) -> None:
    raise RuntimeError("of the observer")


@pytest.mark.parametrize("trait", ["ink", "prediction"])
def test_an_observer_that_raises_leaves_the_pad_complete(pad: DrawingPad, trait: str) -> None:
    pad.observe(failing_observer, trait)
    mouse(pad, ONE)
    mouse(pad, SEVEN)
    assert pad.ink == Ink([ONE, SEVEN])
    assert pad.prediction.digit == 7
    assert ">7</div>" in shown(pad)
    assert shown_image(pad) == pytest.approx(pad.prediction.image)
    assert f"An observer of {trait} failed" in shown(pad)
    assert "RuntimeError: of the observer" in shown(pad)
    assert not button(pad, "Undo").disabled
    button(pad, "Undo").click()
    assert pad.ink == Ink([ONE])
    assert not button(pad, "Redo").disabled
    pad.unobserve(failing_observer, trait)
    mouse(pad, SEVEN)
    assert "failed" not in shown(pad)


def test_the_error_of_an_observer_is_raised_after_all_are_notified(pad: DrawingPad) -> None:
    predictions = []
    pad.observe(failing_observer, "ink")
    pad.observe(lambda change: predictions.append(change.new), "prediction")
    with pytest.raises(RuntimeError, match="of the observer"):
        pad.draw(Ink([SEVEN]))
    with pytest.raises(RuntimeError, match="of the observer"):
        pad.read(Ink([ONE]).to_image())
    assert [prediction.digit for prediction in predictions] == [7, 1]
    assert pad.ink.blank


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    pad = DrawingPad(one_or_seven, samples=folder / "hand.jsonl")
    pad.draw(Ink([ONE]))
    folder.touch()  # where a folder is expected
    button(pad, "1").click()
    assert "The drawing could not be kept" in shown(pad)
    assert pad.ink == Ink([ONE])
    with pytest.raises(OSError, match="samples"):
        pad.keep(1)
    folder.unlink()
    pad.keep(1)
    assert pad.ink.blank
    shutil.rmtree(folder)
    folder.touch()
    toggle(pad, "Teach").value = False
    with pytest.raises(OSError, match="samples"):
        pad.undo()
    assert pad.ink.blank
    assert "This could not be undone" in shown(pad)
    assert pad._panel.widget.layout.display == "", "the panel with the message is shown"


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
def test_a_disk_that_fills_up_is_reported_and_loses_nothing(tmp_path: Path) -> None:
    import resource

    pad = DrawingPad(one_or_seven, samples=tmp_path / "hand.jsonl")
    pad.draw(Ink([ONE]))
    pad.keep(1)
    pad.draw(Ink([SEVEN]))
    size = (tmp_path / "hand.jsonl").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
    try:
        button(pad, "7").click()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "The drawing could not be kept" in shown(pad)
    assert "hand.jsonl could not be written (File too large) and is unchanged" in shown(pad)
    assert pad.ink == Ink([SEVEN])
    assert len(pad.samples) == len(Samples.load(tmp_path / "hand.jsonl")) == 1
    button(pad, "7").click()
    assert Samples.load(tmp_path / "hand.jsonl").labels.tolist() == [1, 7]


def test_a_keras_model_reads() -> None:
    import mnistedu

    pad = DrawingPad(mnistedu.build_mlp())
    mouse(pad, ONE)
    assert pad.prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_two_pads_share_nothing() -> None:
    first, second = DrawingPad(one_or_seven), DrawingPad(always(3))
    mouse(first, ONE)
    assert second.ink.blank
    mouse(second, SEVEN)
    first.clear()
    assert second.ink == Ink([SEVEN])
    managers = {pad._sheet.surface.canvas._canvas_manager for pad in (first, second)}
    assert len(managers) == 2


def test_events_from_two_threads_do_not_mix(pad: DrawingPad) -> None:
    barrier = threading.Barrier(2)

    def draw(x: float) -> None:
        barrier.wait()
        for _ in range(50):
            pad.draw(Ink([[(x, 100), (x, 400)]]))
            pad.undo()

    threads = [threading.Thread(target=draw, args=(x,)) for x in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pad.ink.blank
