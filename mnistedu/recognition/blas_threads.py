"""BLAS on one thread, where several would only wait for each other."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


class _Limit:
    """A limit for the whole process, set by the first block that enters and reset by the last.

    No block waits for another: one of them may run a model that never returns.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0

    def enter(self) -> None:
        with self._lock:
            self._blocks += 1
            if self._blocks == 1:
                self._limit = _controller().limit(limits=1, user_api="blas")

    def leave(self) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks:
                self._limit.restore_original_limits()


_LIMIT = _Limit()


@contextmanager
def limit_blas_threads() -> Iterator[None]:
    """Limit BLAS to one thread inside the ``with`` block.

    A product of small matrices gains nothing from a second thread. While something else keeps the
    processor busy, such as training, it becomes a hundred times slower: the threads spin until all
    of them have been scheduled.

    Examples
    --------
    >>> import numpy as np
    >>> with limit_blas_threads():
    ...     np.ones((2, 2)) @ np.ones((2, 2))
    array([[2., 2.],
           [2., 2.]])
    """
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()


@functools.cache
def _controller() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
