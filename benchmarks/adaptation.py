"""What teaching the recogniser a hand brings: ``python -m benchmarks.adaptation``.

Give the ink of UCI's pen-based digits with ``--pendigits pendigits-orig.tra``; MNIST is found as
``mnistedu.load_mnist`` finds it. The recogniser learns from five samples of each digit by one
writer, and is tested on the others of that writer and on MNIST's test images; several times, each
time with other samples. The six writers were used neither for the shipped weights nor to choose how
they are adapted. With ``--validation`` it does the same with the four writers to choose by, and
MNIST's validation images.

The shipped network leaves hardly anything to learn. With ``--model`` it is another that is taught,
such as one that has seen MNIST alone: ``mnistedu train cnn --output cnn.keras`` makes one. With
``--halves`` it is two networks like the shallow column of the shipped one, each of which is trained
here on one half of its twenty writers (half an hour on two cores) and taught the hands of the
others.
"""

from __future__ import annotations

import argparse
import logging
import statistics
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import mnistedu
from benchmarks.machine import seconds
from mnistedu.data import Dataset, Split
from mnistedu.ink import UnipenSample
from mnistedu.pretraining.__main__ import pretrain
from mnistedu.pretraining.recipe import RECIPES
from mnistedu.pretraining.sources import PenDigits, read_pendigits

PER_DIGIT = 5
EPOCHS = 8  # of the networks that are trained here


@dataclass(frozen=True)
class Outcome:
    """What became of one writer's drawings that were not learnt from, and of MNIST."""

    tested: int
    wrong_before: int
    wrong_after: int
    mnist_lost: float  # percentage points
    seconds: float


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.adaptation", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    parser.add_argument("--model", help="a .keras file to teach instead of the shipped network")
    parser.add_argument("--validation", action="store_true", help="use what is for choosing")
    parser.add_argument("--halves", action="store_true", help="train anew without half the writers")
    parser.add_argument("--repeats", type=int, default=5, help="other samples each time")
    options = parser.parse_args()
    pens, data = read_pendigits(options.pendigits), mnistedu.load_mnist(validation=5000)
    model = mnistedu.load_model(options.model) if options.model else None
    cases = [(mnistedu.Recognizer(model), pens.validation if options.validation else pens.test)]
    if options.halves:
        cases = train_on_halves(pens, data)
    images = data.validation if options.validation else data.test

    print("writer  tested  wrong before  wrong after  lost on MNIST  seconds")
    everything = []
    for recognizer, samples in cases:
        mnist_before = accuracy(recognizer, images)
        for writer in sorted({sample.writer for sample in samples}):
            drawings = [sample for sample in samples if sample.writer == writer]
            outcomes = [
                measure(recognizer, drawings, images, mnist_before, np.random.default_rng(repeat))
                for repeat in range(options.repeats)
            ]
            print(row(str(writer), outcomes), flush=True)
            everything += outcomes
    print(row("all", everything))


def train_on_halves(
    pens: PenDigits, data: Dataset
) -> list[tuple[mnistedu.Recognizer, list[UnipenSample]]]:
    """Train on every other writer, and on those between; with each network come the others."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    writers = sorted({sample.writer for sample in pens.train})
    cases = []
    for half in (writers[::2], writers[1::2]):
        seen = [sample for sample in pens.train if sample.writer in half]
        unseen = [sample for sample in pens.train if sample.writer not in half]
        with TemporaryDirectory() as folder:
            path = Path(folder, "weights.npz")
            pretrain(data, replace(pens, train=seen), path, recipes=RECIPES[:1], epochs=EPOCHS)
            cases.append((mnistedu.Recognizer(weights=path), unseen))
    return cases


def measure(
    recognizer: mnistedu.Recognizer,
    drawings: list[UnipenSample],
    mnist: Split,
    mnist_before: float,
    rng: np.random.Generator,
) -> Outcome:
    """Teach from some drawings of a writer, and test on the others."""
    labels = np.array([drawing.label for drawing in drawings])
    chosen = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == digit))[:PER_DIGIT] for digit in range(10)]
    )
    samples = mnistedu.Samples()
    for index in rng.permutation(chosen):
        samples.add(drawings[index].ink, labels[index])
    others = np.setdiff1d(np.arange(len(drawings)), chosen)
    unseen = Split(np.stack([drawings[i].ink.to_image() for i in others]), labels[others])
    adapted = []
    took = seconds(lambda: adapted.append(recognizer.adapt(samples, progress=lambda share: None)))
    return Outcome(
        tested=len(unseen),
        wrong_before=wrong(recognizer, unseen),
        wrong_after=wrong(adapted[0], unseen),
        mnist_lost=100 * (mnist_before - accuracy(adapted[0], mnist)),
        seconds=took,
    )


def wrong(recognizer: mnistedu.Recognizer, split: Split) -> int:
    """Count the images that are read wrong."""
    return int((recognizer.predict_batch(split.images).argmax(axis=1) != split.labels).sum())


def accuracy(recognizer: mnistedu.Recognizer, split: Split) -> float:
    """Give the share of images that are read right."""
    return 1 - wrong(recognizer, split) / len(split)


def row(name: str, outcomes: list[Outcome]) -> str:
    """Write sums over the repeats, and the median of the seconds."""
    tested = sum(outcome.tested for outcome in outcomes)
    before = sum(outcome.wrong_before for outcome in outcomes)
    after = sum(outcome.wrong_after for outcome in outcomes)
    lost = statistics.mean(outcome.mnist_lost for outcome in outcomes)
    took = statistics.median(outcome.seconds for outcome in outcomes)
    return (
        f"{name:<6} {tested:>7} {before:>6} {100 * before / tested:>5.2f} %"
        f" {after:>5} {100 * after / tested:>5.2f} % {lost:>10.2f} pt {took:>8.1f}"
    )


if __name__ == "__main__":
    main()
