"""One step of training or testing a Keras model, and many steps as one compiled program.

A model's state has the form of Keras's JAX trainer: a list of arrays for each kind of variable.
Nothing is donated, so every array that a variable ever held can be read, also from another thread
while the model trains.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from mnistedu.inference.keras_model import image_shape

if TYPE_CHECKING:
    import keras

State = tuple[list[jax.Array], ...]
Step = Callable[..., State]
Augmentation = Callable[[jax.Array, jax.Array], jax.Array]
Schedule = Callable[[jax.Array], jax.Array]


def read_state(model: keras.Model) -> State:
    """Return the values of the model's variables, as ``model.train_step`` takes them."""
    return tuple([variable.value for variable in kind] for kind in _variables(model))


def write_state(model: keras.Model, state: State) -> None:
    """Assign what :func:`read_state` or a program returned to the model's variables."""
    for variables, values in zip(_variables(model), state, strict=True):
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)


def _variables(model: keras.Model) -> tuple[list[Any], ...]:
    return (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )


def training_step(
    model: keras.Model,
    *,
    batch_size: int,
    steps_per_epoch: int,
    epochs: int,
    augmentation: Augmentation | None,
    schedule: Schedule | None,
) -> Step:
    """Return ``step(index, state, images, labels, order, key) -> state``.

    `index` counts the steps of the whole training; `order` is the order of this epoch's images.
    If the last batch is short, it is filled up with the epoch's first images, so that all batches
    have one size and need one program.
    """
    rate = _learning_rate_index(model) if schedule else None
    shape = image_shape(model)

    def step(
        index: jax.Array,
        state: State,
        images: jax.Array,
        labels: jax.Array,
        order: jax.Array,
        key: jax.Array,
    ) -> State:
        first = index % steps_per_epoch * batch_size
        rows = order[(first + jnp.arange(batch_size)) % len(order)]
        batch = to_float(images[rows])
        if augmentation:
            batch = augmentation(jax.random.fold_in(key, index), batch)
        if schedule:
            full_rate = state[2][rate]
            factor = schedule(index / (epochs * steps_per_epoch))
            state = _with_learning_rate(state, rate, full_rate * factor)
        _, state = model.train_step(state, (batch.reshape(-1, *shape), labels[rows]))
        if schedule:
            state = _with_learning_rate(state, rate, full_rate)
        return state

    return step


def test_step(model: keras.Model, *, batch_size: int) -> Step:
    """Return ``step(index, state, images, labels) -> state``, which updates only the metrics."""
    shape = image_shape(model)

    def step(index: jax.Array, state: State, images: jax.Array, labels: jax.Array) -> State:
        first = index * batch_size
        batch = to_float(jax.lax.dynamic_slice_in_dim(images, first, batch_size))
        truth = jax.lax.dynamic_slice_in_dim(labels, first, batch_size)
        trainable, fixed, optimizer, metrics = state
        _, (_, _, metrics) = model.test_step(
            (trainable, fixed, metrics), (batch.reshape(-1, *shape), truth)
        )
        return trainable, fixed, optimizer, metrics

    return step


class Program:
    """Many steps as one call: ``state = program(start, stop, state, *rest)``.

    They run as one compiled loop, unless a step has one of XLA's own convolutions, which are slow
    in a loop on a CPU: then each step is a call of its own.

    Parameters
    ----------
    step : callable
        ``step(index, state, *rest) -> state``.
    """

    def __init__(self, step: Step) -> None:
        self._step = jax.jit(step)
        self._loop = jax.jit(self._run_loop)
        self._loop_is_slow: bool | None = None

    def __call__(self, start: int, stop: int, state: State, *rest: jax.Array) -> State:
        """Run the steps from `start` up to `stop`."""
        if self._loop_is_slow is None:
            self._loop_is_slow = _is_slow_in_a_loop(self._step, state, *rest)
        if not self._loop_is_slow:
            return self._loop(start, stop, state, *rest)
        for index in range(start, stop):
            state = self._step(index, state, *rest)
        return state

    def _run_loop(self, start: jax.Array, stop: jax.Array, state: State, *rest: Any) -> State:
        return jax.lax.fori_loop(
            start, stop, lambda index, state: self._step(index, state, *rest), state
        )


def _is_slow_in_a_loop(step: Callable, *arguments: Any) -> bool:
    if jax.default_backend() != "cpu":
        return False
    index = jax.ShapeDtypeStruct((), jnp.int32, weak_type=True)
    return "conv_general_dilated" in str(step.trace(index, *arguments).jaxpr)


def to_float(images: jax.Array) -> jax.Array:
    """Return uint8 images as float32 from 0 to 1."""
    return images.astype(jnp.float32) / 255


def has_learning_rate(model: keras.Model) -> bool:
    """Return whether the optimizer's learning rate is a number that can be set."""
    return "learning_rate" in _names_of_optimizer_variables(model)


def _names_of_optimizer_variables(model: keras.Model) -> list[str]:
    return [variable.name for variable in model.optimizer.variables]


def _learning_rate_index(model: keras.Model) -> int:
    names = _names_of_optimizer_variables(model)
    if "learning_rate" not in names:
        raise ValueError(
            "schedule sets the optimizer's learning rate, but the optimizer has a schedule of its "
            "own; compile the model with a number as the learning rate, or omit schedule"
        )
    return names.index("learning_rate")


def _with_learning_rate(state: State, index: int, rate: jax.Array) -> State:
    trainable, fixed, optimizer, metrics = state
    return trainable, fixed, [*optimizer[:index], rate, *optimizer[index + 1 :]], metrics
