"""Strokes that the tests of ink share."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

SEVEN = [[(40, 30), (200, 30), (90, 250)], [(80, 130), (190, 130)]]

few = settings(deadline=None, max_examples=25)

_coordinates = st.integers(0, 280).map(float)
strokes = st.lists(
    st.lists(st.tuples(_coordinates, _coordinates), min_size=1, max_size=30),
    min_size=1,
    max_size=5,
)
