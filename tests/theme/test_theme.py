"""The theme: readable in light and dark, and the only place where colours are defined."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mnistedu
from mnistedu.theme import theme_css

PACKAGE = Path(mnistedu.__file__).parent
SHEETS = [
    path
    for pattern in ("*.css", "*.html.j2")
    for path in sorted(PACKAGE.rglob(pattern))
    if path.name != "theme.css"
]
LIGHT, DARK = 0, 1
GROUNDS = "ground", "control"
TEXTS = "ink", "muted", "accent", "warn", "bad", "positive", "negative"


def colours(name: str) -> tuple[str, str]:
    """The colour in light and in dark."""
    value = re.search(rf"--mnistedu-{name}: (.*?);", theme_css())[1]
    both = re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value)
    return both.groups() if both else (value, value)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    values = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(some: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1, from 1 to 21."""
    low, high = sorted((luminance(some), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_as_defined_by_wcag() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_readable(text: str, ground: str, mode: int) -> None:
    assert contrast(colours(text)[mode], colours(ground)[mode]) >= 4.5


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_the_text_of_a_primary_button_is_readable(mode: int) -> None:
    assert contrast(colours("on-primary")[mode], colours("primary")[mode]) >= 4.5


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_use_the_colours_of_the_theme(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    defined = set(re.findall(r"(--mnistedu-[\w-]+):", theme_css()))
    assert set(re.findall(r"var\((--mnistedu-[\w-]+)", css)) <= defined
    paper = {"#fff", "#000", "#bbb", "#808080"}  # the sheet, which dark pages invert, and pixels
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", css)) <= paper
