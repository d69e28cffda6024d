"""Work on the latest value, for values that arrive faster than the work takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

Value = TypeVar("Value")

_PAUSE = 0.03, 0.2  # seconds between two calls, at least and at most


class LatestValueWorker(Generic[Value]):
    """Call a function with the latest of the values submitted, in a thread.

    A value is dropped if another one arrives before the function is free. The thread exists only
    while there is work. It pauses about as long as it has worked, so that the kernel has time to
    follow the pen.

    Parameters
    ----------
    work : callable
        Takes a value; must catch its own errors.

    Examples
    --------
    >>> seen = []
    >>> worker = LatestValueWorker(seen.append)
    >>> worker.submit(1)
    >>> worker.wait()
    >>> seen
    [1]
    """

    def __init__(self, work: Callable[[Value], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._pending: list[Value] = []  # the latest value, or nothing
        self._thread: threading.Thread | None = None

    def submit(self, value: Value) -> None:
        """Submit a value, without waiting.

        Parameters
        ----------
        value : object
        """
        with self._lock:
            self._pending = [value]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until the latest value has been processed."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._pending:
                    self._thread = None
                    return
                value = self._pending.pop()
            start = time.monotonic()
            self._work(value)
            time.sleep(np.clip(time.monotonic() - start, *_PAUSE))
