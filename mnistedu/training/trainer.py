"""Fast training of compiled Keras models on a data set of digits.

The interface is Keras's: models, optimizers, losses, metrics, callbacks and ``History``.
Internally, the images are stored on the devices as bytes and shuffled there, and many steps run as
one compiled program instead of separate calls from Python.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras, release_memory
from mnistedu.inference import CLASSES
from mnistedu.inference.keras_model import image_shape
from mnistedu.preprocessing import to_input
from mnistedu.training.arguments import check_arguments, count_outputs
from mnistedu.training.augmentation import augment
from mnistedu.training.batch_statistics import make_statistics_update
from mnistedu.training.compilation_cache import enable_compilation_cache
from mnistedu.training.devices import check_devices, divide_images, to_devices
from mnistedu.training.loop import Loop, make_validation
from mnistedu.training.progress import Progress
from mnistedu.training.schedules import one_cycle
from mnistedu.training.steps import Augmentation, Schedule, has_learning_rate, training_step

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Dataset

_LARGE_GAP = 0.3  # between training and validation accuracy


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
    """Train a compiled model on the training images and evaluate it on the validation images.

    Parameters
    ----------
    model : keras.Model
        A compiled model of float32 images in [0, 1] of shape (n, 28, 28, 1), (n, 28, 28) or
        (n, 784). If its optimizer averages the weights (``use_ema=True``), the trained model has
        the average.
    data : Dataset
        The model is trained on ``data.train`` and evaluated on ``data.validation`` after each
        epoch, unless it is empty. ``data.test`` is not used.
    epochs : int, default=5
        Number of epochs.
    batch_size : int, default=128
        Number of images per step, limited to the number of images. If the last batch of an epoch is
        short, it is filled up with the first images of that epoch. On several devices, a multiple
        of their number.
    callbacks : sequence of keras.callbacks.Callback, default=()
        Keras callbacks. Their batch hooks are called once per compiled program, about twice a
        second, as Keras does with ``steps_per_execution``: ``on_train_batch_begin`` with the
        program's first batch, ``on_train_batch_end`` with its last one and the metrics so far.
    augmentation : callable or None, default=mnistedu.training.augmentation.augment
        Applied to the images of each step: a function of a random key and float32 images of shape
        (n, 28, 28) in [0, 1] that returns such images. It is compiled with the step. None for no
        augmentation.
    schedule : callable or None, default=mnistedu.training.schedules.one_cycle
        A function from the progress of training, from 0 to 1, to a factor on the optimizer's
        learning rate. None for a constant learning rate. An optimizer with a schedule of its own
        keeps it.
    seed : int, default=0
        Random seed of the order of the images and of the augmentation. On the same machine, the
        same model, data and seed result in the same weights.
    verbose : bool, default=True
        Whether to show a progress bar.

    Returns
    -------
    history : keras.callbacks.History
        ``history.history`` maps each metric to its values after each epoch.

    Raises
    ------
    TypeError
        If `model` is not a Keras model, `data` not a Dataset, or `augmentation` or `schedule` not
        callable.
    ValueError
        If the model is not compiled or does not match the data, there are no training images,
        `epochs` or `batch_size` is not a positive whole number, `seed` is not a whole number,
        `augmentation` or `schedule` fails or cannot be used with this model, or the model or the
        batches cannot be divided over the devices of ``keras.distribution``.

    Warns
    -----
    UserWarning
        If training was interrupted (by Ctrl-C or the kernel's stop button), or stopped because the
        loss became NaN or infinite. The model then has the weights of its best epoch, the one with
        the lowest validation loss. Also if the model requires Keras's own ``fit``, which is slower
        and has no augmentation or schedule; the warning contains the reason. Also if the accuracy
        on the training images exceeds that on the validation images by more than 30 percentage
        points.

    Notes
    -----
    After each epoch, the moving averages of batch normalization are replaced by averages over
    batches of up to 2,000 training images with the current weights, because the moving averages of
    a short training lag behind.

    In the scope of a ``keras.distribution``, in which the model has to be built as well, each
    device stores a part of the images and computes a part of each batch. The result is the same as
    on one device, up to rounding.

    Examples
    --------
    >>> import mnistedu
    >>> import keras
    >>> digits = mnistedu.load_digits()
    >>> history = train(mnistedu.build_mlp(), digits, epochs=2, verbose=False)
    >>> sorted(history.history)
    ['accuracy', 'loss', 'val_accuracy', 'val_loss']

    On all devices:

    >>> with keras.distribution.DataParallel().scope():
    ...     history = train(mnistedu.build_mlp(), digits, epochs=1, verbose=False)
    """
    check_arguments(model, data, epochs, batch_size, augmentation, schedule, seed)
    batch_size = min(batch_size, len(data.train))
    enable_compilation_cache()
    if reason := _why_fit(model):
        if augmentation not in (None, augment) or schedule not in (None, one_cycle):
            raise ValueError(f"augmentation and schedule cannot be used: {reason}")
        message = f"training with Keras's own fit, slower and without augmentation: {reason}"
        warnings.warn(message, stacklevel=2)
        return _fit(model, data, epochs, batch_size, callbacks, verbose)
    if schedule is one_cycle and not has_learning_rate(model):
        schedule = None

    check_devices(model, batch_size, len(data.train))
    model._symbolic_build(
        data_batch=(_inputs(model, data.train.images[:1]), _targets(model, data.train.labels[:1]))
    )
    steps_per_epoch = -(-len(data.train) // batch_size)
    step = training_step(
        model,
        batch_size=batch_size,
        steps_per_epoch=steps_per_epoch,
        epochs=epochs,
        augmentation=augmentation,
        schedule=schedule,
    )
    with Progress(epochs, len(data.train), verbose=verbose) as progress:
        loop = Loop(
            model,
            step,
            divide_images(data.train.images),
            to_devices(_targets(model, data.train.labels)),
            validate=make_validation(
                model, data.validation.images, _targets(model, data.validation.labels)
            ),
            update_statistics=make_statistics_update(model, batch_size=batch_size),
            epochs=epochs,
            steps_per_epoch=steps_per_epoch,
            callbacks=callbacks,
            progress=progress,
        )
        loop.run(seed)
    del loop, step
    release_memory()
    _warn_of_gap(model.history.history)
    return model.history


def _warn_of_gap(history: dict[str, list[float]]) -> None:
    """Warn if the last epoch's training accuracy is much higher than its validation accuracy."""
    training, validation = (
        history.get(name, [math.nan])[-1] for name in ("accuracy", "val_accuracy")
    )
    if training - validation > _LARGE_GAP:
        warnings.warn(
            f"the model classifies {training:.0%} of the training images correctly, but only "
            f"{validation:.0%} of the validation images: it has memorized the training images or "
            "needs more steps. Train with more images, with augmentation or for more epochs, or "
            "try a smaller learning rate",
            stacklevel=3,
        )


def _why_fit(model: keras.Model) -> str | None:
    """Return the reason why a model requires Keras's own ``fit``, or None."""
    keras = import_keras()
    if model.run_eagerly or not model.jit_compile:
        return "the model was compiled with run_eagerly=True or jit_compile=False"
    if type(model).train_step is not keras.Model.train_step:
        return f"{type(model).__name__} has a train_step of its own"
    return None


def _fit(
    model: keras.Model,
    data: Dataset,
    epochs: int,
    batch_size: int,
    callbacks: Sequence[keras.callbacks.Callback],
    verbose: bool,
) -> keras.callbacks.History:
    x, y = _inputs(model, data.train.images), _targets(model, data.train.labels)
    validation = None
    if len(data.validation):
        validation = _inputs(model, data.validation.images), _targets(model, data.validation.labels)
    return model.fit(
        x,
        y,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=validation,
        callbacks=list(callbacks),
        verbose="auto" if verbose else 0,
    )


def _inputs(model: keras.Model, images: np.ndarray) -> np.ndarray:
    return to_input(images).reshape(-1, *image_shape(model))


def _targets(model: keras.Model, labels: np.ndarray) -> np.ndarray:
    """Return labels as the loss expects them: one-hot for Keras's losses, except sparse ones."""
    loss = import_keras().losses.get(model.loss)
    kind = loss if inspect.isfunction(loss) else type(loss)
    classes = count_outputs(model) or CLASSES
    takes_integers = "sparse" in kind.__name__.lower() or not kind.__module__.startswith("keras.")
    if takes_integers or classes == 1:
        return labels
    return np.eye(classes, dtype=np.float32)[labels]
