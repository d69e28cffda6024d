"""Train the shipped network: ``python -m mnistedu.pretrain --pendigits pendigits-orig.tra``.

MNIST's training images, less 5,000 that are held back, and the ink of 20 of the 30 writers of
UCI's pen-based digits are drawn in many ways (`views`), mixed with what is no digit (`negatives`),
and bent while training. Temperature and threshold are chosen on the held-back images and the ink of
4 other writers. The test images and the last 6 writers are not looked at: they are for
``python -m benchmarks.recognizer``.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.data import Dataset, load_digits, load_mnist
from mnistedu.preprocessing import to_input
from mnistedu.pretrain.sources import (
    VALIDATION_SHAPES,
    PenDigits,
    Views,
    draw_negatives,
    read_pendigits,
    training_views,
)
from mnistedu.pretrained import WEIGHTS, save_weights
from mnistedu.pretrained.forward import answer
from mnistedu.pretrained.network import Weights, build_trainable, fold

if TYPE_CHECKING:
    import keras

RATE = 3e-3  # the highest learning rate
TEMPERATURES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7, 2.0)
KEPT = 0.99  # of true digits are to be called confident

log = logging.getLogger("mnistedu.pretrain")


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
    epochs: int,
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
    epochs : int
        How often each view is seen.
    times : float, default=1.0
        A factor on the number of views.
    seed : int, default=0
        Decides the views, the first weights, and the order of training.

    Raises
    ------
    KeyboardInterrupt
        If the training was interrupted. The .npz file is as it was.
    """
    from mnistedu.augmentation import augment
    from mnistedu.schedules import one_cycle
    from mnistedu.training import train

    keras = import_keras()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    views = training_views(data.train, pens.train, rng, times=times)
    digits = _validation_digits(data, pens)
    strangers = draw_negatives(pens.validation, list(VALIDATION_SHAPES), round(1000 * times), rng)
    log.info("%d views to train on, %d digits to choose by", len(views), len(digits))

    model = build_trainable()
    model.compile(
        optimizer=keras.optimizers.AdamW(RATE, weight_decay=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    backup = Path(output).with_suffix(f".{epochs}-{times:g}-{seed}.backup")
    history = train(
        model,
        Dataset(views, digits, digits, "views"),
        epochs=epochs,
        augmentation=partial(augment, rotate=12, scale=0.12, shear=0.15, elastic=0.8),
        schedule=one_cycle,
        callbacks=[
            keras.callbacks.BackupAndRestore(os.fspath(backup), delete_checkpoint=False),
            keras.callbacks.LambdaCallback(on_epoch_end=_report),
        ],
        seed=seed,
        verbose=False,
    )
    if model.optimizer.iterations < epochs * history.params["steps"]:
        raise KeyboardInterrupt(f"to go on with the training, which is kept in {backup}, run again")
    weights = calibrate(model, digits)
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


def calibrate(model: keras.Model, digits: Views) -> Weights:
    """Take the weights out of a trained network, at the temperature that suits some digits best.

    Parameters
    ----------
    model : keras.Model
        From :func:`mnistedu.pretrained.network.build_trainable`.
    digits : Views
        Digits that it was not trained on.

    Returns
    -------
    weights : dict of str to ndarray
        Of the temperatures tried, those under which the true labels are the most likely.
    """
    x, truth = to_input(digits.images), (np.arange(len(digits)), digits.labels)
    candidates = [fold(model, temperature=value) for value in TEMPERATURES]
    losses = [-np.log(answer(weights, x)[truth]).mean() for weights in candidates]
    best = int(np.argmin(losses))
    log.info("temperature %.2f", TEMPERATURES[best])
    return candidates[best]


def _report(epoch: int, logs: dict[str, float]) -> None:
    log.info("epoch %d %s", epoch + 1, {name: round(value, 4) for name, value in logs.items()})


def _validation_digits(data: Dataset, pens: PenDigits) -> Views:
    ink = np.stack([sample.ink.to_image() for sample in pens.validation])
    labels = np.array([sample.label for sample in pens.validation], np.uint8)
    return Views.join([Views(*data.validation), Views(ink, labels)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mnistedu.pretrain", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    parser.add_argument("--mnist", choices=["mnist", "digits"], default="mnist")
    parser.add_argument("--epochs", type=int, default=17)
    parser.add_argument("--times", type=float, default=1.0, help="factor on the number of views")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", default=str(WEIGHTS), help="the .npz file to write")
    return parser


if __name__ == "__main__":
    main()
