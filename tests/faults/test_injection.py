"""A few of each fault, injected into everything that writes."""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("these faults are POSIX's", allow_module_level=True)

from tests.faults.injection import FAULTS, NotInjectedError, call_as_nobody, run
from tests.faults.mirrors import fail_mirrors
from tests.faults.server import BAD_RESPONSES
from tests.faults.writers import (
    WRITERS,
    examine_installation,
    load_fallback,
    load_mnist_anywhere,
    train_in,
)

SHORT = [
    (fault, name)
    for fault in FAULTS
    for name, writer in WRITERS.items()
    if fault == "kill" or not writer.is_slow
]


@pytest.mark.parametrize(("fault", "name"), SHORT)
def test_nothing_is_lost(fault: str, name: str, shared_folder: Path) -> None:
    rng = random.Random(f"{fault} {name}")
    try:
        FAULTS[fault](name, shared_folder, rng)
    except NotInjectedError as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_without_a_fault_is_there(name: str, shared_folder: Path) -> None:
    attempt = run(name, shared_folder, 0)
    assert attempt.failure is None
    assert attempt.done == {0, 1, 2}
    assert [path for path in shared_folder.rglob("*") if path.is_file() and path.stat().st_size]
    WRITERS[name].check(shared_folder, attempt.done)


@pytest.mark.parametrize("bad", BAD_RESPONSES)
def test_every_mirror_is_tried_in_order(bad: str, tmp_path: Path) -> None:
    fail_mirrors(bad, tmp_path, random.Random(bad))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a home")
def test_a_user_without_a_home_gets_the_bundled_digits_or_one_clear_error() -> None:
    assert "no home directory" in call_as_nobody(load_mnist_anywhere)
    assert call_as_nobody(load_fallback) == "digits"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a home")
def test_a_user_without_a_home_trains_and_gets_a_report(shared_folder: Path) -> None:
    assert call_as_nobody(partial(train_in, shared_folder)) == 0
    assert (shared_folder / "model.keras").exists()
    assert {"data", "widgets", "front end", "lessons"} <= {*call_as_nobody(examine_installation)}


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent, "shared")
        folder.mkdir()
        folder.chmod(0o777)
        yield folder
