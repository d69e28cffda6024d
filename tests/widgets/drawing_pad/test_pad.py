"""The pad without a browser: events go in where the browser's would."""

from __future__ import annotations

import base64
import io
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from traitlets import TraitError

from mnistedu import DrawingPad, Ink, Recognizer, normalize
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
    toggle,
    touch,
)


def undecided(images: np.ndarray) -> np.ndarray:
    return np.tile([0, 0, 0, 0.5, 0, 0, 0, 0, 0.4, 0.1], (len(images), 1))


@pytest.fixture
def pad() -> DrawingPad:
    return DrawingPad(one_or_seven)


def shown_image(pad: DrawingPad) -> np.ndarray:
    """Return the pixels that the pad shows as the network's."""
    png = shown(pad).split("data:image/png;base64,")[1].split('"')[0]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))


@pytest.fixture
def commands(pad: DrawingPad, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the pad's canvas is told to draw."""
    sent: list[object] = []
    manager = pad._canvas.canvas._canvas_manager
    monkeypatch.setattr(manager, "_send_custom", lambda command, buffers=(): sent.append(command))
    return sent


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


def test_moving_without_pressing_draws_nothing(pad: DrawingPad) -> None:
    send(pad, "mouse_move", x=100, y=100)
    send(pad, "mouse_up", x=100, y=100)
    assert pad.ink.blank


def test_leaving_the_canvas_ends_the_stroke(pad: DrawingPad) -> None:
    mouse(pad, ONE, end="mouse_out")
    send(pad, "mouse_move", x=500, y=500)
    assert pad.ink == Ink([ONE])


def test_a_press_whose_release_was_missed_starts_a_stroke_of_its_own(pad: DrawingPad) -> None:
    send(pad, "mouse_down", x=100, y=100)
    mouse(pad, ONE)
    assert pad.ink == Ink([[(100, 100)], ONE])


def test_touch_draws_with_the_first_finger(pad: DrawingPad) -> None:
    touch(pad, "start", ONE[0])
    touch(pad, "move", ONE[1], (10, 10))
    touch(pad, "move", ONE[2])
    touch(pad, "end")
    assert pad.ink == Ink([ONE])
    assert pad.prediction.digit == 1


def test_a_finger_that_leaves_and_returns_draws_two_strokes(pad: DrawingPad) -> None:
    touch(pad, "start", (10, 100))
    touch(pad, "move", (-20, 100))
    touch(pad, "move", (-20, 300))
    touch(pad, "move", (10, 300))
    touch(pad, "cancel")
    assert pad.ink == Ink([[(10, 100)], [(10, 300)]])


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


def test_without_live_only_recognise_reads() -> None:
    pad = DrawingPad(one_or_seven, live=False)
    mouse(pad, ONE)
    assert pad.prediction is None
    assert "Press Recognise" in shown(pad)
    button(pad, "Recognise").click()
    assert pad.prediction.digit == 1
    mouse(pad, SEVEN)
    assert pad.prediction is None, "an answer to an older drawing must not stay"


def test_live_can_be_switched_on() -> None:
    pad = DrawingPad(one_or_seven, live=False)
    mouse(pad, ONE)
    toggle(pad, "Live").value = True
    assert pad.live
    assert pad.prediction.digit == 1


def test_clear_undo_and_redo(pad: DrawingPad) -> None:
    assert button(pad, "Undo").disabled
    mouse(pad, ONE)
    mouse(pad, SEVEN)
    button(pad, "Clear").click()
    assert pad.ink.blank
    assert pad.prediction is None
    assert "Draw a digit" in shown(pad)
    button(pad, "Undo").click()
    assert pad.ink == Ink([ONE, SEVEN])
    pad.undo()
    assert pad.ink == Ink([ONE])
    assert pad.prediction.digit == 1
    button(pad, "Redo").click()
    assert pad.ink == Ink([ONE, SEVEN])
    pad.undo()
    mouse(pad, [(10, 10)])
    assert button(pad, "Redo").disabled, "what was undone is gone once something else is drawn"
    assert pad.ink == Ink([ONE, [(10, 10)]])


def test_clearing_a_blank_sheet_changes_nothing(pad: DrawingPad) -> None:
    pad.clear()
    assert button(pad, "Undo").disabled


def test_undo_in_the_middle_of_a_stroke_drops_it(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    send(pad, "mouse_down", x=100, y=100)
    pad.undo()
    send(pad, "mouse_move", x=300, y=300)
    send(pad, "mouse_up", x=300, y=300)
    assert pad.ink.blank


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


def test_draw_makes_an_ink_of_another_canvas_fit(pad: DrawingPad) -> None:
    pad.draw(Ink([[(-3, -3), (17, 17)]]))
    left, top, right, bottom = pad.ink.bounds
    assert 0 < left < right < 560
    assert 0 < top < bottom < 560


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


def test_an_observer_that_raises_does_not_lose_a_stroke(pad: DrawingPad, commands: list) -> None:
    send(pad, "client_ready")
    told = []
    pad._canvas._preview.send = lambda message, buffers=None: told.append(message)
    pad.observe(failing_observer, "ink")
    send(pad, "mouse_down", x=100, y=100)  # whose release is missed
    commands.clear()
    mouse(pad, ONE)
    assert pad.ink == Ink([[(100, 100)], ONE])
    assert len(commands) == 2, "the kernel draws both"
    assert told == ["drawn"], "the page no longer draws them itself"


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
    with pytest.raises(OSError, match="samples"):
        pad.undo()
    assert pad.ink.blank
    assert "This could not be undone" in shown(pad)


def test_a_keras_model_reads() -> None:
    import mnistedu

    pad = DrawingPad(mnistedu.build_mlp())
    mouse(pad, ONE)
    assert pad.prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)


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


def test_the_view_shows_how_the_image_came_about(pad: DrawingPad) -> None:
    blank = shown(pad)
    mouse(pad, SEVEN)
    assert "<path" not in blank
    assert '<rect x="122" y="92" width="316" height="406"/>' in shown(pad)
    assert shown_image(pad) == pytest.approx(Ink([SEVEN]).to_image())


def test_the_view_stays_when_the_model_fails() -> None:
    pad = DrawingPad(lambda images: 1 / 0)
    mouse(pad, SEVEN)
    assert shown_image(pad) == pytest.approx(Ink([SEVEN]).to_image())


def test_nothing_is_drawn_before_a_page_is_there(pad: DrawingPad, commands: list) -> None:
    pad.draw(Ink([ONE]))
    mouse(pad, SEVEN)
    pad.clear()
    assert commands == []


def test_every_page_that_opens_is_given_the_drawing(pad: DrawingPad, commands: list) -> None:
    mouse(pad, ONE)
    send(pad, "client_ready")
    first = len(commands)
    assert first > 0
    send(pad, "client_ready")
    assert commands[first:] == commands[:first], "a reloaded page knows nothing"


def test_a_stroke_is_drawn_when_it_ends(pad: DrawingPad, commands: list) -> None:
    send(pad, "client_ready")
    commands.clear()
    mouse(pad, [(x, 100) for x in range(10, 510)])
    assert len(pad.ink.strokes[0]) == 500
    assert len(commands) == 1, "until then the page shows it by itself"


def test_a_stroke_that_was_dropped_is_wiped_off(pad: DrawingPad, commands: list) -> None:
    send(pad, "client_ready")
    send(pad, "mouse_down", x=100, y=100)
    pad.undo()
    commands.clear()
    send(pad, "mouse_up", x=300, y=300)
    assert commands, "the page still shows what it had drawn by itself"
    assert pad.ink.blank


def test_two_pads_share_nothing() -> None:
    first, second = DrawingPad(one_or_seven), DrawingPad(undecided)
    mouse(first, ONE)
    assert second.ink.blank
    mouse(second, SEVEN)
    first.clear()
    assert second.ink == Ink([SEVEN])
    managers = {pad._canvas.canvas._canvas_manager for pad in (first, second)}
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


def test_a_picture_stands_in_where_no_widget_can_show(pad: DrawingPad) -> None:
    mouse(pad, SEVEN)
    bundle, metadata = pad._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("DrawingPad(ink=Ink(1 stroke, 3 points), prediction=")
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))))
    assert picture.shape == (224, 720)
    assert "the answer 7 (7: > 99.9 %" in metadata["image/png"]["alt"]
    sheet, view, answer = picture[:, :224], picture[:, 248:472], picture[:, 496:]
    assert sheet[44, 100] == 0, "the bar of the 7, black on white"
    assert sheet[150, 30] == 255
    np.testing.assert_array_equal(view[4::8, 4::8], pad.prediction.image)
    assert answer.min() < 50


def test_the_picture_of_a_blank_pad_is_a_sheet() -> None:
    bundle, _ = DrawingPad(one_or_seven)._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.size == (224, 224)
