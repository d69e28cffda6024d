"""NumPy's matrix products on one thread, where several would only wait for each other."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_LOCK = threading.RLock()  # the limit holds for the whole process


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS to one thread for a while.

    A product of small matrices gains nothing from a second thread, and while something else keeps
    the processor busy, such as a training, it loses a hundredfold: the threads spin until all of
    them have had their turn.

    Examples
    --------
    >>> import numpy as np
    >>> with one_thread():
    ...     np.ones((2, 2)) @ np.ones((2, 2))
    array([[2., 2.],
           [2., 2.]])
    """
    with _LOCK, _controller().limit(limits=1, user_api="blas"):
        yield


@functools.cache
def _controller() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
