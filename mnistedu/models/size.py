"""The size of a model, found without allocating it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from mnistedu._backend import import_keras

if TYPE_CHECKING:
    import keras

MAX_WEIGHTS = 80_000_000
MAX_OUTPUT = 2_000_000  # numbers of a layer for one image; a batch of 128 in 1 GB


def check_size(load: Callable[[], keras.Model]) -> None:
    """Check that a model fits into memory, without allocating its weights.

    JAX traces the loading: it computes the shapes of all arrays, and allocates none of them.

    Parameters
    ----------
    load : callable
        Returns the model. Weights that it reads from a file do take memory.

    Raises
    ------
    ValueError
        If the model has too many weights, or a layer has too large an output.
    Exception
        What `load` raises.

    Examples
    --------
    >>> import mnistedu
    >>> check_size(lambda: mnistedu.build_mlp(units=[10**9]))
    Traceback (most recent call last):
        ...
    ValueError: it has 795,000,000,010 weights, more than the 80,000,000 that are allowed...
    """
    # In another thread, because Keras keeps layers' names and random seeds per thread.
    before = random.getstate()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_trace, load).result()
    random.setstate(before)


def _trace(load: Callable[[], keras.Model]) -> None:
    import jax

    def check() -> None:
        model = load()
        if not isinstance(model, import_keras().Model):
            raise ValueError(f"it holds a {type(model).__name__}")
        weights = sum(math.prod(variable.shape) for variable in model.weights)
        if weights > MAX_WEIGHTS:
            raise ValueError(
                f"it has {weights:,} weights, more than the {MAX_WEIGHTS:,} that are allowed "
                "without trust=True"
            )
        for name, shape in _find_outputs(model):
            size = math.prod(28 if side is None else side for side in shape[1:])
            if size > MAX_OUTPUT:
                raise ValueError(
                    f"its layer {name!r} makes {size:,} numbers of each image, more than the "
                    f"{MAX_OUTPUT:,} that are allowed without trust=True"
                )

    jax.eval_shape(check)


def _find_outputs(model: keras.Model) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    for layer in model.layers:
        for node in layer._inbound_nodes:
            for output in node.output_tensors:
                yield layer.name, output.shape
        if isinstance(layer, import_keras().Model):
            yield from _find_outputs(layer)
