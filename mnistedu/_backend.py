"""Choice of Keras's backend, the only import of Keras, and memory that its programs leave behind.

Keras reads ``KERAS_BACKEND`` only when it is first imported. The whole package imports Keras
through :func:`import_keras`, which sets the variable in time and checks the result.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    import keras


def choose_jax() -> None:
    """Select JAX as Keras's backend, unless a backend is selected or Keras is imported already.

    Examples
    --------
    >>> choose_jax()
    >>> "KERAS_BACKEND" in os.environ or "keras" in sys.modules
    True
    """
    if "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", "jax")


def import_keras() -> ModuleType:
    """Import Keras on the JAX backend.

    Returns
    -------
    keras : module
        The imported module.

    Raises
    ------
    RuntimeError
        If Keras was already imported on another backend, or the environment variable
        ``KERAS_BACKEND`` names another one.

    Examples
    --------
    >>> import_keras().backend.backend()
    'jax'
    """
    choose_jax()
    import keras

    backend = keras.backend.backend()
    if backend != "jax":
        raise RuntimeError(
            f"mnistedu needs Keras on the 'jax' backend, but Keras runs on {backend!r}. Set the "
            "environment variable KERAS_BACKEND=jax, or import mnistedu's models before anything "
            "that imports Keras, and restart the kernel: a backend cannot be changed once Keras "
            "is imported."
        )
    return keras


@contextlib.contextmanager
def without_distribution() -> Iterator[None]:
    """Leave the scope of ``keras.distribution``, where some operations wait for other processes.

    Examples
    --------
    >>> with without_distribution():
    ...     print(import_keras().distribution.distribution())
    None
    """
    distribution = import_keras().distribution
    current = distribution.distribution()
    distribution.set_distribution(None)
    try:
        yield
    finally:
        distribution.set_distribution(current)


def is_keras_model(model: object) -> TypeGuard[keras.Model]:
    """Check whether an object is a Keras model, without importing Keras.

    Parameters
    ----------
    model : object
        Any object.

    Returns
    -------
    is_model : bool
        True if Keras is imported and the object is an instance of ``keras.Model``.

    Examples
    --------
    >>> is_keras_model(len)
    False
    """
    return "keras" in sys.modules and isinstance(model, sys.modules["keras"].Model)


def release_memory() -> None:
    """Return the memory of compiled programs that are no longer used to the operating system.

    Compiling a training step takes more than 100 MiB for a moment. Afterwards the programs of a run
    are in reference cycles, and glibc keeps what was freed for later, in each of the compiler's
    threads. Without this, a kernel that trains one network after another takes more and more.

    Examples
    --------
    >>> release_memory()
    """
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # not glibc
        return
