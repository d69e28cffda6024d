"""Some damaged inputs for everything that reads files."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.inputs import damaged
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_only_documented_errors(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=target.n_examples, suppress_health_check=list(HealthCheck))
    @given(data=damaged(target.seeds) | st.binary(max_size=500))
    def run(data: bytes) -> None:
        start = time.perf_counter()
        target.run(data)
        assert time.perf_counter() - start < target.seconds

    run()


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_valid(name: str) -> None:
    for seed in TARGETS[name].seeds:
        assert TARGETS[name].run(seed), seed[:50]
