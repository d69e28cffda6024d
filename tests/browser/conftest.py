"""Fixtures that open JupyterLab in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.page import DESKTOP, Lab, find_chromium, launch_chromium
from tests.browser.server import serve_lab

LESSONS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="session")
def chromium(require: Callable[[str, str], None]) -> Iterator[Browser]:
    if find_chromium() is None:
        require("chromium", "no Chromium is installed")
    with launch_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab on a copy of the lessons: its address and its folder."""
    root = tmp_path_factory.mktemp("jupyterlab")
    shutil.copytree(LESSONS, root, dirs_exist_ok=True)
    with serve_lab(root) as address:
        yield address, root


@pytest.fixture(scope="session")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One context for all pages of JupyterLab, so that they share what is cached of its scripts."""
    context = chromium.new_context(viewport=DESKTOP, has_touch=True)
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def lab(context: BrowserContext, server: tuple[str, Path]) -> Iterator[Lab]:
    """A fresh page, with kernels of its own."""
    with closing(Lab(context.new_page(), *server)) as lab:
        yield lab


@pytest.fixture(scope="module")
def shared_lab(context: BrowserContext, server: tuple[str, Path]) -> Iterator[Lab]:
    """A page for the tests of a module that look at the same notebook."""
    with closing(Lab(context.new_page(), *server)) as lab:
        yield lab
