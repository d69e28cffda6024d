"""Fixtures that every test may use: the real data, the bundled data, and what to do without."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from hypothesis import settings

import mnistedu

# A test must not fail because the machine is busy.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def require_or_skip(part: str, reason: str) -> None:
    """Skip, or fail where the environment says that this part must be there.

    ``MNISTEDU_REQUIRE`` names the parts that must not be skipped, by commas: ``mnist``,
    ``chromium``, ``torch``, or ``all``.
    """
    required = os.environ.get("MNISTEDU_REQUIRE", "").split(",")
    if part in required or "all" in required:
        pytest.fail(f"{reason} (MNISTEDU_REQUIRE asks for {part!r})")
    pytest.skip(reason)


@pytest.hookimpl(trylast=True)  # after pytest-randomly
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests first, because they wait for most of their time, and in file order.

    Those of a file share a page.
    """
    items.sort(key=_position)


def _position(item: pytest.Item) -> tuple[bool, str, int]:
    if item.get_closest_marker("browser"):
        path, line, _ = item.location
        return False, path, line or 0
    return True, "", 0


@pytest.fixture(scope="session")
def require() -> Callable[[str, str], None]:
    return require_or_skip


@pytest.fixture(scope="session")
def mnist() -> mnistedu.Dataset:
    """The official MNIST files, where this machine has them; never a download."""
    from mnistedu.data.mnist import find_files

    folder = find_files()
    if folder is None:
        require_or_skip("mnist", "the MNIST files are not on this machine (see data/README.md)")
    return mnistedu.load_mnist(validation=5000, folder=folder)


@pytest.fixture(scope="session")
def digits() -> mnistedu.Dataset:
    return mnistedu.load_digits()


def _simulate(devices: int) -> None:
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_num_cpu_devices", devices)


@pytest.fixture(scope="session")
def on_devices() -> Iterator[Callable[..., Any]]:
    """Call a function where JAX has several devices, in one process for each number of them."""
    processes: dict[int, ProcessPoolExecutor] = {}

    def call(devices: int, function: Callable[..., Any], *arguments: Any) -> Any:
        if devices not in processes:
            processes[devices] = ProcessPoolExecutor(
                1, multiprocessing.get_context("spawn"), _simulate, (devices,)
            )
        return processes[devices].submit(function, *arguments).result()

    yield call
    for process in processes.values():
        process.shutdown()
