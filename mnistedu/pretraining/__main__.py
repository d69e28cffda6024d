"""Train the shipped network: ``python -m mnistedu.pretraining --pendigits pendigits-orig.tra``.

MNIST's training images, less 5,000 that are held back, and the ink of 20 of the 30 writers of
UCI's pen-based digits are drawn in many ways (`views`), mixed with what is no digit (`negatives`),
and bent while training. Each column is trained by itself (`recipe`) and gets the temperature that
suits it; then they are put side by side. The temperatures and the threshold are chosen on the
held-back images and the ink of 4 other writers. The test images and the last 6 writers are not
looked at: they are for ``python -m benchmarks.recognizer``.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.data import Dataset, load_digits, load_mnist
from mnistedu.preprocessing import to_input
from mnistedu.pretrained import WEIGHTS, save_weights
from mnistedu.pretrained.forward import answer, decide, features
from mnistedu.pretrained.network import Weights, build_trainable, cool, fold, join
from mnistedu.pretraining.recipe import RECIPES, Recipe
from mnistedu.pretraining.sources import (
    VALIDATION_SHAPES,
    PenDigits,
    Views,
    draw_negatives,
    read_pendigits,
    training_views,
)

if TYPE_CHECKING:
    import keras

TEMPERATURES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7, 2.0)
KEPT = 0.99  # of true digits are to be called confident

log = logging.getLogger("mnistedu.pretraining")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.
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
        MNIST. Its test images are left alone.
    pens : PenDigits
        Digits in ink. Those for the test are left alone.
    output : str or path-like
        The .npz file to write, whole or not at all. A folder beside it, whose name has the
        settings and ends in .backup, keeps what has been trained so far: after an interruption the
        same call goes on from there. In the end it is gone.
    recipes : sequence of Recipe, optional
        Of the columns that the network is to have, all by default.
    epochs : int, optional
        How long each cycle is, by default as long as the recipe says.
    times : float, default=1.0
        A factor on the number of views.
    seed : int, default=0
        Decides the views, the first weights, and the order of training.

    Raises
    ------
    KeyboardInterrupt
        If the training was interrupted. The .npz file is as it was.
    """
    rng = np.random.default_rng(seed)
    digits = _validation_digits(data, pens)
    strangers = draw_negatives(pens.validation, list(VALIDATION_SHAPES), round(1000 * times), rng)
    backup = Path(output).with_suffix(f".{epochs or 'all'}-{times:g}-{seed}.backup")
    columns = []
    for recipe in recipes:
        views = training_views(
            data.train, pens.train, rng, plain=recipe.plain, times=times * recipe.times
        )
        log.info("%s: %d views to train on", recipe.column.name, len(views))
        model = _train_column(
            recipe, Dataset(views, digits, digits, "views"), backup, epochs=epochs, seed=seed
        )
        columns.append(calibrate(fold(model, recipe.column), digits))
    weights = calibrate(join(columns), digits)
    digits_answers, strangers_answers = (
        answer(weights, to_input(part.images)) for part in (digits, strangers)
    )
    threshold = float(np.quantile(digits_answers.max(axis=1), 1 - KEPT))
    save_weights(output, weights, threshold)
    shutil.rmtree(backup)
    log.info(
        "accuracy %.2f %%, threshold %.3f: %.1f %% of what is no digit is above",
        100 * (digits_answers.argmax(axis=1) == digits.labels).mean(),
        threshold,
        100 * (strangers_answers.max(axis=1) >= threshold).mean(),
    )


def calibrate(weights: Weights, digits: Views) -> Weights:
    """Choose the temperature that suits some digits best.

    Parameters
    ----------
    weights : dict of str to ndarray
        Of a network, or of a column by itself.
    digits : Views
        Digits that it was not trained on.

    Returns
    -------
    weights : dict of str to ndarray
        Of the temperatures tried, those under which the true labels are the most likely.
    """
    seen = features(weights, to_input(digits.images))
    truth = np.arange(len(digits)), digits.labels
    candidates = [cool(weights, value) for value in TEMPERATURES]
    losses = [-np.log(decide(candidate, seen)[truth]).mean() for candidate in candidates]
    best = int(np.argmin(losses))
    log.info("temperature %.2f", TEMPERATURES[best])
    return candidates[best]


def _train_column(
    recipe: Recipe, data: Dataset, backup: Path, *, epochs: int | None, seed: int
) -> keras.Model:
    """Train a column, cycle by cycle, or go on where it was interrupted."""
    from mnistedu.training import train
    from mnistedu.training.schedules import one_cycle

    keras = import_keras()
    keras.utils.set_random_seed(seed)
    model = build_trainable(recipe.column)
    for number, cycle in enumerate(recipe.cycles):
        model.compile(
            optimizer=keras.optimizers.AdamW(cycle.rate, weight_decay=recipe.weight_decay),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        kept = os.fspath(backup / f"{recipe.column.name}-{number}")
        history = train(
            model,
            data,
            epochs=cycle.epochs if epochs is None else epochs,
            augmentation=cycle.distort,
            schedule=one_cycle,
            callbacks=[
                keras.callbacks.BackupAndRestore(kept, delete_checkpoint=False),
                keras.callbacks.LambdaCallback(on_epoch_end=_report),
            ],
            seed=seed + number,
            verbose=False,
        )
        if model.optimizer.iterations < history.params["epochs"] * history.params["steps"]:
            raise KeyboardInterrupt(
                f"to go on with the training, which is kept in {backup}, run again"
            )
    return model


def _report(epoch: int, logs: dict[str, float]) -> None:
    log.info("epoch %d %s", epoch + 1, {name: round(value, 4) for name, value in logs.items()})


def _validation_digits(data: Dataset, pens: PenDigits) -> Views:
    ink = np.stack([sample.ink.to_image() for sample in pens.validation])
    labels = np.array([sample.label for sample in pens.validation], np.uint8)
    return Views.join([Views(*data.validation), Views(ink, labels)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mnistedu.pretraining", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    parser.add_argument("--mnist", choices=["mnist", "digits"], default="mnist")
    parser.add_argument("--epochs", type=int, help="of each cycle, instead of the recipe's")
    parser.add_argument("--times", type=float, default=1.0, help="factor on the number of views")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", default=str(WEIGHTS), help="the .npz file to write")
    return parser


if __name__ == "__main__":
    main()
