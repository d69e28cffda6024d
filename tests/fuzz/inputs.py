"""Hypothesis strategies: bytes that were valid once."""

from __future__ import annotations

from hypothesis import strategies as st

_TOKENS = (
    *(b"\0" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\n", b'"', b"[", b"[" * 3000),
    *(b"1e39", b"NaN", b"9" * 400, b"-1", b"null"),
)


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Draw a seed with bytes changed, inserted, repeated or removed in a few places."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 8)))
        replacements = st.one_of(
            st.binary(max_size=8),
            st.sampled_from(_TOKENS),
            st.sampled_from(seeds),
            st.integers(0, 50).map(data[start:end].__mul__),
        )
        data = data[:start] + draw(replacements) + data[end:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data
