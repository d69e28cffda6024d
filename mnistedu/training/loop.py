"""The epochs of a training run: steps, metrics, callbacks and progress, in Keras's order."""

from __future__ import annotations

import functools
import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from mnistedu._backend import import_keras
from mnistedu.training.batch_statistics import UpdateStatistics
from mnistedu.training.best_weights import BestWeights
from mnistedu.training.devices import agree, count_shards, to_devices
from mnistedu.training.progress import Progress
from mnistedu.training.steps import (
    Program,
    Step,
    has_learning_rate,
    read_state,
    test_step,
    write_state,
)

if TYPE_CHECKING:
    import keras

Logs = dict[str, Any]

_SECONDS_PER_PROGRAM = 0.5  # the longest that an interrupt has to wait
_IMAGES_PER_TEST_STEP = 250


class Loop:
    """Training run of a model.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.
    step : callable
        Result of :func:`mnistedu.training.steps.training_step`.
    images, labels : jax.Array
        The training images, from :func:`mnistedu.training.devices.divide_images`, and labels.
    validate : callable, optional
        Function that computes the validation metrics, by name.
    update_statistics : callable, optional
        Result of :func:`mnistedu.training.batch_statistics.make_statistics_update`.
    epochs, steps_per_epoch : int
        Number of epochs, and of steps in each.
    callbacks : sequence of keras.callbacks.Callback
        Keras callbacks. Their batch hooks are called once per compiled program.
    progress : Progress
        The progress bar.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Step,
        images: jax.Array,
        labels: jax.Array,
        *,
        validate: Callable[[], Logs] | None,
        update_statistics: UpdateStatistics | None,
        epochs: int,
        steps_per_epoch: int,
        callbacks: Sequence[keras.callbacks.Callback],
        progress: Progress,
    ) -> None:
        self._model = model
        self._program = Program(step)
        self._images, self._labels = images, labels
        self._validate = validate
        self._update_statistics = update_statistics
        self._epochs, self._steps_per_epoch = epochs, steps_per_epoch
        self._progress = progress
        self._callbacks = import_keras().callbacks.CallbackList(
            list(callbacks), add_history=True, model=model, epochs=epochs, steps=steps_per_epoch
        )
        self._best = BestWeights(model)

    def run(self, seed: int) -> None:
        """Train until the last epoch, an interrupt, a callback's stop or a loss of NaN.

        Parameters
        ----------
        seed : int
            Random seed of the order of the images and of the augmentation.
        """
        model, callbacks = self._model, self._callbacks
        model.stop_training = False
        order_key, step_key = jax.random.split(jax.random.key(seed))
        logs: Logs = {}
        callbacks.on_train_begin()
        epoch = first_epoch = model._initial_epoch or 0  # set by BackupAndRestore to resume
        model._initial_epoch = None  # only for this run
        try:
            for epoch in range(first_epoch, self._epochs):
                self._progress.start_epoch(epoch)
                callbacks.on_epoch_begin(epoch)
                model.reset_metrics()
                order = _shuffled(order_key, epoch, len(self._labels))
                logs = self._run_steps(epoch, order, step_key)
                if not math.isfinite(logs["loss"]):
                    self._end_early(epoch, f"the loss became {logs['loss']}", _advice(model))
                    break
                if self._update_statistics:
                    self._update_statistics(self._images, order)
                if self._validate:
                    callbacks.on_test_begin()
                    logs |= self._validate()
                    callbacks.on_test_end(logs)
                self._best.update(epoch, logs)
                self._progress.show(logs)
                callbacks.on_epoch_end(epoch, logs)
                if model.stop_training:
                    break
            model.optimizer.finalize_variable_values(model.trainable_variables)
            if self._update_statistics and model.optimizer.use_ema and logs:
                self._update_statistics(self._images, order)  # the averaged weights are different
        except KeyboardInterrupt:
            self._end_early(epoch, "training was interrupted")
        callbacks.on_train_end(logs)

    def _run_steps(self, epoch: int, order: jax.Array, key: jax.Array) -> Logs:
        """Run the steps of an epoch and return its metrics."""
        model, callbacks = self._model, self._callbacks
        first = epoch * self._steps_per_epoch
        logs: Logs = {}
        for start, stop in _chunks(first, first + self._steps_per_epoch, _SECONDS_PER_PROGRAM):
            callbacks.on_train_batch_begin(start - first)
            state = self._program(
                start, stop, read_state(model), self._images, self._labels, order, key
            )
            write_state(model, jax.block_until_ready(state))
            logs = metric_logs(model)
            self._progress.advance((stop - start) / self._steps_per_epoch)
            callbacks.on_train_batch_end(stop - first - 1, logs)
            if model.stop_training or not math.isfinite(logs["loss"]):
                break
        return logs

    def _end_early(self, epoch: int, reason: str, advice: str = "") -> None:
        """Restore the best weights if an epoch has ended or the latest are unusable, and warn."""
        kept = "the latest weights"
        if self._best.epoch is not None or advice:
            self._best.restore()
            kept = "the weights of its best epoch"
            if self._best.epoch is None:
                kept = "the weights from before the training"
        warnings.warn(
            f"{reason} in epoch {epoch + 1} of {self._epochs}; the model has {kept}{advice}",
            stacklevel=4,
        )


def make_validation(
    model: keras.Model, images: np.ndarray, labels: np.ndarray
) -> Callable[[], Logs] | None:
    """Return a function that computes the validation metrics.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.
    images, labels : ndarray
        The validation images and labels.

    Returns
    -------
    validate : callable or None
        A function that returns the metrics by name; None if there are no images.
    """
    if not len(images):
        return None
    shards = count_shards()
    size = max(1, min(_IMAGES_PER_TEST_STEP, len(images)) // shards) * shards
    steps = len(images) // size
    end = steps * size
    batches = [
        to_devices(array[:end].reshape(steps, size, *array.shape[1:]), axis=1)
        for array in (images, labels)
    ]
    rest = [to_devices(array[None, end:]) for array in (images, labels)]
    program, program_for_rest = Program(test_step(model)), Program(test_step(model))

    def validate() -> Logs:
        model.reset_metrics()
        state = read_state(model)
        if steps:
            state = program(0, steps, state, *batches)
        if end < len(images):
            state = program_for_rest(0, 1, state, *rest)
        write_state(model, jax.block_until_ready(state))
        return {f"val_{name}": value for name, value in metric_logs(model).items()}

    return validate


def metric_logs(model: keras.Model) -> Logs:
    """Return the current results of a model's metrics.

    Parameters
    ----------
    model : keras.Model
        A compiled and built model.

    Returns
    -------
    logs : dict of str to float or ndarray
        Maps the name of each metric to its result.
    """
    results = {name: np.asarray(value) for name, value in model.get_metrics_result().items()}
    return {name: value if value.ndim else float(value) for name, value in results.items()}


@functools.partial(jax.jit, static_argnames="count")
def _shuffled(key: jax.Array, epoch: jax.Array, count: int) -> jax.Array:
    return jnp.argsort(jax.random.bits(jax.random.fold_in(key, epoch), (count,)))


def _chunks(first: int, last: int, seconds: float) -> Iterator[tuple[int, int]]:
    """Split a range of steps into chunks that take about the given number of seconds each.

    The time per step is measured during each chunk and used for the next one. All processes get the
    same chunks.
    """
    length = 1
    while first < last:
        stop = min(first + length, last)
        begin = time.perf_counter()
        yield first, stop
        per_step = (time.perf_counter() - begin) / (stop - first)
        length = agree(max(1, int(seconds / per_step)))
        first = stop


def _advice(model: keras.Model) -> str:
    if not has_learning_rate(model):
        return ". Try a smaller learning rate"
    return f". Try a smaller learning rate, such as {float(model.optimizer.learning_rate) / 10:.1g}"
