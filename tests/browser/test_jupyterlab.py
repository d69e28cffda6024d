"""The drawing pad in JupyterLab, used in a real browser with mouse, finger and keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from mnistedu import Samples
from tests.browser.page import ONE, PHONE, SEVEN, THREE, Lab, Stroke

pytestmark = pytest.mark.browser

MODEL = """\
import numpy as np
from mnistedu import DrawingPad

def one_or_seven(images):
    widths = [np.ptp(image.any(axis=0).nonzero()) for image in images]
    return np.eye(10)[[1 if width < 8 else 7 for width in widths]]
"""
PAD = MODEL + "DrawingPad(one_or_seven)"


def some(pixels: int) -> bool:
    return pixels > 0


def none(pixels: int) -> bool:
    return pixels == 0


def like(ink: int) -> Callable[[int], bool]:
    """Nearly as much: edges differ a little between lines drawn at once and piece by piece."""
    return lambda pixels: pixels == pytest.approx(ink, rel=0.02)


def test_lesson_reads_digits_drawn_by_mouse_and_finger(lab: Lab) -> None:
    lab.open("06-draw-and-predict.ipynb")
    lab.run_all()
    lab.wait_for_cells()
    pad = lab.pads()[0]
    for draw, strokes, digit in [
        (pad.mouse, SEVEN, 7),
        (pad.mouse, THREE, 3),
        (pad.touch, ONE, 1),
    ]:
        draw(*strokes)
        pad.expect_ink(some)
        pad.click("Recognise")
        pad.expect_longest_bar(digit)
        expect(pad.root.locator(".mnistedu-top")).to_have_count(3)
        pad.click("Clear")
        pad.expect("?")


def test_drawing_survives_a_reload(lab: Lab) -> None:
    lab.open("reload.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    pad.mouse(*SEVEN)
    pad.expect("7")
    ink = pad.expect_ink(some)
    lab.reload()
    (pad,) = lab.pads()
    pad.expect("7")
    pad.expect_ink(like(ink))
    pad.mouse([(0.2, 0.6), (0.8, 0.6)])
    pad.expect_ink(lambda pixels: pixels > 1.1 * ink)


def test_second_tab_shows_the_same_drawing(lab: Lab) -> None:
    lab.open("tabs.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    pad.mouse(*ONE)
    ink = pad.expect_ink(some)
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    other = Lab(lab.page.context.new_page(), lab.address, lab.root)
    other.open("tabs.ipynb")
    (copy,) = other.pads()
    copy.expect_ink(like(ink))
    copy.mouse([(0.2, 0.2), (0.8, 0.2)])
    both = copy.expect_ink(lambda pixels: pixels > 1.1 * ink)
    pad.expect_ink(like(both))
    pad.expect("7")


def test_clear_undo_and_redo(lab: Lab) -> None:
    lab.open("undo.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    pad.mouse(*ONE)
    one = pad.expect_ink(some)
    pad.mouse([(0.2, 0.2), (0.8, 0.2)])
    pad.expect("7")
    pad.click("Undo")
    pad.expect("1")
    pad.expect_ink(like(one))
    pad.click("Redo")
    pad.expect("7")
    pad.click("Clear")
    pad.expect("?")
    pad.expect_ink(none)
    pad.click("Undo")
    pad.expect("7")


def test_release_outside_ends_the_stroke(lab: Lab) -> None:
    lab.open("outside.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    box = pad.canvas.bounding_box()
    middle = box["y"] + box["height"] / 2
    mouse = lab.page.mouse
    mouse.move(box["x"] + 140, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] + 60, middle, steps=10)
    mouse.up()
    ink = pad.expect_ink(some)
    mouse.move(box["x"] + 100, box["y"] + 40, steps=10)
    pad.expect_ink(like(ink))


def test_two_pads_share_nothing(lab: Lab) -> None:
    lab.open("two.ipynb", PAD, "DrawingPad(lambda images: 1 / 0)")
    lab.run_all()
    lab.page.locator(".mnistedu-pad").nth(1).wait_for()
    first, second = lab.pads()
    second.mouse(*ONE)
    second.expect("!")
    expect(second.root.get_by_role("alert")).to_contain_text("ZeroDivisionError: division by zero")
    first.expect("?")
    first.expect_ink(none)
    first.mouse(*ONE)
    first.expect("1")
    first.click("Clear")
    second.expect_ink(some)


BUSY = """\
import time
from pathlib import Path

while not Path("go-on").exists():
    time.sleep(0.1)"""


def test_strokes_drawn_while_a_cell_runs_are_shown_and_read_at_once(lab: Lab) -> None:
    lab.open("busy.ipynb", PAD, BUSY)
    lab.run_next()
    (pad,) = lab.pads()
    pad.expect_name()
    lab.run_next()
    pad.mouse(*SEVEN)
    shown = pad.expect_ink(lambda pixels: pixels > 10_000)
    pad.expect("7")
    pad.click("Clear")
    pad.expect("?")
    pad.click("Undo")
    pad.expect("7")
    pad.expect_ink(like(shown))
    running = lab.page.locator(".jp-InputPrompt", has_text="*")
    expect(running).to_have_count(1)
    (lab.root / "go-on").touch()
    expect(running).to_have_count(0)


# As a pointer of 1000 Hz moves whose events no browser gathers; gives how many the canvas got.
FAST_POINTER = """async canvas => {
    const box = canvas.getBoundingClientRect();
    const fire = (type, x) => canvas.dispatchEvent(new MouseEvent(type, {
        clientX: box.left + x, clientY: box.top + 140, bubbles: true}));
    let heard = 0;
    canvas.addEventListener("mousemove", () => heard++);
    fire("mousedown", 20);
    const start = performance.now();
    for (let sent = 0; sent < 1000; await new Promise(wait => setTimeout(wait, 1)))
        for (; sent < Math.min(1000, performance.now() - start); sent++)
            fire("mousemove", 20 + 240 * sent / 1000);
    fire("mouseup", 260);
    fire("mousemove", 100);
    return heard;
}"""


def test_a_pointer_quicker_than_the_screen_does_not_flood_the_kernel(lab: Lab) -> None:
    lab.open("fast.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    pad.expect_name()
    assert pad.canvas.evaluate(FAST_POINTER) < 80
    pad.expect("7")
    lab.page.wait_for_function(
        """pixels => {
            const box = document.querySelector(".mnistedu-filmstrip rect");
            return Math.abs(box.getAttribute("width") - pixels) < 3;
        }""",
        arg=36 + 240 * 560 / pad.canvas.bounding_box()["width"],  # the pen, and to the last point
    )


def test_phone(lab: Lab) -> None:
    lab.page.set_viewport_size(PHONE)
    lab.open("phone.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    pad.touch(*SEVEN)
    pad.expect("7")
    pad.click("Teach")
    pad.root.locator(".mnistedu-digits").wait_for()
    box = pad.canvas.bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    for part in pad.root.locator("canvas, button, li, img").all():
        edges = part.bounding_box()
        assert edges["x"] >= 0
        assert edges["x"] + edges["width"] <= PHONE["width"]


def test_keyboard_alone(lab: Lab) -> None:
    lab.open("keys.ipynb", PAD)
    lab.run_all()
    (pad,) = lab.pads()
    pad.expect_name()
    keyboard = lab.page.keyboard
    pad.mouse(*ONE)  # and the sheet has the focus
    pad.expect("1")
    keyboard.press("Control+z")
    pad.expect("?")
    keyboard.press("Control+y")
    pad.expect("1")
    keyboard.press("Tab")
    recognise = pad.root.get_by_role("button", name="Recognise")
    expect(recognise).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    pad.expect("?")
    keyboard.press("Shift+Tab")
    keyboard.press("Shift+Tab")
    expect(pad.canvas).to_be_focused()
    keyboard.press("Escape")
    expect(pad.canvas).not_to_be_focused()


TEACHABLE = """\
import numpy as np
from mnistedu import DrawingPad, Samples

pad = DrawingPad(samples="my-hand.jsonl")
pad"""
M: list[Stroke] = [[(0.1, 0.85), (0.15, 0.1), (0.45, 0.6), (0.8, 0.1), (0.85, 0.85)]]


def test_a_hand_is_collected_by_click_and_key_then_learnt_and_forgotten(lab: Lab) -> None:
    lab.open("teach.ipynb", TEACHABLE)
    lab.run_all()
    (pad,) = lab.pads()
    pad.expect_name()
    pad.click("Teach")
    message = pad.root.locator(".mnistedu-message")
    pad.mouse(*M, steps=2)
    pad.click("3")
    pad.expect("?")
    expect(message).to_contain_text("49 to go")
    pad.mouse(*M, steps=3)
    lab.page.keyboard.press("3")
    expect(message).to_contain_text("48 to go")
    expect(pad.root.get_by_role("button", name="3", exact=True)).to_have_attribute(
        "title", "This is a 3: 2 of 5 so far (key 3)"
    )
    assert len(Samples.load(lab.root / "my-hand.jsonl")) == 2
    pad.click("Teach it my hand")
    expect(message).to_contain_text("After:")
    pad.mouse(*M, steps=4)
    pad.expect_longest_bar(3)
    pad.click("Forget it")
    pad.click("Undo")
    pad.click("Undo")  # of the sample
    expect(message).to_contain_text("49 to go")
    assert len(Samples.load(lab.root / "my-hand.jsonl")) == 1


def test_a_restarted_kernel_is_told_of(lab: Lab) -> None:
    lab.open("restart.ipynb", PAD)
    lab.run_all()
    assert len(lab.pads()) == 1
    says = "getComputedStyle(document.querySelector('.mnistedu-pad'), '::before').content"
    assert lab.page.evaluate(says) == "none"
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.page.wait_for_function(f"{says}.includes('run this cell again')")
