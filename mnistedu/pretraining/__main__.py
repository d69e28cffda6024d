"""Train the pretrained network: ``python -m mnistedu.pretraining --pendigits pendigits-orig.tra``.

MNIST's training images, except 5,000 for validation, and the ink of 20 of the 30 writers of UCI's
pen-based digits are varied in many ways (`views`), mixed with images that are not digits
(`negatives`), and augmented during training. Each column is trained separately (`recipe`) and
calibrated by a temperature; then the columns are joined. The temperatures and the threshold are
chosen on the validation images and the ink of 4 other writers. The test images and the last 6
writers are not used here, but by ``python -m benchmarks.recognizer``. If JAX finds several devices,
each computes a part of each batch.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.data import Dataset, Split, load_digits, load_mnist
from mnistedu.preprocessing import to_input
from mnistedu.pretrained import WEIGHTS, save_weights
from mnistedu.pretrained.forward import classify, compute_features, predict_proba
from mnistedu.pretrained.network import (
    Weights,
    apply_temperature,
    build_trainable,
    fold_batch_norm,
    join_columns,
)
from mnistedu.pretraining.recipe import RECIPES, Recipe
from mnistedu.pretraining.sources import (
    VALIDATION_SHAPES,
    PenDigits,
    TrainingViews,
    draw_negatives,
    draw_views,
    read_pendigits,
)

if TYPE_CHECKING:
    import keras

TEMPERATURES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7, 2.0)
BATCH_SIZE = 128  # at least: the number of devices divides it
CONFIDENT = 0.99  # fraction of digits whose prediction is to be called confident

log = logging.getLogger("mnistedu.pretraining")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command-line arguments. By default, those of the process.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(message)s")
    log.setLevel(logging.INFO)
    data = load_digits() if options.mnist == "digits" else load_mnist(validation=5000)
    pretrain(
        data,
        read_pendigits(options.pendigits),
        options.output,
        epochs=options.epochs,
        times=options.times,
        seed=options.seed,
    )


def pretrain(
    data: Dataset,
    pens: PenDigits,
    output: str | os.PathLike[str],
    *,
    recipes: Sequence[Recipe] = RECIPES,
    epochs: int | None = None,
    times: float = 1.0,
    seed: int = 0,
) -> None:
    """Train the network and write its weights.

    Parameters
    ----------
    data : Dataset
        MNIST. Its test images are not used.
    pens : PenDigits
        Digits in ink. The test digits are not used.
    output : str or path-like
        The .npz file to write atomically. A folder next to it, whose name contains the settings and
        ends in .backup, stores the state of the training, so that the same call resumes it after
        an interruption. The folder is deleted at the end.
    recipes : sequence of Recipe, optional
        Recipe of each column. By default, all columns.
    epochs : int, optional
        Number of epochs of each cycle, instead of the recipe's.
    times : float, default=1.0
        Factor on the number of views.
    seed : int, default=0
        Random seed of the views, the initial weights and the order of training.

    Raises
    ------
    KeyboardInterrupt
        If the training was interrupted. The .npz file is unchanged.
    """
    rng = np.random.default_rng(seed)
    digits = _validation_digits(data, pens)
    negatives = draw_negatives(pens.validation, list(VALIDATION_SHAPES), round(1000 * times), rng)
    backup = Path(output).with_suffix(f".{epochs or 'all'}-{times:g}-{seed}.backup")
    columns = []
    for recipe in recipes:
        views = draw_views(
            data.train, pens.train, rng, plain=recipe.plain, times=times * recipe.times
        )
        log.info("%s: %d views to train on", recipe.column.name, len(views))
        with _all_devices():
            model = _train_column(recipe, views, digits, backup, epochs=epochs, seed=seed)
        columns.append(calibrate(fold_batch_norm(model, recipe.column), digits))
    weights = calibrate(join_columns(columns), digits)
    of_digits, of_negatives = (
        predict_proba(weights, to_input(views.images)) for views in (digits, negatives)
    )
    threshold = float(np.quantile(of_digits.max(axis=1), 1 - CONFIDENT))
    save_weights(output, weights, threshold)
    shutil.rmtree(backup)
    log.info(
        "accuracy %.2f %%, threshold %.3f: exceeded by %.1f %% of the images without a digit",
        100 * (of_digits.argmax(axis=1) == digits.labels).mean(),
        threshold,
        100 * (of_negatives.max(axis=1) >= threshold).mean(),
    )


def calibrate(weights: Weights, digits: TrainingViews) -> Weights:
    """Apply the temperature that minimizes the loss on validation digits.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights of a network or of a column.
    digits : TrainingViews
        Digits that it was not trained on.

    Returns
    -------
    weights : dict of str to ndarray
        The weights after :func:`~mnistedu.pretrained.network.apply_temperature`.
    """
    features = compute_features(weights, to_input(digits.images))
    true = np.arange(len(digits)), digits.labels
    candidates = [apply_temperature(weights, value) for value in TEMPERATURES]
    losses = [-np.log(classify(candidate, features)[true]).mean() for candidate in candidates]
    best = int(np.argmin(losses))
    log.info("temperature %.2f", TEMPERATURES[best])
    return candidates[best]


def _all_devices() -> contextlib.AbstractContextManager:
    """Return the scope in which batches are divided over all devices, if there are several."""
    distribution = import_keras().distribution
    if distribution.get_device_count() == 1:
        return contextlib.nullcontext()
    return distribution.DataParallel().scope()


def _train_column(
    recipe: Recipe,
    views: TrainingViews,
    digits: TrainingViews,
    backup: Path,
    *,
    epochs: int | None,
    seed: int,
) -> keras.Model:
    """Train a column cycle by cycle, or resume where the training was interrupted."""
    from mnistedu.training import train
    from mnistedu.training.devices import count_shards
    from mnistedu.training.schedules import one_cycle

    keras, shards = import_keras(), count_shards()
    keras.utils.set_random_seed(seed)
    model = build_trainable(recipe.column)
    # A Split has ten classes, but `train` accepts the labels of any number.
    train_split, validation = cast(Split, views), cast(Split, digits)
    data = Dataset(train_split, validation, validation, "views")
    for number, cycle in enumerate(recipe.cycles):
        model.compile(
            optimizer=keras.optimizers.AdamW(cycle.rate, weight_decay=recipe.weight_decay),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        folder = os.fspath(backup / f"{recipe.column.name}-{number}")
        history = train(
            model,
            data,
            epochs=cycle.epochs if epochs is None else epochs,
            batch_size=-(-BATCH_SIZE // shards) * shards,
            augmentation=cycle.distort,
            schedule=one_cycle,
            callbacks=[
                keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False),
                keras.callbacks.LambdaCallback(on_epoch_end=_report),
            ],
            seed=seed + number,
            verbose=False,
        )
        if model.optimizer.iterations < history.params["epochs"] * history.params["steps"]:
            raise KeyboardInterrupt(
                f"run the same command again to resume the training, which is stored in {backup}"
            )
    return model


def _report(epoch: int, logs: dict[str, float]) -> None:
    log.info("epoch %d %s", epoch + 1, {name: round(value, 4) for name, value in logs.items()})


def _validation_digits(data: Dataset, pens: PenDigits) -> TrainingViews:
    ink = np.stack([sample.ink.to_image() for sample in pens.validation])
    labels = np.array([sample.label for sample in pens.validation], np.uint8)
    return TrainingViews.join([TrainingViews(*data.validation), TrainingViews(ink, labels)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mnistedu.pretraining", description=(__doc__ or "").partition("\n\n")[2]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    parser.add_argument("--mnist", choices=["mnist", "digits"], default="mnist")
    parser.add_argument("--epochs", type=int, help="epochs of each cycle, instead of the recipe's")
    parser.add_argument("--times", type=float, default=1.0, help="factor on the number of views")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", default=str(WEIGHTS), help="the .npz file to write")
    return parser


if __name__ == "__main__":
    main()
