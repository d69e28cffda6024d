"""What watching a training costs: ``python -m benchmarks.monitor``.

Trains the same network with and without a :class:`mnistedu.TrainingMonitor`, by turns in one run,
and prints the ratio of the seconds that the processor works. Other programs on the machine change
the time on the clock, but hardly that.
"""

from __future__ import annotations

import argparse
import statistics
import time

import mnistedu

EPOCHS = 5


def main() -> None:
    """Train by turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    data = mnistedu.load_mnist(validation=5000)
    for name, build in {"MLP": mnistedu.build_mlp, "CNN": mnistedu.build_cnn}.items():
        seconds(build, data, 1, watched=True)  # what is compiled once for all is left out
        ratios = []
        for _ in range(options.turns):
            plain = seconds(build, data, options.epochs, watched=False)
            watched = seconds(build, data, options.epochs, watched=True)
            ratios.append(watched / plain)
            print(f"{name}: {plain:.1f} s without, {watched:.1f} s with the monitor", flush=True)
        print(f"{name}: {100 * (statistics.median(ratios) - 1):+.1f} % (median)", flush=True)


def seconds(build, data: mnistedu.Dataset, epochs: int, *, watched: bool) -> float:
    """Train a new network, and give the seconds that the processor worked for it."""
    model = build()
    callbacks = [mnistedu.TrainingMonitor(data)] if watched else []
    began = time.process_time()
    mnistedu.train(model, data, epochs=epochs, callbacks=callbacks, verbose=False)
    if watched:
        callbacks[0]._repr_mimebundle_()  # the picture that it leaves in a notebook
    return time.process_time() - began


if __name__ == "__main__":
    main()
