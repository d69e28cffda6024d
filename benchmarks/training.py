"""Speed of training, compared with other libraries: ``python -m benchmarks.training``.

The libraries of a row run alternately, so that other load on the machine affects them equally. Each
row contains medians, minima and ratios. ``--only`` selects rows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier

import mnistedu
from benchmarks import keras_side, torch_side
from benchmarks.machine import describe, in_fresh_process, seconds, sentence, sgemm_rate
from benchmarks.memory import peak_memory
from mnistedu._backend import import_keras
from mnistedu.data import Dataset, Split
from mnistedu.inference import predict_proba

keras = import_keras()

OURS = "mnistedu"


@dataclass
class Row:
    """A row of the table: the work, and the time of each side in each turn."""

    work: str
    unit: str
    sides: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def add(self, side: str, value: float) -> None:
        """Add the time of a side in one turn."""
        self.sides.setdefault(side, []).append(value)

    def summary(self) -> dict[str, Any]:
        """Compute medians, minima and ratios."""
        ours = self.sides[OURS]
        return {
            "work": self.work,
            "unit": self.unit,
            "sides": {
                side: {
                    "median": statistics.median(values),
                    "minimum": min(values),
                    "maximum": max(values),
                    "turns": values,
                    "ratio": statistics.median(values) / statistics.median(ours),
                }
                for side, values in self.sides.items()
            },
            "notes": self.notes,
        }


def gradio_cnn(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure an epoch of gradio-cnn at batch 64."""
    images, labels = data.train
    row = Row("gradio-cnn, batch 64: an epoch", "s")
    network = torch_side.gradio_cnn()
    by_torch = torch_side.TorchTraining(
        network, torch.optim.Adam(network.parameters()), images, labels, 64
    )
    by_torch.run(steps=20)
    flop = keras_side.training_flop(mnistedu.build_recipe("gradio-cnn")) * len(images)
    for _ in range(turns):
        model = mnistedu.build_recipe("gradio-cnn")
        row.add("floor", flop / sgemm_rate())
        row.add(OURS, keras_side.epoch_by_train(model, data.train, 64))
        row.add("PyTorch", by_torch.run())
        stock = keras_side.with_stock_layers(model)
        row.add("plain Keras", keras_side.epoch_by_fit(stock, data.train, 64))
    yield row


def adadelta_cnn(data: Dataset, turns: int, steps: int = 100) -> Iterator[Row]:
    """Measure a step of adadelta-cnn at batch 128, without and with dropout."""
    part = data.train[: 128 * steps]
    for dropout in (False, True):
        row = Row(f"adadelta-cnn, batch 128, {'' if dropout else 'no '}dropout: a step", "ms")
        model = mnistedu.build_recipe("adadelta-cnn")
        if not dropout:
            model = keras_side.without_dropout(model)
        by_torch = {}
        for layout in ("contiguous", "channels last"):
            network = torch_side.adadelta_cnn(dropout=dropout)
            by_torch[f"PyTorch, {layout}"] = torch_side.TorchTraining(
                network,
                torch.optim.Adadelta(network.parameters(), lr=1.0),
                *part,
                128,
                channels_last=layout == "channels last",
            )
        for side in by_torch.values():
            side.run(steps=5)
        for _ in range(turns):
            row.add("floor", 128e3 * keras_side.training_flop(model) / sgemm_rate())
            row.add(OURS, 1e3 / steps * keras_side.epoch_by_train(model, part, 128))
            for name, side in by_torch.items():
                row.add(name, 1e3 / steps * side.run())
        yield row


def flask_mlp(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure an epoch of flask-mlp at batch 32 and 128."""
    images, labels = data.train
    flat = images.reshape(len(images), -1).astype(np.float32) / 255
    for batch_size in keras_side.BATCH_SIZES["flask-mlp"]:
        row = Row(f"flask-mlp, batch {batch_size}: an epoch", "s")
        network = torch_side.flask_mlp()
        by_torch = torch_side.TorchTraining(
            network, torch.optim.Adam(network.parameters()), images, labels, batch_size
        )
        by_torch.run(steps=20)
        by_sklearn = MLPClassifier((128, 128), batch_size=batch_size)
        by_sklearn.partial_fit(flat[:batch_size], labels[:batch_size], classes=range(10))
        one_epoch = partial(by_sklearn.partial_fit, flat, labels)
        for _ in range(turns):
            model = mnistedu.build_recipe("flask-mlp")
            row.add(OURS, keras_side.epoch_by_train(model, data.train, batch_size))
            row.add("PyTorch", by_torch.run())
            row.add("scikit-learn", seconds(one_epoch))
            stock = keras_side.with_stock_layers(model)
            row.add("plain Keras", keras_side.epoch_by_fit(stock, data.train, batch_size))
        yield row


def growth(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure the time per image by the size of the training set."""
    images, labels = data.train
    row = Row("gradio-cnn, batch 64, by number of images: an image", "us")
    for _ in range(turns):
        for count in (60_000, 15_000, 30_000, 120_000):
            part = Split(np.resize(images, (count, 28, 28)), np.resize(labels, count))
            model = mnistedu.build_recipe("gradio-cnn")
            side = OURS if count == 60_000 else f"{count:,} images"
            row.add(side, 1e6 / count * keras_side.epoch_by_train(model, part, 64))
    yield row


def overhead(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure the overhead of the progress bar and of callbacks."""
    row = Row("gradio-cnn, batch 64, bar and callbacks off and on: an epoch", "s")
    part = keras_side.training_only(data.train)
    for _ in range(turns):
        for side in (OURS, "bar, EarlyStopping and ReduceLROnPlateau"):
            timer = keras_side.EpochTimer()
            more = [
                keras.callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True),
                keras.callbacks.ReduceLROnPlateau("loss"),
            ]
            mnistedu.train(
                mnistedu.build_recipe("gradio-cnn"),
                part,
                epochs=3,
                batch_size=64,
                augmentation=None,
                callbacks=[timer] if side == OURS else [timer, *more],
                verbose=side != OURS,
            )
            row.add(side, min(timer.seconds[1:]))
    yield row


def prediction(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure predictions of the 10,000 test images."""
    networks = {
        "gradio-cnn": torch_side.gradio_cnn(),
        "adadelta-cnn": torch_side.adadelta_cnn(),
        "flask-mlp": torch_side.flask_mlp(),
    }
    images = data.test.images
    for name, network in networks.items():
        model = mnistedu.build_recipe(name)
        predict_proba(model, images)
        torch_side.predict(network, images)
        row = Row(f"{name}: predict 10,000 images", "s")
        for _ in range(max(turns, 5)):
            row.add(OURS, seconds(lambda model=model: predict_proba(model, images)))
            row.add("evaluate", seconds(lambda model=model: mnistedu.evaluate(model, data.test)))
            row.add("PyTorch", seconds(lambda net=network: torch_side.predict(net, images)))
        yield row


def memory(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure the peak memory of a process that trains."""
    row = Row("peak memory of a process that trains", "MB")
    for name in ("gradio-cnn", "adadelta-cnn"):
        row.add(OURS if name == "gradio-cnn" else name, peak_memory(name))
    row.notes["imports alone"] = peak_memory()
    yield row


def start(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure the time to the first step, in a first process and in a second one."""
    row = Row("gradio-cnn: from train called to the first step done", "s")
    for _ in range(turns):
        with tempfile.TemporaryDirectory() as cache:
            row.add("first process", in_fresh_process(_first_step, cache=cache))
            row.add(OURS, in_fresh_process(_first_step, cache=cache))
    yield row


def _first_step() -> float:
    data, model = _load(), mnistedu.build_recipe("gradio-cnn")
    done: list[float] = []

    def stop(batch: int, logs: dict) -> None:
        done.append(time.perf_counter())
        model.stop_training = True

    begin = time.perf_counter()
    stopper = keras.callbacks.LambdaCallback(on_train_batch_end=stop)
    part = keras_side.training_only(data.train)
    mnistedu.train(model, part, augmentation=None, callbacks=[stopper], verbose=False)
    return done[0] - begin


def default(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure ``train(build_cnn(), data)`` with all defaults, including compilation."""
    yield _by_seed("train(build_cnn(), data)", _train_default, turns)


def to_99(data: Dataset, turns: int, seeds: int = 10) -> Iterator[Row]:
    """Measure the time to 99.0 % on the test set, including compilation."""
    yield _by_seed("from train(...) to 99.0 % on the test set", _train_to_99, seeds)


def _by_seed(work: str, action: Callable[[int], tuple[float, float]], seeds: int) -> Row:
    """Train once for each seed, in a new process, and return the seconds and accuracies."""
    row = Row(work, "s")
    accuracies = []
    for seed in range(seeds):
        took, accuracy = _fresh(action, seed)
        row.add(OURS, took)
        accuracies.append(accuracy)
    row.notes["test accuracy"] = accuracies
    return row


def to_99_others(data: Dataset, turns: int) -> Iterator[Row]:
    """Measure the same for keras.io's convnet and the network of PyTorch's example (minutes)."""
    row = Row("from train(...) to 99.0 % on the test set, all sides", "s")
    took, accuracy = _fresh(_train_to_99, 0)
    row.add(OURS, took)
    row.notes[OURS] = accuracy
    for side, action in (("keras.io convnet", _keras_io_to_99), ("PyTorch example", _torch_to_99)):
        took, epochs = in_fresh_process(action)
        row.add(side, took)
        row.notes[side] = f"{epochs} epochs"
    yield row


def _fresh(action: Callable, seed: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as cache:
        return in_fresh_process(action, seed, cache=cache)


def _train_default(seed: int) -> tuple[float, float]:
    keras.utils.set_random_seed(seed)
    data, model = _load(5000), mnistedu.build_cnn()
    took = seconds(lambda: mnistedu.train(model, data, seed=seed))
    return took, mnistedu.evaluate(model, data.test).accuracy


def _train_to_99(seed: int) -> tuple[float, float]:
    """Train with the network and settings that were chosen on validation images."""
    keras.utils.set_random_seed(seed)
    data = _load()
    part = keras_side.training_only(data.train[:50_000])
    model = mnistedu.build_cnn(filters=(12, 24, 48), dropout=0.1, learning_rate=1e-2)
    options = {"epochs": 2, "batch_size": 64, "augmentation": None, "seed": seed}
    took = seconds(lambda: mnistedu.train(model, part, **options))
    return took, mnistedu.evaluate(model, data.test).accuracy


def _keras_io_to_99(limit: int = 15) -> tuple[float, int]:
    """Train keras.io's simple MNIST convnet as its page does, until it reaches 99.0 %."""
    data, layers = _load(), keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = mnistedu.to_input(data.train.images), data.train.labels
    took = 0.0
    for epoch in range(limit):
        took += seconds(lambda: model.fit(x, y, batch_size=128, validation_split=0.1, verbose=0))
        if mnistedu.evaluate(model, data.test).accuracy >= 0.99:
            return took, epoch + 1
    return took, limit


def _torch_to_99(limit: int = 14) -> tuple[float, int]:
    """Train the network of PyTorch's MNIST example as it does, until it reaches 99.0 %."""
    data, network = _load(), torch_side.ExampleNetwork()
    optimizer = torch.optim.Adadelta(network.parameters(), lr=1.0)
    training = torch_side.TorchTraining(network, optimizer, *data.train, 64)
    decay = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    took = 0.0
    for epoch in range(limit):
        took += training.run()
        decay.step()
        if training.accuracy(*data.test) >= 0.99:
            return took, epoch + 1
    return took, limit


WORKS: dict[str, Callable[..., Iterator[Row]]] = {
    "gradio-cnn": gradio_cnn,
    "adadelta-cnn": adadelta_cnn,
    "flask-mlp": flask_mlp,
    "prediction": prediction,
    "growth": growth,
    "overhead": overhead,
    "memory": memory,
    "start": start,
    "default": default,
    "to-99": to_99,
    "to-99-others": to_99_others,
}


def _load(validation: int = 0) -> Dataset:
    return mnistedu.load_mnist(validation=validation)


def _print_table(rows: list[dict[str, Any]]) -> None:
    print("| work | side | median | minimum | against mnistedu |")
    print("|---|---|--:|--:|--:|")
    for row in rows:
        work = row["work"]
        for side, values in row["sides"].items():
            figures = [f"{values[name]:.3g} {row['unit']}" for name in ("median", "minimum")]
            print("|", " | ".join([work, side, *figures, f"{values['ratio']:.2f}x"]), "|")
            work = ""  # only in the first line of a row
    print()
    for row in rows:
        for name, note in row["notes"].items():
            print(f"- {row['work']}; {name}: {note}")


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS), metavar="ROW")
    parser.add_argument("--turns", type=int, default=3, help="turns of each side (default: 3)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    machine = describe() | {"sgemm, GFLOP/s": round(sgemm_rate() / 1e9, 1)}
    torch.set_num_threads(machine["cores"])
    data, rows = _load(), []
    for name in options.only:
        for row in WORKS[name](data, options.turns):
            rows.append(row.summary())
            print(f"measured: {row.work}", file=sys.stderr)
    if options.json:
        json.dump({"machine": machine, "rows": rows}, sys.stdout, indent=2)
        return
    print(sentence(machine), end="\n\n")
    _print_table(rows)


if __name__ == "__main__":
    main()
