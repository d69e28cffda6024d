"""What an ipycanvas reports, and what it is told to draw."""

from __future__ import annotations

from mnistedu import DrawingPad, Ink
from tests.widgets.driver import ONE, SEVEN, mouse, press, send, touch


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


def failing_observer(change: object) -> None:
    raise RuntimeError("of the observer")


def test_an_observer_that_raises_does_not_lose_a_stroke(pad: DrawingPad, commands: list) -> None:
    send(pad, "client_ready")
    told = []
    pad._sheet.surface._preview.send = lambda message, buffers=None: told.append(message)
    pad.observe(failing_observer, "ink")
    send(pad, "mouse_down", x=100, y=100)  # whose release is missed
    commands.clear()
    mouse(pad, ONE)
    assert pad.ink == Ink([[(100, 100)], ONE])
    assert len(commands) == 2, "the kernel draws both"
    assert told == ["drawn"], "the page no longer draws them itself"


def test_the_pen_changes_the_width_of_the_lines(pad: DrawingPad, commands: list) -> None:
    send(pad, "client_ready")
    pad.pen = 60
    assert pad._sheet.surface.canvas.line_width == 60


def test_malformed_events_leave_the_canvas_usable(pad: DrawingPad) -> None:
    for position in ((None, 1), (float("nan"), 1), ("1", 1), (1e30, 1), (1, -(10**400)), ([], 1)):
        x, y = position
        send(pad, "mouse_down", x=x, y=y)
        send(pad, "mouse_move", x=5, y=5)
        send(pad, "mouse_up", x=5, y=5)
        touch(pad, "start", position)
        touch(pad, "end")
    touch(pad, "start")  # without a finger
    assert pad.ink.blank
    mouse(pad, ONE)
    for shift in (10**12, 0.5, None, []):
        press(pad, "a", shift=shift, ctrl=shift)
        press(pad, shift)
    assert pad.ink == Ink([ONE])
