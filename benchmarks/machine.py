"""The machine, its speed during the benchmark, and the versions of the packages."""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

PACKAGES = ("keras", "jax", "torch", "scikit-learn", "numpy")


def describe(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Return the processor, the number of cores and the versions of the packages."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.system(),
        "python": platform.python_version(),
    } | {package: importlib.metadata.version(package) for package in packages}


def sentence(description: dict[str, Any]) -> str:
    """Format a description as one line."""
    return ", ".join(f"{name} {value}" for name, value in description.items()) + "."


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def sgemm_rate(size: int = 2048) -> float:
    """Measure the floating-point operations per second of NumPy's matrix product."""
    matrix = np.ones((size, size), np.float32)
    matrix @ matrix
    return 2 * size**3 / min(seconds(lambda: matrix @ matrix) for _ in range(5))


def seconds(action: Callable[[], Any]) -> float:
    """Measure the duration of a call in seconds."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def in_fresh_process(function: Callable, *arguments: Any, cache: str | None = None) -> Any:
    """Call a function in a new process, optionally with another cache folder."""
    with patch.dict(os.environ, {} if cache is None else {"XDG_CACHE_HOME": cache}):
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
            return pool.submit(function, *arguments).result()
