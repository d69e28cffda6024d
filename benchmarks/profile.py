"""Profile of a training step: ``python -m benchmarks.profile``.

Measures the forward and backward pass of each layer of a recipe, the optimizer, and the whole step
as in ``train``. Next to each it prints the time that its matrix products alone would take at the
current speed of NumPy's sgemm on this machine; the rest of a layer's time is memory access.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import mnistedu
from benchmarks import keras_side
from benchmarks.keras_side import BATCH_SIZES
from benchmarks.machine import describe, seconds, sentence, sgemm_rate
from mnistedu._backend import import_keras

keras = import_keras()

_REPEAT = 20
_STEPS = 400  # in the measured epoch, so that its overhead is negligible


def profile(name: str, batch_size: int) -> list[tuple[str, float, float]]:
    """Measure the parts of the training step of a recipe.

    Parameters
    ----------
    name : str
        One of ``BATCH_SIZES``.
    batch_size : int
        Number of images per step.

    Returns
    -------
    parts : list of (str, float, float)
        Name of each part, its seconds, and the seconds of its matrix products alone. The last one
        is the whole step.
    """
    model, rate = mnistedu.build_recipe(name), sgemm_rate()
    parts, sees_images = [], True
    for layer, flop in zip(model.layers, keras_side.training_flop_by_layer(model), strict=True):
        took = _time_layer(layer, batch_size, sees_images=sees_images)
        parts.append((layer.name, took, batch_size * flop / rate))
        sees_images = sees_images and not layer.weights
    parts.append((type(model.optimizer).__name__, _time_optimizer(model), 0.0))
    data = mnistedu.load_mnist(validation=0)
    part = data.train[: _STEPS * batch_size]
    whole = keras_side.epoch_by_train(model, part, batch_size) / _STEPS
    parts.append(("the whole step", whole, sum(floor for *_, floor in parts)))
    return parts


def _time_layer(layer: keras.Layer, batch_size: int, *, sees_images: bool) -> float:
    rng = np.random.default_rng(0)
    inputs, gradient = (
        jnp.asarray(rng.random((batch_size, *tensor.shape[1:]), np.float32))
        for tensor in (layer.input, layer.output)
    )
    weights = [variable.value for variable in layer.trainable_variables]
    state = [variable.value for variable in layer.non_trainable_variables]

    options = {"training": True} if isinstance(layer, keras.layers.Dropout) else {}

    def both(state: list, gradient: jax.Array, inputs: jax.Array, weights: list) -> Any:
        def forward(weights: list, inputs: jax.Array = inputs) -> jax.Array:
            return layer.stateless_call(weights, state, inputs, **options)[0]

        outputs, back = jax.vjp(forward, weights, *([] if sees_images else [inputs]))
        return outputs, back(gradient)

    return _time(both, state, gradient, inputs, weights)


def _time_optimizer(model: keras.Model) -> float:
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    weights = [variable.value for variable in model.trainable_variables]
    state = [variable.value for variable in optimizer.variables]
    return _time(optimizer.stateless_apply, state, weights, weights)


def _time(function: Callable, *arguments: Any) -> float:
    """Measure the seconds per call in a compiled loop, as in training."""

    def once(_: jax.Array, carry: tuple[Any, Any]) -> tuple[Any, Any]:
        # One value changes in place, else the compiler would move the call out of the loop.
        changed = jax.tree.map(lambda array: array.at[(0,) * array.ndim].add(1), carry[0])
        return changed, function(*changed)

    results = jax.tree.map(
        lambda result: jnp.zeros(result.shape, result.dtype), jax.eval_shape(function, *arguments)
    )
    program = jax.jit(lambda count: jax.lax.fori_loop(0, count, once, (arguments, results)))
    jax.block_until_ready(program(1))
    return min(seconds(lambda: jax.block_until_ready(program(_REPEAT))) for _ in range(3)) / _REPEAT


def main() -> None:
    """Print a table for each recipe and batch size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=BATCH_SIZES, default=list(BATCH_SIZES), metavar="RECIPE"
    )
    options = parser.parse_args()
    print(sentence(describe()), end="\n\n")
    cases = [(name, size) for name in options.only for size in BATCH_SIZES[name]]
    for name, batch_size in cases:
        print(f"| {name}, batch {batch_size} | a step | its products alone |\n|---|--:|--:|")
        for part, took, floor in profile(name, batch_size):
            print(f"| {part} | {1e3 * took:.2f} ms | {1e3 * floor:.2f} ms |")
        print()


if __name__ == "__main__":
    main()
