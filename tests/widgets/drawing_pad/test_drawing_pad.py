"""The pad as a whole, under random events; ``python -m tests.soak`` is the long form."""

from __future__ import annotations

import pytest

from mnistedu import DrawingPad
from tests.widgets.random_events import check, storm


@pytest.mark.parametrize(("threads", "strokes"), [(1, 200), (3, 600)])
def test_random_events_leave_the_pad_consistent(threads: int, strokes: int) -> None:
    pad = DrawingPad()
    did = storm(pad, strokes=strokes, threads=threads)
    assert did["stroke"] >= strokes
    check(pad)
