"""Latency of the drawing pad in JupyterLab: ``python -m benchmarks.latency``.

Prints for both kinds of sheets: the time from a release of the pen to the prediction on the page,
predictions per second while drawing, the lag of the prediction behind a fast pointer, the kernel's
time per move of the pen, and the memory for 500 strokes.

The fast pointer is simulated in two ways. Browsers combine the moves of a real pointer into one
event per frame, also those of Playwright's input device. A thousand synthetic events per second,
dispatched by a script on the page, are not combined: they are the limit of the pad itself.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.machine import seconds
from mnistedu.widgets.drawing_pad.surfaces import SURFACES
from tests.browser.page import DESKTOP, SEVEN, Lab, Pad, launch_chromium
from tests.browser.server import serve_lab

N_DIGITS = 60

PAD = """\
import time, psutil, mnistedu
from IPython.display import display
from ipywidgets import HTML

marker = HTML("0").add_class("marker")
pad = mnistedu.DrawingPad(sheet="SHEET")
def mark(change):
    marker.value = f"{len(pad.ink.strokes)} {time.perf_counter()}"

pad.observe(mark, "prediction")
display(pad, marker)"""

KERNEL = """\
def move(x, y):
    start = time.perf_counter()
    pad._sheet.move([(x, y)])
    return time.perf_counter() - start

def draw(n_points, pause=0):
    pad._sheet.press(50, 50)
    times = []
    for i in range(n_points):
        time.sleep(pause)
        times.append(move(50 + 400 * i / n_points, 50 + i % 100))
    pad._sheet.lift()
    return times

times = draw(300, pause=1 / 60)
pad.clear()
memory = psutil.Process().memory_info().rss
for stroke in range(500):
    draw(60)
    if stroke % 2:
        pad.clear()
grown = psutil.Process().memory_info().rss - memory
print([1e3 * sum(times) / len(times), grown / 2**20])"""

# The marker changes after each prediction, and contains the number of strokes so far.
WATCH = """() => {
    window.released = 0;
    window.answered = [];
    document.addEventListener("mouseup", () => { released = performance.now() }, true);
    const marker = document.querySelector(".marker");
    new MutationObserver(() => answered.push(
        {at: performance.now(), strokes: parseInt(marker.innerText)}
    )).observe(marker, {subtree: true, childList: true});
}"""

FAST_POINTER = """async canvas => {
    const box = canvas.getBoundingClientRect();
    const fire = (type, x) => {
        const y = 140 + 100 * Math.sin(x / 10);
        const place = {clientX: box.left + x, clientY: box.top + y, bubbles: true};
        canvas.dispatchEvent(new PointerEvent(`pointer${type}`, place));
        canvas.dispatchEvent(new MouseEvent(`mouse${type}`, place));
    };
    fire("down", 20);
    const start = performance.now();
    for (let sent = 0; sent < 2000; await new Promise(wait => setTimeout(wait, 1)))
        for (; sent < Math.min(2000, performance.now() - start); sent++)
            fire("move", 20 + 240 * sent / 2000);
    fire("up", 260);
}"""

AIMS = {
    "end of a stroke to the answer on the page, median": "<= 45 ms",
    "the same, 95 % within": "<= 70 ms",
    "answers a second while drawing": ">= 15",
    "behind Chromium's own pointer": "",
    "behind 1000 events a second": "<= 100 ms",
    "the kernel's time for a move of the pen": "<= 3 ms",
    "memory that 500 strokes take": "<= 10 MB",
}


def main() -> None:
    """Draw in JupyterLab on both kinds of sheets, and print the table."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serve_lab(Path(folder)) as address,
        launch_chromium() as browser,
    ):
        lab = Lab(browser.new_page(viewport=DESKTOP), address, Path(folder))
        columns = [measure(lab, sheet) for sheet in SURFACES]
    print(f"| the drawing pad in JupyterLab | {' | '.join(SURFACES)} | aim |")
    print(f"|---|{'--:|' * len(SURFACES)}--:|")
    for row, (what, aim) in enumerate(AIMS.items()):
        print(f"| {what} | {' | '.join(column[row] for column in columns)} | {aim} |")


def measure(lab: Lab, sheet: str) -> list[str]:
    """Return the measurements for a kind of sheet, in the order of the table."""
    cell = PAD.replace("SHEET", sheet)
    lab.open(f"latency-{sheet}.ipynb", cell)
    lab.run_all()
    (pad,) = lab.pads()
    pad.expect_name()
    lab.page.evaluate(WATCH)
    waits = [time_of_answer(lab.page, pad) for _ in range(N_DIGITS)]
    rate = answers_per_second(lab.page, pad)
    lag, moves = lag_behind_device(lab.page, pad)
    lag_of_events = lag_behind_events(lab.page, pad)
    lab.open(f"kernel-{sheet}.ipynb", cell, KERNEL)
    lab.run_all()
    result = lab.page.locator(".jp-OutputArea-output pre").filter(has_text="[")
    milliseconds, megabytes = json.loads(result.inner_text(timeout=120_000))
    return [
        f"{statistics.median(waits):.0f} ms",
        f"{statistics.quantiles(waits, n=20)[-1]:.0f} ms",
        f"{rate:.1f}",
        f"{lag:.0f} ms ({moves:.0f} moves a second)",
        f"{lag_of_events:.0f} ms",
        f"{milliseconds:.2f} ms",
        f"{megabytes:+.1f} MB",
    ]


def time_of_answer(page: Page, pad: Pad) -> float:
    """Draw a 7 and return the milliseconds from its end to the prediction."""
    clear(page, pad)
    pad.mouse(*SEVEN)
    return wait_for_answer(page)


def answers_per_second(page: Page, pad: Pad) -> float:
    """Draw a long stroke and return the predictions per second on the page."""
    clear(page, pad)
    zigzag = [(0.5 + 0.4 * (i % 5 - 2) / 2, 0.1 + 0.8 * (i % 7) / 6) for i in range(60)]
    pad.mouse(zigzag)
    wait_for_answer(page)
    return page.evaluate("1e3 * (answered.length - 1) / (answered.at(-1).at - answered[0].at)")


def lag_behind_device(page: Page, pad: Pad) -> tuple[float, float]:
    """Move an input device at full speed; return the lag in milliseconds and the rate of moves."""
    clear(page, pad)
    steps = 1000
    took = seconds(lambda: pad.mouse([(0.1, 0.5), (0.9, 0.6)], steps=steps))
    return wait_for_answer(page), steps / took


def lag_behind_events(page: Page, pad: Pad) -> float:
    """Dispatch events at 1000 Hz for two seconds and return the lag in milliseconds."""
    clear(page, pad)
    pad.canvas.evaluate(FAST_POINTER)
    return wait_for_answer(page)


def clear(page: Page, pad: Pad) -> None:
    """Clear the pad and wait until no prediction is pending."""
    pad.click("Clear")
    pad.expect("?")
    page.wait_for_timeout(200)
    page.evaluate("answered.length = 0")


def wait_for_answer(page: Page) -> float:
    """Wait for the prediction of a finished stroke; return its milliseconds after mouse-up."""
    page.wait_for_function("answered.at(-1)?.strokes == 1")
    return page.evaluate("answered.at(-1).at - released")


if __name__ == "__main__":
    main()
