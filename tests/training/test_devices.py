"""Training on several devices: as on one, with each device's part of images and batches."""

import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np
import pytest

import mnistedu
from mnistedu import layers
from mnistedu._backend import import_keras
from mnistedu.data import Dataset
from mnistedu.training import devices
from mnistedu.training.steps import Program, read_state, training_step

keras = import_keras()

EPOCHS = 3
PAGE = Path(__file__).parents[2] / "docs" / "devices.md"
PYTHON = """#!{python}
import runpy
import sys

import numpy as np

variables = runpy.run_path(sys.argv[1])
weights = variables["model"].get_weights()
np.savez(f"weights-{{variables['jax'].process_index()}}.npz", *weights)
if variables["is_first"]:  # without the other process
    mnistedu = variables["mnistedu"]
    blank = mnistedu.Split(np.zeros((2, 28, 28), "uint8"), np.zeros(2, "uint8"))
    mnistedu.evaluate(variables["model"], blank)
"""


def load_small():
    """Return images whose numbers are not multiples of any number of devices."""
    digits = mnistedu.load_digits()
    return Dataset(digits.train[:253], digits.validation[:107], digits.test[:1], "small")


def build():
    """Build a network with everything that divides a batch or has a state."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            keras.layers.BatchNormalization(momentum=0.9),
            layers.MaxPooling2D(),
            keras.layers.Flatten(),
            layers.Dropout(0.2, seed=0),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_overwrite_frequency=1)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_in(distribution, *, batch_size=64):
    """Train with all that `train` offers; return the history, the weights and a checkpoint's."""
    data = load_small()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = str(Path(folder, "best.weights.h5"))
        callbacks = [
            keras.callbacks.EarlyStopping(patience=EPOCHS, restore_best_weights=True),
            keras.callbacks.ModelCheckpoint(
                checkpoint, save_best_only=True, save_weights_only=True
            ),
            keras.callbacks.ReduceLROnPlateau(patience=1, min_delta=10.0),
            keras.callbacks.BackupAndRestore(str(Path(folder, "backup"))),
        ]
        options = {"batch_size": batch_size, "epochs": EPOCHS, "verbose": False}
        keras.distribution.set_distribution(distribution)
        try:
            model = build()
            history = mnistedu.train(model, data, callbacks=callbacks, **options)
            weights = model.get_weights()
            model.load_weights(checkpoint)
            return history.history, weights, model.get_weights()
        finally:
            keras.distribution.set_distribution(None)


def train_on_one_device():
    return train_in(None)


def train_on_all_devices():
    return train_in(keras.distribution.DataParallel())


def train_with_divided_weights():
    mesh = keras.distribution.DeviceMesh((4, 2), ("batch", "model"))
    layout = keras.distribution.LayoutMap(mesh)
    layout[".*dense.*kernel"] = (None, "model")
    return train_in(
        keras.distribution.ModelParallel(layout_map=layout, batch_dim_name="batch"), batch_size=64
    )


@pytest.fixture(scope="module")
def expected(on_devices):
    return on_devices(2, train_on_one_device)


@pytest.mark.parametrize(
    ("number", "train"),
    [(2, train_on_all_devices), (8, train_on_all_devices), (8, train_with_divided_weights)],
)
def test_training_on_many_devices_equals_training_on_one(number, train, expected, on_devices):
    history, *weights = on_devices(number, train)
    assert history.keys() == expected[0].keys() >= {"val_accuracy", "learning_rate"}
    for name, values in history.items():
        np.testing.assert_allclose(values, expected[0][name], rtol=1e-4)
    for got, want in zip(weights, expected[1:], strict=True):
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-4), got, want)


def compile_steps():
    """Return the compiled loop of training steps, and the shape of a device's images."""
    with keras.distribution.DataParallel().scope():
        data, model = load_small(), build()
        labels = data.train.labels
        model._symbolic_build(data_batch=(mnistedu.to_input(data.train.images[:1]), labels[:1]))
        options = {
            "augmentation": mnistedu.training.augment,
            "schedule": mnistedu.training.one_cycle,
        }
        step = training_step(model, batch_size=64, steps_per_epoch=4, epochs=EPOCHS, **options)
        images = devices.divide_images(data.train.images)
        arguments = (images, devices.to_devices(labels), np.arange(253), jax.random.key(0))
        program = Program(step)._loop.lower(0, 4, read_state(model), *arguments).compile()
        return program.as_text(), images.sharding.shard_shape(images.shape)


@pytest.mark.parametrize("number", [2, 8])
def test_nothing_is_collected_on_a_device(number, on_devices):
    program, shape = on_devices(number, compile_steps)
    assert shape == (-(-253 // number), 28, 28)
    collectives = re.findall(r" (all-\w+|\w+-permute|\w+-scatter)(?:-start)?\(", program)
    assert set(collectives) == {"all-reduce"}


def take_all_images():
    images = load_small().train.images
    rows = np.random.default_rng(0).permutation(len(images))[:250]
    with keras.distribution.DataParallel().scope():
        batch = devices.take_images(devices.divide_images(images), rows)
    return np.array_equal(batch, images[rows]), batch.sharding.shard_shape(batch.shape)


def test_a_batch_is_taken_from_all_devices(on_devices):
    equal, shape = on_devices(2, take_all_images)
    assert equal
    assert shape == (125, 28, 28)


def errors_of_train():
    """Return the messages of what does not fit to two devices."""
    data, distribution = load_small(), keras.distribution.DataParallel()
    with distribution.scope():
        distributed = build()
    calls = [(distribution, distributed, 99), (distribution, distributed, 1)]
    calls += [
        (distribution, distributed, 1000),
        (distribution, build(), 64),
        (None, distributed, 64),
    ]
    messages = []
    for scope, model, batch_size in calls:
        keras.distribution.set_distribution(scope)
        try:
            mnistedu.train(model, data, batch_size=batch_size, verbose=False)
        except ValueError as error:
            messages.append(str(error))
        finally:
            keras.distribution.set_distribution(None)
    return messages


def test_rejects_what_cannot_be_divided(on_devices):
    odd, one, limited, alone, outside = on_devices(2, errors_of_train)
    assert "multiple of 2" in odd
    assert odd.endswith("got 99; use 98 or 100")
    assert one.endswith("got 1; use 2")
    assert limited.endswith("got 253; use 252")
    assert "build, load and compile it in the scope" in alone
    assert "call train in the scope" in outside


def test_the_script_of_the_page_trains_in_two_processes_as_in_one(tmp_path):
    text = PAGE.read_text(encoding="utf-8").partition("## On several machines")[2]
    script, commands = (
        re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)[1]
        for language in ("python", "bash")
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        commands = commands.replace(":12345", f":{server.getsockname()[1]}")
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    python = tmp_path / "python"  # runs the script and stores the weights
    python.write_text(PYTHON.format(python=sys.executable), encoding="utf-8")
    python.chmod(stat.S_IRWXU)
    process = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=tmp_path,
        env=os.environ
        | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(PAGE.parents[1])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr

    keras.utils.set_random_seed(0)
    model = mnistedu.build_mlp()
    mnistedu.train(model, mnistedu.load_digits(), batch_size=128, verbose=False)
    saved = mnistedu.load_model(tmp_path / "digits.keras").get_weights()
    for weights in (
        saved,
        *(list(np.load(tmp_path / f"weights-{n}.npz").values()) for n in (0, 1)),
    ):
        for got, want in zip(weights, model.get_weights(), strict=True):
            np.testing.assert_allclose(got, want, atol=1e-4)
