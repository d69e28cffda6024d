"""Buttons."""

from __future__ import annotations

from mnistedu.widgets.common.button import make_button


def test_a_button_calls_its_function_once_for_each_press() -> None:
    pressed = []
    button = make_button(lambda: pressed.append(1), "Undo", "Undo the last change")
    assert (button.description, button.tooltip) == ("Undo", "Undo the last change")
    button.click()
    button.click()
    assert pressed == [1, 1]
