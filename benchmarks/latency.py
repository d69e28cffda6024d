"""Latency of the drawing pad in JupyterLab: ``python -m benchmarks.latency``.

Prints the time from the release of the pen to the prediction on the page, predictions per second
while drawing, the lag of the prediction behind a fast pointer, the kernel's time per move of the
pen, and the memory for 500 strokes, all from one run.

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
from tests.browser.page import DESKTOP, SEVEN, Lab, Pad, launch_chromium
from tests.browser.server import serve_lab

N_DIGITS = 60

PAD = """\
import time, psutil, mnistedu
from IPython.display import display
from ipywidgets import HTML

marker = HTML("0").add_class("marker")
pad = mnistedu.DrawingPad()
def mark(change):
    marker.value = f"{len(pad.ink.strokes)} {time.perf_counter()}"

pad.observe(mark, "prediction")
display(pad, marker)"""

KERNEL = """\
def send(event, x, y):
    start = time.perf_counter()
    pad._canvas.canvas._handle_custom_msg({"event": event, "x": x, "y": y}, [])
    return time.perf_counter() - start

def draw(n_points, pause=0):
    send("mouse_down", 50, 50)
    times = []
    for i in range(n_points):
        time.sleep(pause)
        times.append(send("mouse_move", 50 + 400 * i / n_points, 50 + i % 100))
    send("mouse_up", 450, 150)
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
    const fire = (type, x) => canvas.dispatchEvent(new MouseEvent(type, {
        clientX: box.left + x, clientY: box.top + 140 + 100 * Math.sin(x / 10), bubbles: true}));
    fire("mousedown", 20);
    const start = performance.now();
    for (let sent = 0; sent < 2000; await new Promise(wait => setTimeout(wait, 1)))
        for (; sent < Math.min(2000, performance.now() - start); sent++)
            fire("mousemove", 20 + 240 * sent / 2000);
    fire("mouseup", 260);
}"""


def main() -> None:
    """Draw in JupyterLab and print the table."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serve_lab(Path(folder)) as address,
        launch_chromium() as browser,
    ):
        lab = Lab(browser.new_page(viewport=DESKTOP), address, Path(folder))
        lab.open("latency.ipynb", PAD)
        lab.run_all()
        (pad,) = lab.pads()
        lab.page.evaluate(WATCH)
        waits = [time_of_answer(lab.page, pad) for _ in range(N_DIGITS)]
        print("| the drawing pad in JupyterLab | measured | aim |\n|---|--:|--:|")
        middle, p95 = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
        report("end of a stroke to the answer on the page, median", f"{middle:.0f} ms", "<= 45 ms")
        report("the same, 95 % within", f"{p95:.0f} ms", "<= 70 ms")
        rate = answers_per_second(lab.page, pad)
        report("answers a second while drawing", f"{rate:.1f}", ">= 15")
        lag, rate = lag_behind_device(lab.page, pad)
        report(f"behind Chromium's own pointer, {rate:.0f} moves a second", f"{lag:.0f} ms", "")
        lag = lag_behind_events(lab.page, pad)
        report("behind 1000 events a second", f"{lag:.0f} ms", "<= 100 ms")
        lab.open("kernel.ipynb", PAD, KERNEL)
        lab.run_all()
        result = lab.page.locator(".jp-OutputArea-output pre").filter(has_text="[")
        milliseconds, megabytes = json.loads(result.inner_text(timeout=120_000))
        report("the kernel's time for a move of the pen", f"{milliseconds:.2f} ms", "<= 3 ms")
        report("memory that 500 strokes take", f"{megabytes:+.1f} MB", "<= 10 MB")


def report(what: str, measured: str, aim: str) -> None:
    """Print a row of the table."""
    print(f"| {what} | {measured} | {aim} |", flush=True)


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
