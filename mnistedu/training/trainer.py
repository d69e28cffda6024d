"""Training: any compiled Keras model on a data set of digits, as fast as the machine can go.

What the learner sees is Keras: its models, optimizers, losses, metrics, callbacks and ``History``.
Underneath, the images lie on the device as bytes and are shuffled there, and many steps run as one
compiled program instead of each by itself from Python.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax
import numpy as np

from mnistedu._backend import import_keras
from mnistedu.preprocessing import to_input
from mnistedu.training.augmentation import augment
from mnistedu.training.compilation_cache import enable_compilation_cache
from mnistedu.training.loop import Loop, make_validation
from mnistedu.training.progress import Progress
from mnistedu.training.schedules import one_cycle
from mnistedu.training.steps import Augmentation, Schedule, has_learning_rate, training_step

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Dataset, Split


def train(
    model: keras.Model,
    data: Dataset,
    *,
    epochs: int = 5,
    batch_size: int = 128,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    augmentation: Augmentation | None = augment,
    schedule: Schedule | None = one_cycle,
    seed: int = 0,
    verbose: bool = True,
) -> keras.callbacks.History:
    """Train a compiled model on the training images, measuring on the validation images.

    Parameters
    ----------
    model : keras.Model
        A compiled model that takes float32 images of shape (n, 28, 28, 1) in [0, 1]. Where its
        optimizer averages the weights (``use_ema=True``), it ends with the average.
    data : Dataset
        Trains on ``data.train``; measures ``data.validation`` after each epoch unless it is empty;
        leaves ``data.test`` alone.
    epochs : int, default=5
        How often each training image is seen.
    batch_size : int, default=128
        Images per step. Where the last batch of an epoch would be short, it is filled up with the
        first images of that epoch.
    callbacks : sequence of keras.callbacks.Callback, default=()
        Keras callbacks. One that watches single batches makes the steps run one by one, unless it
        has a method ``on_stretch_end(share, logs)``: that is called about twice a second with the
        share of the epoch that is done and the measures so far.
    augmentation : callable or None, default=mnistedu.training.augmentation.augment
        What the images go through before each step: a function of a random key and float32 images
        of shape (n, 28, 28) in [0, 1] that gives such images. It is compiled with the step. None
        leaves the images as they are.
    schedule : callable or None, default=mnistedu.training.schedules.one_cycle
        How large a step is as training goes on: a function of the progress of training, from 0 to
        1, that gives a factor on the optimizer's learning rate. None leaves the rate as it is. An
        optimizer with a schedule of its own keeps it.
    seed : int, default=0
        Decides the order of the images and the augmentation. The same model, data and seed give the
        same weights on the same machine.
    verbose : bool, default=True
        Whether to show a progress bar.

    Returns
    -------
    history : keras.callbacks.History
        ``history.history`` maps each measure to its value after each epoch.

    Raises
    ------
    ValueError
        If the model is not compiled or does not fit the data, there are no training images,
        `epochs` or `batch_size` is not positive, or an `augmentation` or `schedule` of your own
        does not work with this model.

    Warns
    -----
    UserWarning
        If training was interrupted (Ctrl-C, or the kernel's stop button): the model then has the
        weights of its best epoch, the one with the lowest validation loss. Also if the model needs
        Keras's own, slower ``fit`` without augmentation and schedule, with the reason.

    Examples
    --------
    >>> import mnistedu
    >>> digits = mnistedu.load_digits()
    >>> history = train(mnistedu.build_mlp(), digits, epochs=2, verbose=False)
    >>> sorted(history.history)
    ['accuracy', 'loss', 'val_accuracy', 'val_loss']
    """
    _check(model, data.train, epochs, batch_size)
    enable_compilation_cache()
    if reason := _why_fit(model):
        if augmentation not in (None, augment) or schedule not in (None, one_cycle):
            raise ValueError(f"augmentation and schedule do not work here: {reason}")
        message = f"training with Keras's own fit, slower and without augmentation: {reason}"
        warnings.warn(message, stacklevel=2)
        return _fit(model, data, epochs, batch_size, callbacks, verbose)
    if schedule is one_cycle and not has_learning_rate(model):
        schedule = None

    images, labels = _to_device(model, data.train)
    model._symbolic_build(data_batch=(to_input(data.train.images[:1]), labels[:1]))
    steps_per_epoch = -(-len(images) // batch_size)
    step = training_step(
        model,
        batch_size=batch_size,
        steps_per_epoch=steps_per_epoch,
        epochs=epochs,
        augmentation=augmentation,
        schedule=schedule,
    )
    with Progress(epochs, len(images), verbose=verbose) as progress:
        loop = Loop(
            model,
            step,
            images,
            labels,
            validate=make_validation(model, *_to_device(model, data.validation)),
            epochs=epochs,
            steps_per_epoch=steps_per_epoch,
            callbacks=callbacks,
            progress=progress,
        )
        loop.run(seed)
    return model.history


def _check(model: keras.Model, train: Split, epochs: int, batch_size: int) -> None:
    for name, value in {"epochs": epochs, "batch_size": batch_size}.items():
        if value < 1 or value != int(value):
            raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    if not len(train):
        raise ValueError("there are no images to train on: data.train is empty")
    if not model.compiled or model.optimizer is None:
        raise ValueError(
            "the model has no optimizer and loss yet; call model.compile(optimizer='adam', "
            "loss='sparse_categorical_crossentropy', metrics=['accuracy']) first"
        )
    shapes = _shapes(model)
    if shapes is None:
        return
    (_, *taken), (_, *_, classes) = shapes
    if taken[:2] != [28, 28] or np.prod(taken) != 28 * 28:
        raise ValueError(
            f"the model must take images of shape (28, 28, 1), but it takes {tuple(taken)}; start "
            "it with keras.Input((28, 28, 1)), and for a dense network keras.layers.Flatten()"
        )
    if 1 < classes <= train.labels.max():
        raise ValueError(
            f"the model tells {classes} classes apart, but there are labels up to "
            f"{train.labels.max()}; its last layer needs {train.labels.max() + 1} units or more"
        )


def _shapes(model: keras.Model) -> tuple[tuple, tuple] | None:
    """Give the shapes of a model's input and output, if it knows them before it is called."""
    try:
        return model.input_shape, model.output_shape
    except (AttributeError, ValueError):
        return None


def _why_fit(model: keras.Model) -> str | None:
    """Say why the model needs Keras's own ``fit``, if it does."""
    keras = import_keras()
    if model.run_eagerly or not model.jit_compile:
        return "the model was compiled with run_eagerly=True or jit_compile=False"
    if type(model).train_step is not keras.Model.train_step:
        return f"{type(model).__name__} has a train_step of its own"
    if keras.distribution.distribution() is not None:
        return "the model is distributed over several devices"
    return None


def _fit(
    model: keras.Model,
    data: Dataset,
    epochs: int,
    batch_size: int,
    callbacks: Sequence[keras.callbacks.Callback],
    verbose: bool,
) -> keras.callbacks.History:
    x, y = to_input(data.train.images), _targets(model, data.train.labels)
    validation = None
    if len(data.validation):
        validation = to_input(data.validation.images), _targets(model, data.validation.labels)
    return model.fit(
        x,
        y,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=validation,
        callbacks=list(callbacks),
        verbose="auto" if verbose else 0,
    )


def _to_device(model: keras.Model, split: Split) -> tuple[jax.Array, jax.Array]:
    return jax.device_put((split.images, _targets(model, split.labels)))


def _targets(model: keras.Model, labels: np.ndarray) -> np.ndarray:
    """Give labels as the model's loss wants them: one-hot for Keras's own, except sparse ones."""
    loss = import_keras().losses.get(model.loss)
    kind = loss if inspect.isfunction(loss) else type(loss)
    shapes = _shapes(model)
    classes = shapes[1][-1] if shapes else 10
    takes_numbers = "sparse" in kind.__name__.lower() or not kind.__module__.startswith("keras.")
    if takes_numbers or classes == 1:
        return labels
    return np.eye(classes, dtype=np.float32)[labels]
