"""The epochs of one training: steps, measures, callbacks and progress, in Keras's order."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from mnistedu._backend import import_keras
from mnistedu.training.progress import Progress
from mnistedu.training.steps import Program, Step, measuring_step, read_state, write_state

if TYPE_CHECKING:
    import keras

Logs = dict[str, Any]

_SECONDS_PER_PROGRAM = 0.5  # as long as an interrupt may have to wait
_IMAGES_PER_MEASUREMENT = 250


class Loop:
    """The training of one model.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.
    step : callable
        What :func:`mnistedu.training.steps.training_step` made.
    images, labels : jax.Array
        What to train on.
    validate : callable, optional
        Gives the measures on the validation images, by name.
    epochs, steps_per_epoch : int
        How many of each there are.
    callbacks : sequence of keras.callbacks.Callback
        What else to call.
    progress : Progress
        Where to show what happens.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Step,
        images: jax.Array,
        labels: jax.Array,
        *,
        validate: Callable[[], Logs] | None,
        epochs: int,
        steps_per_epoch: int,
        callbacks: Sequence[keras.callbacks.Callback],
        progress: Progress,
    ) -> None:
        self._model = model
        self._program = Program(step)
        self._images, self._labels = images, labels
        self._validate = validate
        self._epochs, self._steps_per_epoch = epochs, steps_per_epoch
        self._progress = progress
        self._hooks = import_keras().callbacks.CallbackList(
            list(callbacks), add_history=True, model=model, epochs=epochs, steps=steps_per_epoch
        )
        self._step_by_step = any(map(_watches_batches, callbacks))
        self._stretch_hooks = [each.on_stretch_end for each in callbacks if _follows(each)]
        self._best_loss = math.inf
        self._best_weights: list[jax.Array] = []

    def run(self, seed: int) -> None:
        """Train to the end, or until the user or a callback stops it."""
        model, hooks = self._model, self._hooks
        model.stop_training = False
        order_key, step_key = jax.random.split(jax.random.key(seed))
        logs: Logs = {}
        hooks.on_train_begin()
        epoch = first_epoch = model._initial_epoch or 0  # BackupAndRestore says where to go on
        model._initial_epoch = None  # this once: the model's next training begins at its beginning
        try:
            for epoch in range(first_epoch, self._epochs):
                self._progress.start_epoch(epoch)
                hooks.on_epoch_begin(epoch)
                model.reset_metrics()
                order = _shuffled(jax.random.fold_in(order_key, epoch), len(self._labels))
                self._run_steps(epoch, order, step_key)
                logs = measures(model)
                if self._validate:
                    hooks.on_test_begin()
                    logs |= self._validate()
                    hooks.on_test_end(logs)
                self._remember_best(logs)
                self._progress.show(logs)
                hooks.on_epoch_end(epoch, logs)
                if model.stop_training:
                    break
            model.optimizer.finalize_variable_values(model.trainable_variables)
        except KeyboardInterrupt:
            self._restore_best()
            warnings.warn(
                f"training was interrupted in epoch {epoch + 1} of {self._epochs}; the model has "
                + ("the weights of its best epoch" if self._best_weights else "its latest weights"),
                stacklevel=3,
            )
        hooks.on_train_end(logs)

    def _run_steps(self, epoch: int, order: jax.Array, key: jax.Array) -> None:
        model, hooks = self._model, self._hooks
        first = epoch * self._steps_per_epoch
        seconds = 0 if self._step_by_step else _SECONDS_PER_PROGRAM
        for start, stop in _stretches(first, first + self._steps_per_epoch, seconds):
            if self._step_by_step:
                hooks.on_train_batch_begin(start - first)
            state = self._program(
                start, stop, read_state(model), self._images, self._labels, order, key
            )
            write_state(model, jax.block_until_ready(state))
            self._progress.advance((stop - start) / self._steps_per_epoch)
            for hook in self._stretch_hooks:
                hook((stop - first) / self._steps_per_epoch, measures(model))
            if self._step_by_step:
                hooks.on_train_batch_end(start - first, measures(model))
            if model.stop_training:
                break

    def _remember_best(self, logs: Logs) -> None:
        loss = logs.get("val_loss", logs["loss"])
        if loss < self._best_loss:
            self._best_loss, self._best_weights = loss, [v.value for v in self._model.weights]

    def _restore_best(self) -> None:
        for variable, value in zip(self._model.weights, self._best_weights, strict=False):
            variable.assign(value)


def make_validation(
    model: keras.Model, images: jax.Array, labels: jax.Array
) -> Callable[[], Logs] | None:
    """Make a function that measures the model on these images, each exactly once."""
    if not len(images):
        return None
    size = min(_IMAGES_PER_MEASUREMENT, len(images))
    whole, rest = divmod(len(images), size)
    end = whole * size
    program = Program(measuring_step(model, batch_size=size))
    program_for_rest = Program(measuring_step(model, batch_size=rest))

    def validate() -> Logs:
        model.reset_metrics()
        state = program(0, whole, read_state(model), images[:end], labels[:end])
        if rest:
            state = program_for_rest(0, 1, state, images[end:], labels[end:])
        write_state(model, jax.block_until_ready(state))
        return {f"val_{name}": value for name, value in measures(model).items()}

    return validate


def measures(model: keras.Model) -> Logs:
    """Give what the model's metrics say, by name: numbers, or arrays such as one for each class."""
    results = {name: np.asarray(value) for name, value in model.get_metrics_result().items()}
    return {name: value if value.ndim else float(value) for name, value in results.items()}


def _shuffled(key: jax.Array, count: int) -> jax.Array:
    return jnp.argsort(jax.random.bits(key, (count,)))


def _stretches(first: int, last: int, seconds: float) -> Iterator[tuple[int, int]]:
    """Cut a range of steps into stretches that take about so many seconds each.

    How long a step takes is measured while the stretch is worked on.
    """
    length = 1
    while first < last:
        stop = min(first + length, last)
        began = time.perf_counter()
        yield first, stop
        per_step = (time.perf_counter() - began) / (stop - first)
        length = max(1, int(seconds / per_step))
        first = stop


def _watches_batches(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback has something to do at each batch."""
    if _follows(callback) or getattr(callback, "save_freq", None) == "epoch":
        return False  # the latter are ModelCheckpoint and its kin
    plain = import_keras().callbacks.Callback
    hooks = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    for hook in hooks:
        method = getattr(callback, hook)
        if getattr(method, "__func__", method) is not getattr(plain, hook):
            return True
    return False


def _follows(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback is content with hearing of many steps at once."""
    return hasattr(callback, "on_stretch_end")
