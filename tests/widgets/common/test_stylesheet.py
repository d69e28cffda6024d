"""Style sheets as part of a widget."""

from __future__ import annotations

import pytest

from mnistedu.theme import theme_css
from mnistedu.widgets.common.stylesheet import style


@pytest.mark.parametrize("name", ["pad.css", "views.css"])
def test_a_style_sheet_comes_with_the_theme_and_is_invisible(name: str) -> None:
    widget = style(name)
    assert widget.layout.display == "none"
    assert widget.value.startswith("<style>")
    assert theme_css() in widget.value
    assert widget.value.count("</") == 1, "nothing in it ends the element"


def test_a_sheet_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        style("gone.css")
