"""Use the pad for a long time: ``python -m tests.soak --minutes 30``, or ``make soak``.

First, several threads draw thousands of strokes on a pad without a browser. Then a random user
works with pads in JupyterLab in Chromium, while models and observers raise. Prints unplanned
exceptions and the memory of kernel and page over time; exits with 1 if there were exceptions, or if
the memory grew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import CDPSession, Page

from mnistedu import DrawingPad
from tests.browser.page import DESKTOP, PHONE, Lab, Pad, launch_chromium
from tests.browser.server import serve_lab
from tests.widgets.random_events import check, storm

MAX_GROWTH = 1.3  # of the memory of the kernel, and of the page, after the first quarter
SECONDS_BETWEEN_RELOADS = 60
SECONDS_BETWEEN_SAMPLES = 10
BUTTONS = ("Recognise", "Clear", "Undo", "Redo", "Live", "Teach")
KEYS = ("Enter", "Delete", "Control+z", "Control+y", "3", "7", "Tab", "Escape", "x")

NOTEBOOK = """\
import os
import sys
import traceback
from pathlib import Path

import numpy as np

import mnistedu

class PlannedError(Exception):
    pass

def log_unplanned(*arguments, **options):
    error = sys.exc_info()[1]
    if not isinstance(error, PlannedError):
        with open("errors.log", "a") as log:
            log.write("".join(traceback.format_exception(error)))

rng = np.random.default_rng(0)

def raise_sometimes(change):
    if rng.random() < 0.02:
        raise PlannedError("of an observer")

def unreliable(images):
    if rng.random() < 0.1:
        raise PlannedError("of a model")
    return rng.dirichlet(np.ones(10), len(images))

get_ipython().showtraceback = log_unplanned
Path("kernel.pid").write_text(str(os.getpid()))
pads = mnistedu.DrawingPad(), mnistedu.DrawingPad(unreliable)
explorer = mnistedu.LayerExplorer(pads[0])
for pad in pads:
    pad.observe(raise_sometimes, ["ink", "prediction"])"""


class RandomUser:
    """Somebody who draws, presses and reloads at random, in a browser."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.lab = lab
        self.page: Page = lab.page
        self.rng = np.random.default_rng(seed)
        self.did: Counter[str] = Counter()

    def act(self) -> None:
        actions = [self.draw] * 5 + [self.touch, self.click, self.press, self.slide, self.resize]
        action = actions[self.rng.integers(len(actions))]
        pads = self.lab.pads()
        action(pads[self.rng.integers(len(pads))])
        self.did[action.__name__] += 1

    def stroke(self) -> list[tuple[float, float]]:
        return [tuple(point) for point in self.rng.uniform(0.02, 0.98, (4, 2)).tolist()]

    def draw(self, pad: Pad) -> None:
        pad.mouse(self.stroke(), steps=int(self.rng.integers(1, 12)))

    def touch(self, pad: Pad) -> None:
        pad.touch(self.stroke())

    def click(self, pad: Pad) -> None:
        button = pad.root.get_by_role("button", name=self.choose(BUTTONS), exact=True)
        if button.is_enabled():
            button.click()

    def press(self, pad: Pad) -> None:
        pad.canvas.focus()
        self.page.keyboard.press(self.choose(KEYS))

    def slide(self, pad: Pad) -> None:
        pad.root.get_by_role("slider").first.focus()
        self.page.keyboard.press(self.choose(("ArrowLeft", "ArrowRight")))

    def resize(self, pad: Pad) -> None:
        self.page.set_viewport_size(self.choose((DESKTOP, PHONE, DESKTOP)))

    def reload(self) -> None:
        self.lab.reload()
        self.lab.pads()
        self.did["reload"] += 1

    def choose(self, things: tuple) -> object:
        return things[self.rng.integers(len(things))]


class Memory:
    """The memory of a kernel and of a page, in MB, sampled over time."""

    def __init__(self, kernel: psutil.Process, browser: CDPSession) -> None:
        self._kernel, self._browser = kernel, browser
        self._browser.send("Performance.enable")
        self.samples: list[tuple[float, float]] = []

    def sample(self) -> tuple[float, float]:
        self._browser.send("HeapProfiler.collectGarbage")
        metrics = self._browser.send("Performance.getMetrics")["metrics"]
        heap = next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")
        self.samples.append((self._kernel.memory_info().rss / 1e6, heap / 1e6))
        return self.samples[-1]

    def growth(self) -> tuple[float, float]:
        """How much more memory the last quarter took than the second, as ratios."""
        quarter = max(len(self.samples) // 4, 1)
        early, late = np.array(self.samples[quarter : 2 * quarter + 1]), self.samples[-quarter:]
        return tuple((np.median(late, axis=0) / np.median(early, axis=0)).tolist())


@contextmanager
def open_lab(errors: list[str]) -> Iterator[tuple[Lab, Memory]]:
    """Open the pads and the explorer in a JupyterLab; collect errors of page and kernel."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serve_lab(Path(folder)) as address,
        launch_chromium() as browser,
    ):
        context = browser.new_context(viewport=DESKTOP, has_touch=True)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"page: {error}"))
        lab = Lab(page, address, Path(folder))
        lab.open("soak.ipynb", NOTEBOOK, "pads[0]", "pads[1]", "explorer")
        lab.run_all()
        lab.wait_for_cells()
        kernel = psutil.Process(int((lab.root / "kernel.pid").read_text()))
        yield lab, Memory(kernel, context.new_cdp_session(page))
        log = lab.root / "errors.log"
        errors += [log.read_text()] if log.exists() else []


def soak_in_chromium(minutes: float, seed: int) -> list[str]:
    """Use the pads in Chromium for some minutes, and return the errors."""
    errors: list[str] = []
    with open_lab(errors) as (lab, memory):
        user = RandomUser(lab, seed)
        start = reloaded = sampled = time.monotonic()
        print("seconds  kernel MB  page MB  actions  errors")
        while time.monotonic() - start < 60 * minutes:
            user.act()
            if time.monotonic() - reloaded > SECONDS_BETWEEN_RELOADS:
                user.reload()
                reloaded = time.monotonic()
            if time.monotonic() - sampled > SECONDS_BETWEEN_SAMPLES:
                sampled = time.monotonic()
                kernel, page = memory.sample()
                row = sampled - start, kernel, page, sum(user.did.values()), len(errors)
                print("{:7.0f} {:10.0f} {:8.1f} {:8} {:7}".format(*row), flush=True)
        growth = dict(zip(("kernel", "page"), memory.growth(), strict=True))
    print("done:", ", ".join(f"{count} {name}" for name, count in user.did.most_common()))
    print("growth:", ", ".join(f"{name} {ratio:.2f}x" for name, ratio in growth.items()))
    return errors + [
        f"the memory of the {name} grew {ratio:.2f} times"
        for name, ratio in growth.items()
        if ratio > MAX_GROWTH
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="in Chromium (%(default)s)")
    parser.add_argument("--strokes", type=int, default=10_000, help="by threads (%(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is random")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    pad = DrawingPad()
    did = storm(pad, strokes=options.strokes, seed=options.seed)
    check(pad)
    print("threads:", ", ".join(f"{count} {name}" for name, count in did.most_common()), flush=True)
    errors = soak_in_chromium(options.minutes, options.seed)
    print("\n".join(errors) or "no exception, no growth")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
