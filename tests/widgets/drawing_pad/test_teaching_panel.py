"""Collecting and teaching on the pad, without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnistedu import DrawingPad, Ink, Recognizer, Samples
from tests.widgets.driver import ONE, SEVEN, button, mouse, one_or_seven, press, shown, toggle


def dots(pad: DrawingPad) -> list[int]:
    """Return how many dots each digit's button shows."""
    return [int(button(pad, str(digit))._dom_classes[0][-1]) for digit in range(10)]


def test_one_click_keeps_a_drawing_and_takes_a_fresh_sheet(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    button(pad, "1").click()
    mouse(pad, SEVEN)
    press(pad, "7")
    images, labels, inks = pad.samples
    assert labels.tolist() == [1, 7]
    assert inks == [Ink([ONE]), Ink([SEVEN])]
    assert images.shape == (2, 28, 28)
    assert pad.ink.blank
    assert pad.prediction is None
    assert dots(pad) == [0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert button(pad, "7").tooltip == "This is a 7: 1 of 5 so far (key 7)"
    assert "48 to go" in shown(pad)


def test_without_a_drawing_nothing_is_kept(pad: DrawingPad) -> None:
    button(pad, "3").click()
    assert len(pad.samples) == 0
    assert "Draw a 3 first" in shown(pad)
    with pytest.raises(ValueError, match="blank"):
        pad.keep(3)


def test_undo_takes_a_sample_back_and_redo_keeps_it_again(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    pad.keep(7)
    pad.undo()
    assert len(pad.samples) == 0
    assert pad.ink == Ink([ONE])
    assert dots(pad) == [0] * 10
    pad.redo()
    assert pad.samples.labels.tolist() == [7]
    assert pad.ink.blank
    pad.samples = Samples()
    pad.undo()
    assert pad.ink == Ink([ONE]), "also where the sample is no longer there"


def test_five_of_each_are_enough(pad: DrawingPad) -> None:
    for digit in range(10):
        for _ in range(5 + (digit == 4)):
            pad.draw(Ink([ONE]))
            pad.keep(digit)
    assert dots(pad) == [5] * 10
    assert "51 drawings" in shown(pad)
    assert button(pad, "Learn my handwriting").button_style == "primary"


def test_the_panel_opens_when_it_is_needed(pad: DrawingPad) -> None:
    def is_open(pad: DrawingPad) -> bool:
        return pad.children[-1].layout.display != "none"

    assert not is_open(pad)
    toggle(pad, "Teach").value = True
    assert is_open(pad)
    pad.draw(Ink([ONE]))
    other = DrawingPad(one_or_seven)
    mouse(other, ONE)
    press(other, "1")
    assert is_open(other)


def test_samples_can_be_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "my-hand.jsonl"
    pad = DrawingPad(one_or_seven, samples=path)
    mouse(pad, ONE)
    pad.keep(1)
    assert Samples.load(path).labels.tolist() == [1]
    assert dots(DrawingPad(one_or_seven, samples=path))[1] == 1
    assert dots(DrawingPad(one_or_seven, samples=Samples.load(path)))[1] == 1


def odd_three(rng: np.random.Generator) -> Ink:
    """A 3 that has fallen on its face, like an M."""
    points = [(50, 480), (80, 60), (260, 320), (440, 60), (460, 480)]
    return Ink([np.array(points) + rng.normal(0, 12, (5, 2))])


def test_the_pad_learns_a_hand_and_forgets_it() -> None:
    pad, rng = DrawingPad(), np.random.default_rng(0)
    shipped = pad.recognizer
    assert button(pad, "Learn my handwriting").disabled
    for _ in range(5):
        pad.draw(odd_three(rng))
        pad.keep(3)
    pad.draw(odd_three(rng))
    before = pad.prediction
    button(pad, "Learn my handwriting").click()
    assert pad.prediction.digit == 3
    assert pad.recognizer is not shipped
    assert f"After: {pad.recognizer.adaptation.after} of 5" in shown(pad)
    button(pad, "Forget it").click()
    assert pad.recognizer is shipped
    np.testing.assert_array_equal(pad.prediction.probabilities, before.probabilities)
    assert len(pad.samples) == 5
    assert button(pad, "Forget it").disabled


def test_a_model_that_cannot_learn_says_so_on_the_pad(pad: DrawingPad) -> None:
    mouse(pad, ONE)
    pad.keep(1)
    button(pad, "Learn my handwriting").click()
    assert "cannot be adapted" in shown(pad)
    with pytest.raises(TypeError, match="cannot be adapted"):
        pad.teach()


def test_another_recogniser_has_nothing_to_forget() -> None:
    pad = DrawingPad()
    pad.draw(Ink([SEVEN]))
    pad.keep(7)
    pad.teach()
    pad.recognizer = other = Recognizer(one_or_seven)
    assert button(pad, "Forget it").disabled
    pad.forget()
    assert pad.recognizer is other
