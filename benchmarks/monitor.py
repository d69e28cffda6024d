"""Overhead of the training monitor: ``python -m benchmarks.monitor``.

Trains the same network alternately with and without a :class:`mnistedu.TrainingMonitor`, and prints
two figures in CPU time: how much longer training takes with the monitor, and the fraction of it
spent in the monitor's methods. The first includes every effect of the monitor, but also noise from
the rest of the machine, which can be much larger; the second excludes only effects of the monitor
outside its methods.
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
    """Train alternately and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    data = mnistedu.load_mnist(validation=5000)
    for name, build in {"MLP": mnistedu.build_mlp, "CNN": mnistedu.build_cnn}.items():
        train(build(), data, epochs=1, watched=True)  # compile first
        plain, watched, fractions = [], [], []
        for _ in range(options.turns):
            plain.append(train(build(), data, options.epochs, watched=False)[0])
            seconds, own = train(build(), data, options.epochs, watched=True)
            watched.append(seconds)
            fractions.append(own / seconds)
            print(
                f"{name}: {plain[-1]:.1f} s without, {seconds:.1f} s with the monitor", flush=True
            )
        medians, minima = (pick(watched) / pick(plain) - 1 for pick in (statistics.median, min))
        print(
            f"{name}: {100 * medians:+.1f} % by the medians, {100 * minima:+.1f} % by the minima, "
            f"{100 * statistics.median(fractions):.1f} % in the monitor's calls",
            flush=True,
        )


def train(
    model: keras.Model, data: mnistedu.Dataset, epochs: int, *, watched: bool
) -> tuple[float, float]:
    """Train a network; return the CPU seconds in total and in the monitor's methods."""
    own, total = Stopwatch(), Stopwatch()
    monitor = mnistedu.TrainingMonitor(data)
    for name in CALLS:
        setattr(monitor, name, own.timed(getattr(monitor, name)))
    total.timed(mnistedu.train)(
        model, data, epochs=epochs, callbacks=[monitor] * watched, verbose=False
    )
    if watched:  # its static image for the notebook
        total.timed(monitor._repr_mimebundle_)()
    return total.seconds, own.seconds


class Stopwatch:
    """Sum of the CPU seconds of calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable) -> Callable:
        """Return a function that measures the time of each call."""

        def call(*arguments: object, **options: object) -> object:
            begin = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds += time.process_time() - begin

        return call


if __name__ == "__main__":
    main()
