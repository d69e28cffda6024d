"""The choice of Keras's backend, and the one lazy import of Keras.

Keras reads ``KERAS_BACKEND`` when it is first imported and never again. Everything here reaches
Keras through :func:`import_keras`, so that the choice is made once, in time, and checked.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType


def choose_jax() -> None:
    """Name JAX as the backend for whoever imports Keras first, unless another is named already.

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


def is_keras_model(model: object) -> bool:
    """Tell whether something is a Keras model, without importing Keras for it.

    Parameters
    ----------
    model : object

    Returns
    -------
    answer : bool

    Examples
    --------
    >>> is_keras_model(len)
    False
    """
    return "keras" in sys.modules and isinstance(model, sys.modules["keras"].Model)
