"""What watching a training costs: ``python -m benchmarks.monitor``.

Trains the same network with and without a :class:`mnistedu.TrainingMonitor`, by turns in one run,
and prints two figures, both in seconds that the processor works: how much longer the watched
training takes, and what share of it the monitor's own calls take. The first holds all that there
is, but also what the machine does otherwise, which can be many times as much; the second misses
only what the monitor might slow down beside its calls.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import mnistedu

if TYPE_CHECKING:
    import keras

EPOCHS = 5
CALLS = (
    "on_train_begin",
    "on_epoch_begin",
    "on_train_batch_end",
    "on_epoch_end",
    "on_train_end",
    "_repr_mimebundle_",
)


def main() -> None:
    """Train by turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    data = mnistedu.load_mnist(validation=5000)
    for name, build in {"MLP": mnistedu.build_mlp, "CNN": mnistedu.build_cnn}.items():
        train(build(), data, epochs=1, watched=True)  # what is compiled once for all is left out
        plain, watched, shares = [], [], []
        for _ in range(options.turns):
            plain.append(train(build(), data, options.epochs, watched=False)[0])
            seconds, own = train(build(), data, options.epochs, watched=True)
            watched.append(seconds)
            shares.append(own / seconds)
            print(
                f"{name}: {plain[-1]:.1f} s without, {seconds:.1f} s with the monitor", flush=True
            )
        medians, minima = (pick(watched) / pick(plain) - 1 for pick in (statistics.median, min))
        print(
            f"{name}: {100 * medians:+.1f} % by the medians, {100 * minima:+.1f} % by the minima, "
            f"{100 * statistics.median(shares):.1f} % in the monitor's calls",
            flush=True,
        )


def train(
    model: keras.Model, data: mnistedu.Dataset, epochs: int, *, watched: bool
) -> tuple[float, float]:
    """Train a network; give the processor's seconds for it, and for the monitor's calls alone."""
    own, whole = Stopwatch(), Stopwatch()
    monitor = mnistedu.TrainingMonitor(data)
    for name in CALLS:
        setattr(monitor, name, own.timed(getattr(monitor, name)))
    whole.timed(mnistedu.train)(
        model, data, epochs=epochs, callbacks=[monitor] * watched, verbose=False
    )
    if watched:  # the picture that it leaves in a notebook
        whole.timed(monitor._repr_mimebundle_)()
    return whole.seconds, own.seconds


class Stopwatch:
    """Adds up the seconds that the processor works during some calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable) -> Callable:
        """Give the same function, with its time taken."""

        def call(*arguments: object, **options: object) -> object:
            began = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds += time.process_time() - began

        return call


if __name__ == "__main__":
    main()
