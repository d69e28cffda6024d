"""Training: any compiled Keras model on a data set of digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from mnistedu._backend import import_keras
from mnistedu.preprocessing import to_input

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Dataset


def train(
    model: keras.Model,
    data: Dataset,
    *,
    epochs: int = 5,
    batch_size: int = 128,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: bool = True,
) -> keras.callbacks.History:
    """Train a compiled model on the training split, watching the validation split.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    data : Dataset
        Trains on ``data.train``; measures ``data.validation`` after each epoch unless it is empty.
    epochs : int, default=5
        How often each training image is seen.
    batch_size : int, default=128
        Images per step.
    callbacks : sequence of keras.callbacks.Callback, default=()
        Keras callbacks.
    verbose : bool, default=True
        Whether to show a progress bar.

    Returns
    -------
    history : keras.callbacks.History
        ``history.history`` maps each measure to its value after each epoch.
    """
    keras = import_keras()
    steps = -(-len(data.train) // batch_size)
    with tqdm(total=epochs * steps, unit="step", disable=not verbose) as bar:
        progress = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: bar.update(),
            on_epoch_end=lambda epoch, logs: bar.set_postfix(logs),
        )
        validation = data.validation
        return model.fit(
            to_input(data.train.images),
            data.train.labels,
            epochs=epochs,
            batch_size=batch_size,
            validation_data=(to_input(validation.images), validation.labels)
            if len(validation)
            else None,
            callbacks=[*callbacks, progress],
            verbose=0,
        )
