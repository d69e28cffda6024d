"""Claimed and measured accuracy of classic recipes: ``python -m benchmarks.recipes``.

Trains each recipe as in its tutorial, on all 60,000 training images of MNIST, with several seeds,
and evaluates it on the test images once at the end. Also trains the recipe with Adadelta at the
default learning rate of Keras 3.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass

import mnistedu
from benchmarks.machine import describe, sentence
from mnistedu._backend import import_keras

keras = import_keras()


@dataclass(frozen=True)
class Recipe:
    """Training settings and claimed accuracy of a tutorial."""

    network: str
    epochs: int
    batch_size: int
    claimed: str
    optimizer: str | None = None  # None for that of the network


RECIPES = {
    "adadelta-cnn": Recipe("adadelta-cnn", epochs=10, batch_size=128, claimed="about 99 %"),
    "adadelta-cnn-default-rate": Recipe(
        "adadelta-cnn", epochs=10, batch_size=128, claimed="about 99 %", optimizer="adadelta"
    ),
    "gradio-cnn": Recipe("gradio-cnn", epochs=10, batch_size=64, claimed="98.27 %"),
    # Its tutorial does not set the batch size, for which Keras's default is 32.
    "flask-mlp": Recipe("flask-mlp", epochs=13, batch_size=32, claimed="none"),
}


def measure(recipe: Recipe, data: mnistedu.Dataset, *, seed: int, epochs: int) -> dict[str, float]:
    """Train and evaluate a recipe.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    data : Dataset
        MNIST.
    seed : int
        Random seed of the initial weights and the order of the images.
    epochs : int
        Number of epochs.

    Returns
    -------
    figures : dict
        The seed, the accuracy on the test images, and the seconds of the training.
    """
    keras.utils.set_random_seed(seed)
    model = mnistedu.build_recipe(recipe.network)
    if recipe.optimizer:
        model.compile(recipe.optimizer, loss=model.loss, metrics=["accuracy"])
    start = time.perf_counter()
    mnistedu.train(
        model,
        data,
        epochs=epochs,
        batch_size=recipe.batch_size,
        augmentation=None,
        schedule=None,
        seed=seed,
        verbose=False,
    )
    seconds = time.perf_counter() - start
    accuracy = mnistedu.evaluate(model, data.test).accuracy
    return {"seed": seed, "accuracy": accuracy, "seconds": seconds}


def print_table(runs: dict[str, list[dict[str, float]]], epochs: int | None) -> None:
    """Print the claimed accuracy of each recipe, and the mean and range over the seeds."""
    print("| recipe | epochs | claimed | measured, mean | range | seeds |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, figures in runs.items():
        recipe = RECIPES[name]
        accuracies = [each["accuracy"] for each in figures]
        cells = (
            name,
            str(epochs or recipe.epochs),
            recipe.claimed,
            f"{statistics.mean(accuracies):.2%}",
            f"{min(accuracies):.2%} to {max(accuracies):.2%}",
            str(len(figures)),
        )
        print("|", " | ".join(cells), "|")


def main(arguments: list[str] | None = None) -> None:
    """Run the recipes and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recipes", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=RECIPES, default=list(RECIPES), metavar="RECIPE"
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="SEED")
    parser.add_argument("--epochs", type=int, help="number of epochs, instead of each recipe's")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    data = mnistedu.load_mnist(validation=0)
    runs = {}
    for name in options.only:
        epochs = options.epochs or RECIPES[name].epochs
        runs[name] = []
        for seed in options.seeds:
            runs[name].append(measure(RECIPES[name], data, seed=seed, epochs=epochs))
            print("{}, seed {seed}: {accuracy:.2%}".format(name, **runs[name][-1]), file=sys.stderr)
    if options.json:
        json.dump({"machine": describe(), "runs": runs}, sys.stdout, indent=2)
        return
    print(sentence(describe()), end="\n\n")
    print_table(runs, options.epochs)


if __name__ == "__main__":
    main()
