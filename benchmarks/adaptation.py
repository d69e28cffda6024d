"""Accuracy before and after adaptation to a handwriting: ``python -m benchmarks.adaptation``.

Requires the ink of UCI's pen-based digits, ``--pendigits pendigits-orig.tra``, and MNIST. The
recognizer is adapted to five samples of each digit by one writer, and tested on the other samples
of that writer and on MNIST's test images, repeatedly with different samples. The six writers were
used neither to train the pretrained network nor to choose how it is adapted. With ``--validation``,
the four validation writers and MNIST's validation images are used instead.

The pretrained network makes few mistakes to begin with. With ``--model``, another network is
adapted, such as one trained on MNIST alone by ``mnistedu train cnn --output cnn.keras``. With
``--halves``, two networks like the shallow column of the pretrained one are trained, each on one
half of the twenty training writers (half an hour on two cores), and adapted to the writers of the
other half.
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
EPOCHS = 8  # of the networks of --halves


@dataclass(frozen=True)
class Outcome:
    """Mistakes on a writer's held-out drawings, and the loss of accuracy on MNIST."""

    tested: int
    wrong_before: int
    wrong_after: int
    mnist_lost: float  # percentage points
    seconds: float


def main() -> None:
    """Run the benchmark and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.adaptation", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--pendigits", required=True, help="pendigits-orig.tra, from UCI")
    parser.add_argument("--model", help="a .keras file to adapt instead of the pretrained network")
    parser.add_argument(
        "--validation", action="store_true", help="use the validation writers and images"
    )
    parser.add_argument(
        "--halves", action="store_true", help="train networks on half of the writers"
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="number of different choices of samples"
    )
    options = parser.parse_args()
    pens, data = read_pendigits(options.pendigits), mnistedu.load_mnist(validation=5000)
    model = mnistedu.load_model(options.model) if options.model else None
    cases = [(mnistedu.Recognizer(model), pens.validation if options.validation else pens.test)]
    if options.halves:
        cases = train_on_halves(pens, data)
    images = data.validation if options.validation else data.test

    print("writer  tested  wrong before  wrong after  lost on MNIST  seconds")
    all_outcomes = []
    for recognizer, samples in cases:
        mnist_before = accuracy(recognizer, images)
        for writer in sorted({sample.writer for sample in samples}):
            drawings = [sample for sample in samples if sample.writer == writer]
            outcomes = [
                measure(recognizer, drawings, images, mnist_before, np.random.default_rng(repeat))
                for repeat in range(options.repeats)
            ]
            print(row(str(writer), outcomes), flush=True)
            all_outcomes += outcomes
    print(row("all", all_outcomes))


def train_on_halves(
    pens: PenDigits, data: Dataset
) -> list[tuple[mnistedu.Recognizer, list[UnipenSample]]]:
    """Train a network on each half of the writers; return it with the samples of the other half."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    writers = sorted({sample.writer for sample in pens.train})
    cases = []
    for half in (writers[::2], writers[1::2]):
        training = [sample for sample in pens.train if sample.writer in half]
        held_out = [sample for sample in pens.train if sample.writer not in half]
        with TemporaryDirectory() as folder:
            path = Path(folder, "weights.npz")
            pretrain(data, replace(pens, train=training), path, recipes=RECIPES[:1], epochs=EPOCHS)
            cases.append((mnistedu.Recognizer(weights=path), held_out))
    return cases


def measure(
    recognizer: mnistedu.Recognizer,
    drawings: list[UnipenSample],
    mnist: Split,
    mnist_before: float,
    rng: np.random.Generator,
) -> Outcome:
    """Adapt to some drawings of a writer and test on the others."""
    labels = np.array([drawing.label for drawing in drawings])
    chosen = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == digit))[:PER_DIGIT] for digit in range(10)]
    )
    samples = mnistedu.Samples()
    for index in rng.permutation(chosen):
        samples.add(drawings[index].ink, labels[index])
    others = np.setdiff1d(np.arange(len(drawings)), chosen)
    held_out = Split(np.stack([drawings[i].ink.to_image() for i in others]), labels[others])
    adapted = []
    took = seconds(
        lambda: adapted.append(recognizer.adapt(samples, progress=lambda fraction: None))
    )
    return Outcome(
        tested=len(held_out),
        wrong_before=count_mistakes(recognizer, held_out),
        wrong_after=count_mistakes(adapted[0], held_out),
        mnist_lost=100 * (mnist_before - accuracy(adapted[0], mnist)),
        seconds=took,
    )


def count_mistakes(recognizer: mnistedu.Recognizer, split: Split) -> int:
    """Count the images that are misclassified."""
    return int((recognizer.predict_batch(split.images).argmax(axis=1) != split.labels).sum())


def accuracy(recognizer: mnistedu.Recognizer, split: Split) -> float:
    """Compute the fraction of images that are classified correctly."""
    return 1 - count_mistakes(recognizer, split) / len(split)


def row(name: str, outcomes: list[Outcome]) -> str:
    """Format the sums over the outcomes and the median of the seconds."""
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
