"""A pad with a quick model, and what its canvas is told to draw."""

from __future__ import annotations

import pytest

from mnistedu import DrawingPad
from tests.widgets.driver import one_or_seven


@pytest.fixture
def pad() -> DrawingPad:
    return DrawingPad(one_or_seven)


@pytest.fixture
def commands(pad: DrawingPad, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the pad's canvas is told to draw."""
    sent: list[object] = []
    manager = pad._sheet.surface.canvas._canvas_manager
    monkeypatch.setattr(manager, "_send_custom", lambda command, buffers=(): sent.append(command))
    return sent
