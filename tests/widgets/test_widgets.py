"""The scripts that the widgets bring to a page."""

from __future__ import annotations

from pathlib import Path

import pytest

import mnistedu

SOURCES = sorted(
    path
    for suffix in ("js", "css")
    for path in Path(mnistedu.__file__).with_name("widgets").rglob(f"*.{suffix}")
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_nothing_is_loaded_from_another_host(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    for address in ("http:", "https:", "@import", 'from "', "require(", "fetch("):
        assert address not in text
