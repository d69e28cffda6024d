"""The classic recipes, claimed beside measured: ``python -m benchmarks.recipes``.

Trains each recipe as its tutorial wrote it, on all 60,000 training images of MNIST, with several
seeds, and measures the test images once at the end. Also trains the one with Adadelta at the rate
that Keras 3 takes when none is named.
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
    """What a tutorial says: how to train its network, and how good it gets."""

    network: str
    epochs: int
    batch_size: int
    claimed: str
    optimizer: str | None = None  # None for the one that the network comes compiled with


RECIPES = {
    "adadelta-cnn": Recipe("adadelta-cnn", epochs=10, batch_size=128, claimed="about 99 %"),
    "adadelta-cnn-default-rate": Recipe(
        "adadelta-cnn", epochs=10, batch_size=128, claimed="about 99 %", optimizer="adadelta"
    ),
    "gradio-cnn": Recipe("gradio-cnn", epochs=10, batch_size=64, claimed="98.27 %"),
    # Its tutorial names no batch size; 32 is what Keras then takes.
    "flask-mlp": Recipe("flask-mlp", epochs=13, batch_size=32, claimed="none"),
}


def measure(recipe: Recipe, data: mnistedu.Dataset, *, seed: int, epochs: int) -> dict[str, float]:
    """Train a recipe and measure it.

    Parameters
    ----------
    recipe : Recipe
    data : Dataset
    seed : int
        Decides the first weights and the order of the images.
    epochs : int

    Returns
    -------
    figures : dict
        The seed, the accuracy on the test images, and the seconds that the training took.
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
    """Print a line for each recipe: claimed, and the mean and range over the seeds."""
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
    """Run the recipes that were asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recipes", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=RECIPES, default=list(RECIPES), metavar="RECIPE"
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="SEED")
    parser.add_argument("--epochs", type=int, help="instead of each recipe's own; for a quick look")
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
