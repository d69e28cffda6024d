"""The drawing pad in JupyterLab, used in a real browser with mouse, finger and keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from mnistedu import Samples
from mnistedu.widgets.drawing_pad.surfaces import SURFACES
from tests.browser.page import DESKTOP, ONE, PHONE, SEVEN, THREE, Lab, Pad, Stroke

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
    """Nearly as much: edges differ a little between lines drawn at once and in parts."""
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


@pytest.fixture(scope="module")
def frames(shared_lab: Lab) -> list[object]:
    """What the page has sent over its websockets."""
    sent: list[object] = []
    watch = lambda socket: socket.on("framesent", lambda frame: sent.append(frame))  # noqa: E731
    shared_lab.page.on("websocket", watch)
    return sent


@pytest.fixture(scope="module")
def notebook(shared_lab: Lab, frames: list[object]) -> Lab:
    """Two pads of each kind in one notebook: one that reads, and one whose model fails."""
    cells = [
        f"DrawingPad({model}, sheet={sheet!r})"
        for sheet in SURFACES
        for model in ("one_or_seven", "lambda images: 1 / 0")
    ]
    shared_lab.open("pads.ipynb", MODEL, *cells)
    return shared_lab


@pytest.fixture(params=SURFACES)
def sheet(request: pytest.FixtureRequest) -> str:
    """What shows the sheet."""
    return request.param


@pytest.fixture
def pads(notebook: Lab, sheet: str) -> list[Pad]:
    """Both pads of a kind, made anew."""
    notebook.page.mouse.up()
    notebook.page.set_viewport_size(DESKTOP)
    return of_kind(sheet, notebook.run_again())


def of_kind(sheet: str, pads: list[Pad]) -> list[Pad]:
    first = 2 * list(SURFACES).index(sheet)
    return pads[first : first + 2]


@pytest.fixture
def pad(pads: list[Pad]) -> Pad:
    """The pad that reads."""
    return pads[0]


def test_drawing_survives_a_reload(notebook: Lab, sheet: str, pad: Pad) -> None:
    pad.mouse(*SEVEN)
    pad.expect("7")
    ink = pad.expect_ink(some)
    notebook.reload()
    pad, _ = of_kind(sheet, notebook.pads())
    pad.expect("7")
    pad.expect_ink(like(ink))
    pad.mouse([(0.2, 0.6), (0.8, 0.6)])
    pad.expect_ink(lambda pixels: pixels > 1.1 * ink)


def test_second_tab_shows_the_same_drawing(notebook: Lab, sheet: str, pad: Pad) -> None:
    pad.mouse(*ONE)
    ink = pad.expect_ink(some)
    notebook.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    other = Lab(notebook.page.context.new_page(), notebook.address, notebook.root)
    other.open("pads.ipynb")
    copy, _ = of_kind(sheet, other.pads())
    copy.expect_ink(like(ink))
    copy.mouse([(0.2, 0.2), (0.8, 0.2)])
    both = copy.expect_ink(lambda pixels: pixels > 1.1 * ink)
    pad.expect_ink(like(both))
    pad.expect("7")
    other.page.close()


def test_clear_undo_and_redo(pad: Pad) -> None:
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


def test_release_outside_ends_the_stroke(pad: Pad) -> None:
    pad.canvas.hover()
    box = pad.canvas.bounding_box()
    middle = box["y"] + box["height"] / 2
    mouse = pad.page.mouse
    mouse.move(box["x"] + 140, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] + 60, middle, steps=10)
    mouse.up()
    ink = pad.expect_ink(some)
    mouse.move(box["x"] + 100, box["y"] + 40, steps=10)
    pad.expect_ink(like(ink))


@pytest.mark.parametrize("pointer", ["mouse", "touch"])
def test_a_tap_draws_a_dot(pad: Pad, pointer: str) -> None:
    getattr(pad, pointer)([(0.5, 0.5)])
    dot = pad.expect_ink(lambda pixels: pixels > 500)  # of a pen of 36 pixels
    pad.expect("1")
    getattr(pad, pointer)([(0.3, 0.5)])
    pad.expect_ink(lambda pixels: pixels == pytest.approx(2 * dot, rel=0.05))
    pad.expect("7")
    pad.click("Undo")
    pad.expect_ink(lambda pixels: pixels == pytest.approx(dot, rel=0.05))


def test_two_pads_share_nothing(pads: list[Pad]) -> None:
    first, second = pads
    second.mouse(*ONE)
    second.expect("!")
    expect(second.root.locator(".mnistedu-alert")).to_contain_text(
        "ZeroDivisionError: division by zero"
    )
    first.expect("?")
    first.expect_ink(none)
    first.mouse(*ONE)
    first.expect("1")
    first.click("Clear")
    second.expect_ink(some)


COUNT_CHANGES = """region => new Promise(resolve => {
    const texts = [];
    const observer = new MutationObserver(() => texts.push(region.textContent));
    observer.observe(region, {childList: true, characterData: true, subtree: true});
    window.announcements = texts;
    resolve();
})"""


@pytest.mark.parametrize("sheet", ["ipycanvas"])
def test_the_answer_is_announced_once_for_a_finished_drawing(pad: Pad) -> None:
    pad.announcement.evaluate(COUNT_CHANGES)
    pad.mouse(*ONE)
    pad.expect("1")
    mouse, box = pad.page.mouse, pad.canvas.bounding_box()
    mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"], steps=5)
    pad.expect("7")
    pad.page.wait_for_timeout(2000)
    assert pad.page.evaluate("announcements") == [], "the pen is still down"
    mouse.up()
    expect(pad.announcement).to_have_text("7, > 99.9 % sure")
    pad.click("Clear")
    expect(pad.announcement).to_have_text("")
    assert pad.page.evaluate("announcements") == ["7, > 99.9 % sure", ""]


@pytest.mark.parametrize("sheet", ["ipycanvas"])
def test_controls_have_names_and_states(pad: Pad) -> None:
    live = pad.root.get_by_role("button", name="Live", exact=True)
    expect(live).to_have_attribute("aria-pressed", "true")
    live.click()
    expect(live).to_have_attribute("aria-pressed", "false")
    expect(pad.root.get_by_role("button", name="Teach", pressed=False)).to_be_visible()
    expect(pad.root.get_by_role("slider", name="Pen", exact=True)).to_be_visible()


@pytest.mark.parametrize("sheet", ["ipycanvas"])
def test_controls_are_large_enough_for_fingers(pad: Pad) -> None:
    assert pad.page.evaluate("matchMedia('(pointer: coarse)').matches")
    pad.click("Teach")
    pad.root.locator(".mnistedu-digits").wait_for()
    for control in pad.root.locator("button, .mnistedu-pen").all():
        box = control.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44


LOWEST_CONTRAST = """root => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const paint = colours => {
        for (const colour of ["white", ...colours]) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map(value =>
            value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const lineage = element => element ? [...lineage(element.parentElement), element] : [];
    const contrast = element => {
        const grounds = lineage(element).map(each => getComputedStyle(each).backgroundColor);
        const both = [paint(grounds), paint([...grounds, getComputedStyle(element).color])];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    const texts = [...root.querySelectorAll("*")].filter(element =>
        [...element.childNodes].some(node => node.nodeType == 3 && node.textContent.trim())
        && element.checkVisibility() && !element.disabled && !element.matches("style, script"));
    const ratios = texts.map(text => [contrast(text), text.className, text.textContent]);
    return ratios.sort(([some], [other]) => some - other)[0];
}"""


@pytest.mark.parametrize("sheet", ["ipycanvas"])
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_texts_are_readable(notebook: Lab, pads: list[Pad], theme: str) -> None:
    notebook.use_theme(theme)
    for pad in pads:
        pad.mouse(*ONE)
        pad.click("Teach")
    pads[0].expect("1")
    pads[1].expect("!")
    for pad in pads:
        ratio, *element = pad.root.evaluate(LOWEST_CONTRAST)
        assert ratio >= 4.5, element
    notebook.use_theme("JupyterLab Light")


BUSY = """\
import time
from pathlib import Path

while not Path("go-on").exists():
    time.sleep(0.1)"""


def test_strokes_drawn_while_a_cell_runs_are_shown_and_read_at_once(lab: Lab, sheet: str) -> None:
    lab.open("busy.ipynb", f"{MODEL}DrawingPad(one_or_seven, sheet={sheet!r})", BUSY)
    (lab.root / "go-on").unlink(missing_ok=True)
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


# Moves a pointer at 1000 Hz, without the browser coalescing events.
FAST_POINTER = """async canvas => {
    const box = canvas.getBoundingClientRect();
    const fire = (type, x) => {
        const place = {clientX: box.left + x, clientY: box.top + 140, bubbles: true};
        canvas.dispatchEvent(new PointerEvent(`pointer${type}`, place));
        canvas.dispatchEvent(new MouseEvent(`mouse${type}`, place));
    };
    fire("down", 20);
    const start = performance.now();
    for (let sent = 0; sent < 1000; await new Promise(wait => setTimeout(wait, 1)))
        for (; sent < Math.min(1000, performance.now() - start); sent++)
            fire("move", 20 + 240 * sent / 1000);
    fire("up", 260);
    fire("move", 100);
}"""


def test_a_pointer_faster_than_the_screen_does_not_flood_the_kernel(
    pad: Pad, frames: list[object]
) -> None:
    frames.clear()
    pad.canvas.evaluate(FAST_POINTER)
    assert len(frames) < 80
    pad.expect("7")
    pad.page.wait_for_function(
        """([pad, pixels]) => {
            const box = pad.querySelector(".mnistedu-filmstrip rect");
            return Math.abs(box.getAttribute("width") - pixels) < 3;
        }""",
        # the pen, and to the last point
        arg=[pad.root.element_handle(), 36 + 240 * 560 / pad.canvas.bounding_box()["width"]],
    )


def test_a_pad_fits_a_phone(pad: Pad) -> None:
    pad.page.set_viewport_size(PHONE)
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


def test_keyboard_alone(pad: Pad) -> None:
    keyboard = pad.page.keyboard
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


def test_the_keyboard_draws(pad: Pad) -> None:
    keyboard = pad.page.keyboard
    pad.canvas.focus()
    for key in ["ArrowUp"] * 8 + ["Space"] + ["ArrowDown"] * 16:
        keyboard.press(key)
    pad.expect("1")
    cursor = pad.root.locator(".mnistedu-pen-cursor")
    expect(cursor).to_be_visible()
    keyboard.press("Space")
    for key in ["ArrowUp"] * 16 + ["ArrowLeft"] * 8:
        keyboard.press(key)
    pad.expect("1")
    keyboard.press("Space")
    keyboard.down("ArrowRight")
    keyboard.down("ArrowDown")
    for key in ("ArrowRight", "ArrowDown"):
        keyboard.up(key)
    keyboard.press("Space")
    pad.expect("7")
    pad.click("Undo")
    expect(cursor).to_be_hidden()
    pad.expect("1")


TEACHABLE = """\
import numpy as np
from mnistedu import DrawingPad, Samples

pad = DrawingPad(samples="my-hand.jsonl")
pad"""
M: list[Stroke] = [[(0.1, 0.85), (0.15, 0.1), (0.45, 0.6), (0.8, 0.1), (0.85, 0.85)]]


def test_handwriting_is_collected_by_click_and_key_then_learned_and_forgotten(lab: Lab) -> None:
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
    pad.click("Learn my handwriting")
    expect(message).to_contain_text("After:")
    pad.mouse(*M, steps=4)
    pad.expect_longest_bar(3)
    pad.click("Forget it")
    pad.click("Undo")
    pad.click("Undo")  # of the sample
    expect(message).to_contain_text("49 to go")
    assert len(Samples.load(lab.root / "my-hand.jsonl")) == 1


def test_a_restarted_kernel_is_reported(lab: Lab) -> None:
    lab.open("restart.ipynb", PAD)
    lab.run_all()
    assert len(lab.pads()) == 1
    content = "getComputedStyle(document.querySelector('.mnistedu-pad'), '::before').content"
    assert lab.page.evaluate(content) == "none"
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.page.wait_for_function(f"{content}.includes('run this cell again')")
