"""Answers and errors as HTML."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mnistedu import Prediction
from mnistedu.widgets.common.answer_html import (
    answer_html,
    error_html,
    image_html,
    is_digit,
    percent,
)
from tests.widgets.driver import first_image


def prediction(probabilities: list[float], *, confident: bool = True) -> Prediction:
    image = np.ones((28, 28), np.uint8)
    return Prediction(np.array(probabilities, np.float32), image, confident)


def test_a_confident_answer_shows_the_digit_and_the_three_most_probable() -> None:
    html = answer_html(prediction([0, 0, 0, 0.02, 0, 0, 0, 0.95, 0, 0.03]))
    assert ">7</div>" in html
    assert "95.0 % sure" in html
    top = re.findall(r'mnistedu-top"><b>(\d)', html)
    assert top == ["3", "7", "9"]
    assert "width:95.00%" in html


def test_an_unsure_answer_names_the_two_most_probable_digits() -> None:
    html = answer_html(prediction([0, 0, 0, 0.5, 0, 0, 0, 0, 0.4, 0.1], confident=False))
    assert ">?</div>" in html
    assert "Not sure: 3 or 8?" in html


def test_a_drawing_that_is_no_digit_gets_no_guess() -> None:
    unknown = prediction([0.1] * 10, confident=False)
    assert not is_digit(unknown)
    html = answer_html(unknown)
    assert "No digit I know" in html
    assert "10.0 %" not in html
    assert "mnistedu-top" not in html
    assert is_digit(prediction([0.3, 0.25, 0.45, 0, 0, 0, 0, 0, 0, 0], confident=False))


def test_without_an_answer_there_is_a_hint_and_no_bar_has_a_length() -> None:
    html = answer_html(None, "Press Recognise")
    assert "Press Recognise" in html
    assert html.count("width:0.00%") == 10


def test_an_error_shows_its_type_and_message() -> None:
    html = error_html(KeyError("weights"))
    assert "mnistedu-alert" in html
    assert "KeyError" in html
    assert "weights" in html


def test_an_image_keeps_its_pixels() -> None:
    image = np.arange(784, dtype=np.uint16).reshape(28, 28).astype(np.uint8)
    np.testing.assert_array_equal(first_image(image_html(image)), image)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0, "< 0.1 %"), (0.0005, "< 0.1 %"), (0.1, "10.0 %"), (0.9994, "> 99.9 %"), (1, "> 99.9 %")],
)
def test_no_percentage_claims_certainty(probability: float, text: str) -> None:
    assert percent(probability) == text
