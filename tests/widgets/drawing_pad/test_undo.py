"""Undo and redo, by themselves and on a sheet with many strokes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistedu import DrawingPad, Ink
from mnistedu.widgets.drawing_pad.undo import Edit, UndoStack
from tests.widgets.driver import (
    ONE,
    SEVEN,
    button,
    mouse,
    send,
    shown,
)

STROKES = 3000


def some_stroke(number: float) -> np.ndarray:
    return np.full((2, 2), number, np.float32)


def numbers(stack: UndoStack) -> list[float]:
    return [float(stroke[0, 0]) for stroke in stack.strokes]


def test_edits_are_undone_and_redone() -> None:
    stack = UndoStack()
    stack.push(Edit((), [some_stroke(1)]))
    stack.push(Edit((), [some_stroke(2)]))
    stack.push(Edit(stack.strokes, [some_stroke(3)]))
    assert numbers(stack) == [3]
    stack.undo()
    assert numbers(stack) == [1, 2]
    stack.undo()
    stack.redo()
    stack.redo()
    assert numbers(stack) == [3]
    stack.undo()
    stack.push(Edit((), [some_stroke(4)]))
    assert numbers(stack) == [1, 2, 4]
    assert not stack.undone


def test_an_empty_stack_has_nothing_to_undo() -> None:
    stack = UndoStack()
    for step in (stack.undo, stack.redo):
        with pytest.raises(IndexError):
            step()
    assert stack.strokes == []


@given(st.lists(st.sampled_from(["stroke", "clear", "replace", "undo", "redo"]), max_size=40))
def test_a_stack_agrees_with_a_list_of_drawings(actions: list[str]) -> None:
    stack, drawings, now = UndoStack(), [[]], 0
    for number, action in enumerate(actions):
        if action == "undo" and now:
            stack.undo()
            now -= 1
        elif action == "redo" and now + 1 < len(drawings):
            stack.redo()
            now += 1
        elif action in ("stroke", "clear", "replace"):
            added = [] if action == "clear" else [float(number)]
            removed = [] if action == "stroke" else drawings[now]
            stack.push(Edit(stack.strokes if removed else (), [*map(some_stroke, added)]))
            drawings[now + 1 :] = [drawings[now][: len(drawings[now]) - len(removed)] + added]
            now += 1
        assert numbers(stack) == drawings[now]
        assert (len(stack.done), len(stack.undone)) == (now, len(drawings) - now - 1)


def test_memory_grows_with_the_strokes_and_not_with_their_square() -> None:
    stack = UndoStack()
    strokes = [some_stroke(number) for number in range(STROKES)]
    tracemalloc.start()
    for stroke in strokes:
        stack.push(Edit((), (stroke,)))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 500 * STROKES


def test_a_stroke_on_a_full_sheet_costs_what_it_costs_on_an_empty_one() -> None:
    pad = DrawingPad(live=False)
    pad.draw(Ink([[(x % 500, 100), (x % 500, 400)] for x in range(STROKES)]))
    new = 15
    mouse(pad, [(10, 10), (400, 400)])
    tracemalloc.start()
    for _ in range(new):
        mouse(pad, [(10, 10), (400, 400)])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(pad.ink.strokes) == STROKES + 1 + new
    # What the pad shows, and one copy of the ink, are made anew for each stroke.
    assert size < 1_500_000


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
