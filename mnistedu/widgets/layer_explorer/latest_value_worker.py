"""Work that follows what changes faster than it can be done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

Value = TypeVar("Value")

_PAUSE = 0.03, 0.2  # seconds between two calls, at the least and at the most


class Follower(Generic[Value]):
    """Call a function with the newest of the values that come in, beside whoever brings them.

    A value that is followed by another before its turn is left out. The function runs in a thread
    that is there only while there is something to do, and pauses about as long as it worked, so
    that the kernel has time for the pen.

    Parameters
    ----------
    work : callable
        Takes a value; must catch its own errors.

    Examples
    --------
    >>> seen = []
    >>> follower = Follower(seen.append)
    >>> follower.follow(1)
    >>> follower.wait()
    >>> seen
    [1]
    """

    def __init__(self, work: Callable[[Value], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._newest: list[Value] = []
        self._thread: threading.Thread | None = None

    def follow(self, value: Value) -> None:
        """Bring a value. This returns at once.

        Parameters
        ----------
        value : object
        """
        with self._lock:
            self._newest = [value]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until the newest value has had its turn."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._newest:
                    self._thread = None
                    return
                value = self._newest.pop()
            began = time.monotonic()
            self._work(value)
            time.sleep(np.clip(time.monotonic() - began, *_PAUSE))
