"""How much each compiled kernel speeds up training: ``python -m benchmarks.kernels``.

Trains each network with all kernels, with all but one, and with none, by the environment variable
``MNISTEDU_KERNELS``. The sides of a network alternate in one run, so that a busy machine slows them
alike. The table says how many times longer an epoch takes without a kernel.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from unittest.mock import patch

import mnistedu
from benchmarks import keras_side
from benchmarks.machine import describe, sentence, sgemm_rate
from mnistedu._backend import import_keras
from mnistedu.data import Split
from mnistedu.layers.kernels.availability import NAMES, is_available
from mnistedu.layers.kernels.target import registers

keras = import_keras()

PACKAGES = ("keras", "jax", "llvmlite", "numpy")
LAYERS = {
    "conv2d": keras.layers.Conv2D,
    "max_pool": keras.layers.MaxPooling2D,
    "matmul": keras.layers.Dense,
    "dropout": keras.layers.Dropout,
}
NETWORKS: dict[str, tuple[Callable[[], keras.Model], int]] = {
    "adadelta-cnn": (lambda: mnistedu.build_recipe("adadelta-cnn"), 128),
    "gradio-cnn": (lambda: mnistedu.build_recipe("gradio-cnn"), 64),
    "flask-mlp": (lambda: mnistedu.build_recipe("flask-mlp"), 32),
    "build_cnn": (mnistedu.build_cnn, 128),
}


def find_kernels(model: keras.Model) -> list[str]:
    """Return the names of the kernels that a model has layers for."""
    return [name for name, kind in LAYERS.items() if any(isinstance(a, kind) for a in model.layers)]


def measure(name: str, split: Split, turns: int) -> dict[str, list[float]]:
    """Measure the seconds of an epoch with all kernels, with all but one, and with none.

    Parameters
    ----------
    name : str
        One of ``NETWORKS``.
    split : Split
        The training images.
    turns : int
        How often to measure each side.

    Returns
    -------
    seconds : dict
        For each side, one number for each turn.
    """
    build, batch_size = NETWORKS[name]
    sides = {"all": ",".join(NAMES)}
    for kernel in find_kernels(build()):
        sides[f"all but {kernel}"] = ",".join(other for other in NAMES if other != kernel)
    sides["none"] = "0"
    seconds = {side: [] for side in sides}
    for _ in range(turns):
        for side, setting in sides.items():
            with patch.dict(os.environ, MNISTEDU_KERNELS=setting):
                seconds[side].append(keras_side.epoch_by_train(build(), split, batch_size))
    return seconds


def print_rows(name: str, seconds: dict[str, list[float]]) -> None:
    """Print the rows of a network."""
    label = f"{name}, batch {NETWORKS[name][1]}"
    fastest = statistics.median(seconds["all"])
    for side, values in seconds.items():
        median = statistics.median(values)
        figures = [f"{median:.3g} s", f"{min(values):.3g} s", f"{median / fastest:.2f}x"]
        print("|", " | ".join([label, side, *figures]), "|", flush=True)
        label = ""


def main(arguments: list[str] | None = None) -> None:
    """Measure the networks that were asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NETWORK"
    )
    parser.add_argument("--turns", type=int, default=3, help="turns of each side (default: 3)")
    parser.add_argument("--images", type=int, default=6_000, help="how many (default: 6000)")
    options = parser.parse_args(arguments)
    if not is_available("conv2d"):
        sys.exit("there is nothing to measure: the kernels do not work or are switched off here")
    split = mnistedu.load_mnist(validation=0).train[: options.images]
    machine = describe(PACKAGES) | {
        "vector registers": f"{registers().count} of {registers().lanes} floats",
        "sgemm, GFLOP/s": round(sgemm_rate() / 1e9, 1),
    }
    print(sentence(machine), end="\n\n")
    print(
        f"| network: an epoch of {len(split):,} images | kernels | median | minimum | against all |"
    )
    print("|---|---|--:|--:|--:|")
    for name in options.only:
        print_rows(name, measure(name, split, options.turns))


if __name__ == "__main__":
    main()
