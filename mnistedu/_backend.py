"""Choice of Keras's backend, and the only import of Keras.

Keras reads ``KERAS_BACKEND`` only when it is first imported. The whole package imports Keras
through :func:`import_keras`, which sets the variable in time and checks the result.
"""

from __future__ import annotations

import contextlib
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
