"""Training and test steps of a Keras model, and compiled programs of many steps.

The state of a model has the form of Keras's JAX trainer: a list of arrays for each kind of
variable. It is not donated, so that another thread can read the variables during training.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from mnistedu.inference.keras_model import image_shape
from mnistedu.training.devices import take_images

if TYPE_CHECKING:
    import keras

State = tuple[list[jax.Array], ...]
Step = Callable[..., State]
Augmentation = Callable[[jax.Array, jax.Array], jax.Array]
Schedule = Callable[[jax.Array], jax.Array]


def read_state(model: keras.Model) -> State:
    """Return the values of a model's variables.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.

    Returns
    -------
    state : tuple of list of jax.Array
        The values, as in ``model.train_step``.
    """
    return tuple([variable.value for variable in kind] for kind in _variables(model))


def write_state(model: keras.Model, state: State) -> None:
    """Assign values to a model's variables.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.
    state : tuple of list of jax.Array
        Result of :func:`read_state` or of a :class:`Program`.
    """
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
    """Return the training step of a model.

    If the last batch of an epoch is short, it is filled up with the first images of that epoch, so
    that all batches have the same size and need only one program.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.
    batch_size, steps_per_epoch, epochs : int
        Number of images per step, of steps per epoch, and of epochs.
    augmentation, schedule : callable or None
        See :func:`mnistedu.train`.

    Returns
    -------
    step : callable
        ``step(index, state, images, labels, order, key) -> state``, where `index` counts the steps
        of all epochs and `order` is the order of the images in this epoch.

    Raises
    ------
    ValueError
        If there is a schedule, but the learning rate of the optimizer cannot be set.
    """
    rate = _learning_rate_index(model) if schedule else 0
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
        batch = to_float(take_images(images, rows))
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


def test_step(model: keras.Model) -> Step:
    """Return the test step of a model, which only updates the metrics.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.

    Returns
    -------
    step : callable
        ``step(index, state, images, labels) -> state``, where the first axis of images and labels
        is that of the steps, and the second that of the images of a step.
    """
    shape = image_shape(model)

    def step(index: jax.Array, state: State, images: jax.Array, labels: jax.Array) -> State:
        batch = to_float(images[index])
        trainable, fixed, optimizer, metrics = state
        _, (_, _, metrics) = model.test_step(
            (trainable, fixed, metrics), (batch.reshape(-1, *shape), labels[index])
        )
        return trainable, fixed, optimizer, metrics

    return step


class Program:
    """Program that runs many steps in one call: ``state = program(start, stop, state, *rest)``.

    The steps run as one compiled loop, unless they contain a convolution of XLA, which is slow in a
    loop on a CPU: then each step is a separate call.

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
        """Run the steps from `start` to `stop`, excluding `stop`.

        Parameters
        ----------
        start, stop : int
            Indices of the first step and after the last step.
        state : tuple of list of jax.Array
            State before the first step.
        *rest : jax.Array
            Further arguments of each step.

        Returns
        -------
        state : tuple of list of jax.Array
            State after the last step.
        """
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


def _is_slow_in_a_loop(step: jax.stages.Wrapped, *arguments: Any) -> bool:
    if jax.default_backend() != "cpu":
        return False
    index = jax.ShapeDtypeStruct((), jnp.int32, weak_type=True)
    return "conv_general_dilated" in str(step.trace(index, *arguments).jaxpr)


def to_float(images: jax.Array) -> jax.Array:
    """Convert uint8 images to float32.

    Parameters
    ----------
    images : jax.Array of shape (n, 28, 28), dtype uint8
        Grey levels, 0 for background.

    Returns
    -------
    x : jax.Array of shape (n, 28, 28), dtype float32
        Values in [0, 1].
    """
    return images.astype(jnp.float32) / 255


def has_learning_rate(model: keras.Model) -> bool:
    """Check whether the optimizer's learning rate is a number that can be set.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.

    Returns
    -------
    has_rate : bool
        False if the optimizer has a schedule of its own.
    """
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
