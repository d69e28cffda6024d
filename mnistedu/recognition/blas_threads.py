"""A limit on the threads of BLAS."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_LOCK = threading.RLock()  # the limit applies to the whole process


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
    if not _LOCK.acquire(blocking=False):  # limited by another thread, which may never end
        yield
        return
    try:
        with _controller().limit(limits=1, user_api="blas"):
            yield
    finally:
        _LOCK.release()


@functools.cache
def _controller() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
