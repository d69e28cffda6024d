"""A page of JupyterLab and the pads on it, used as a person would."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.server import end_sessions

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=30_000)

Stroke = list[tuple[float, float]]

SEVEN: list[Stroke] = [[(0.25, 0.2), (0.75, 0.2), (0.55, 0.5), (0.42, 0.85)]]
THREE: list[Stroke] = [
    [
        *[(0.3, 0.22), (0.5, 0.15), (0.68, 0.25), (0.65, 0.4), (0.45, 0.48)],
        *[(0.68, 0.56), (0.7, 0.73), (0.52, 0.85), (0.3, 0.78)],
    ]
]
ONE: list[Stroke] = [[(0.52, 0.15), (0.5, 0.5), (0.48, 0.85)]]

COUNT_INK = """canvas => canvas.getContext('2d')
    .getImageData(0, 0, canvas.width, canvas.height).data
    .filter((value, i) => i % 4 == 3 && value > 127).length"""


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine; nothing is downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


def write_notebook(path: Path, *cells: str) -> None:
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=kernel), path)


def find_pads(page: Page) -> list[Pad]:
    """Wait for a drawing pad, and return all that are on the page."""
    page.wait_for_selector(".mnistedu-pad canvas", state="attached")
    return [Pad(page, element) for element in page.locator(".mnistedu-pad").all()]


class Lab:
    """A page of a JupyterLab, used as a person would."""

    path = "doc/tree"

    def __init__(self, page: Page, address: str, root: Path) -> None:
        self.page = page
        self.root = root
        self.address = address
        self._notebooks: set[str] = set()
        self._url = address

    def close(self) -> None:
        """Close the page, and end the kernels of its notebooks."""
        self.page.close()
        end_sessions(self.address, self._notebooks)

    def open(self, notebook: str, *cells: str) -> None:
        """Open a notebook, after writing it from the cells if any are given."""
        if cells:
            write_notebook(self.root / notebook, *cells)
        self._notebooks.add(notebook)
        base, token = self.address.split("?")
        self._url = f"{base}/{self.path}/{notebook}?{token}&reset"
        self.page.goto(self._url)
        self._wait_for_kernel()

    def run_all(self) -> None:
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")

    def run_next(self) -> None:
        """Start the selected cell, without waiting for its end, and select the one below."""
        run = "jupyterapp.commands.execute('notebook:run-cell-and-select-next')"
        self.page.evaluate(f"() => void {run}")

    def wait_for_cells(self) -> None:
        """Wait until all cells have run, each without an error."""
        self.page.wait_for_function(
            """jupyterapp.shell.currentWidget.content.widgets
                .filter(cell => cell.model.type == "code")
                .every(cell => cell.model.executionCount && cell.model.executionState == "idle")""",
            timeout=300_000,
        )
        expect(self.page.locator("[data-mime-type*=error]")).to_have_count(0)

    def reload(self) -> None:
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.goto(self._url)  # the layout that a reload restores may be of another page
        self._wait_for_kernel()

    def use_theme(self, theme: str) -> None:
        """Switch between ``JupyterLab Light`` and ``JupyterLab Dark``."""
        self.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
        )
        self.page.wait_for_selector(f'[data-jp-theme-name="{theme}"] .jp-Notebook')

    def pads(self) -> list[Pad]:
        return find_pads(self.page)

    def run_again(self) -> list[Pad]:
        """Run all cells again, and return the new pads."""
        self.page.evaluate(
            "document.querySelectorAll('.mnistedu-pad').forEach(pad => pad.dataset.old = true)"
        )
        self.run_all()
        expect(self.page.locator(".mnistedu-pad[data-old]")).to_have_count(0)
        pads = self.pads()
        for pad in pads:
            pad.expect_name()
        return pads

    def _wait_for_kernel(self) -> None:
        self.page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
        )


class Pad:
    """A drawing pad on the page."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page = page
        self.root = root
        self.canvas = root.locator("canvas")
        self.announcement = root.locator("[role=status]").first

    def mouse(self, *strokes: Stroke, steps: int = 8) -> None:
        """Draw strokes of x, y in parts of the pad's side, from 0 to 1.

        The pointer moves from point to point in so many steps.
        """
        for stroke in strokes:
            first, *others = self._on_page(stroke)
            self.page.mouse.move(*first)
            self.page.mouse.down()
            for x, y in others:
                self.page.mouse.move(x, y, steps=steps)
            self.page.mouse.up()

    def touch(self, *strokes: Stroke) -> None:
        """As :meth:`mouse`, with a finger."""
        browser = self.page.context.new_cdp_session(self.page)

        def send(kind: str, *points: tuple[float, float]) -> None:
            fingers = [{"x": x, "y": y} for x, y in points]
            browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

        for stroke in strokes:
            first, *others = self._on_page(stroke)
            send("touchStart", first)
            for point in others:
                send("touchMove", point)
            send("touchEnd")

    def click(self, button: str) -> None:
        self.root.get_by_role("button", name=button, exact=True).click()

    def expect(self, sign: str) -> None:
        """Wait until this is the large sign of the answer."""
        expect(self.root.locator(".mnistedu-sign")).to_have_text(sign)

    def expect_longest_bar(self, digit: int) -> None:
        """Wait until this is the most probable digit, sure or not."""
        self.page.wait_for_function(
            """([pad, digit]) => {
                const bars = [...pad.querySelectorAll(".mnistedu-bars i")];
                const lengths = bars.map(bar => parseFloat(bar.style.width));
                return lengths[digit] > 0 && lengths[digit] == Math.max(...lengths);
            }""",
            arg=[self.root.element_handle(), digit],
        )

    def expect_name(self) -> None:
        """Wait until the sheet's script runs: then it has a name."""
        expect(self.canvas).to_have_attribute("aria-label", re.compile("^Sheet to draw"))

    def expect_ink(self, test: Callable[[int], bool]) -> int:
        """Wait until the number of black pixels on the canvas is as it should be, and is still."""
        before = None
        for _ in range(100):
            shown = self.canvas.evaluate(COUNT_INK)
            if shown == before and test(shown):
                return shown
            before = shown
            self.page.wait_for_timeout(100)
        raise AssertionError(f"not with {shown} pixels of ink")

    def _on_page(self, stroke: Stroke) -> list[tuple[float, float]]:
        self.canvas.hover()  # scrolls to it, and waits until it moves no more
        box = self.canvas.bounding_box()
        return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
