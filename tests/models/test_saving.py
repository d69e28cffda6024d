"""Models in files: written whole, and read without trusting whoever wrote them."""

from __future__ import annotations

import pickle
import random
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

import mnistedu
from mnistedu.layers import Conv2D
from mnistedu.models import containers
from tests.models.hostile import Trap, odd_files, write_hostile_files
from tests.models.old_files import write_early_keras, write_keras_2

HALF_A_GIGABYTE = 500_000  # in the unit of getrusage


@pytest.fixture
def images(digits):
    return mnistedu.to_input(digits.test.images[:8])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of hostile files, and a list of words that they would read."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "words.txt").write_text("a\nb\n")
    write_hostile_files(folder, folder / "canary")
    return folder


@pytest.fixture
def canary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that nothing may create, while nothing may open a connection or change Keras."""

    def connect(self: socket.socket, address: object) -> None:
        raise AssertionError(f"connects to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    epsilon = keras.config.epsilon()
    yield folder / "canary"
    assert not (folder / "canary").exists()
    assert keras.config.epsilon() == epsilon
    assert keras.distribution.distribution() is None


def peak_memory() -> int:
    return sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


@pytest.mark.parametrize("suffix", ["keras", "h5", "pkl"])
@pytest.mark.parametrize("trained", [False, True])
def test_a_saved_model_comes_back_the_same(suffix, trained, tmp_path, digits, images):
    model = mnistedu.build_cnn(filters=(4,))
    if trained:
        mnistedu.train(model, digits, epochs=1, verbose=False)
    path = mnistedu.save_model(model, tmp_path / "new folder" / f"model.{suffix}")
    loaded = mnistedu.load_model(path, trust=suffix == "pkl")
    np.testing.assert_allclose(
        loaded.predict(images, verbose=0), model.predict(images, verbose=0), atol=1e-6
    )
    assert [type(layer) for layer in loaded.layers] == [type(layer) for layer in model.layers]
    assert [file.name for file in path.parent.iterdir()] == [f"model.{suffix}"]
    mnistedu.train(loaded, digits, epochs=1, verbose=False)


def test_a_saved_model_names_only_layers_of_keras(tmp_path):
    path = mnistedu.save_model(mnistedu.build_cnn(), tmp_path / "model.keras")
    plain = keras.saving.load_model(path)
    assert {type(layer).__module__.split(".")[0] for layer in plain.layers} == {"keras"}


def test_a_failed_save_keeps_the_old_file(tmp_path, monkeypatch):
    path = mnistedu.save_model(mnistedu.build_mlp(), tmp_path / "model.keras")
    before = path.read_bytes()
    model = mnistedu.build_mlp()
    monkeypatch.setattr(type(model), "save", lambda self, where: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mnistedu.save_model(model, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def build_rich_model() -> keras.Model:
    """Build a model of layers, operations and settings that learners may use."""
    layers = keras.layers
    image = keras.Input((28, 28, 1))
    x = layers.RandomRotation(0.1)(layers.Rescaling([2.0], offset=-1.0)(image))
    x = layers.Conv2D(
        8,
        3,
        activation=keras.activations.gelu,
        kernel_regularizer="l2",
        kernel_constraint="max_norm",
    )(x)
    x = keras.ops.relu(layers.Add()([x, layers.SeparableConv2D(8, 3, padding="same")(x)]) + 2 * x)
    x = layers.SpatialDropout2D(0.1)(layers.LayerNormalization()(x[:, 1:]))
    rows = layers.Bidirectional(layers.LSTM(3))(layers.Reshape((28, 28))(image))
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), rows])
    head = keras.Sequential([layers.Dense(10), layers.Softmax(dtype="float32")])
    model = keras.Model(image, head(x))
    model.compile(
        keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 100), momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[
            "accuracy",
            keras.metrics.SparseTopKCategoricalAccuracy(3),
            keras.metrics.sparse_categorical_accuracy,
        ],
    )
    return model


@pytest.mark.parametrize(
    "build",
    [
        mnistedu.load_pretrained,
        build_rich_model,
        *(lambda name=name: mnistedu.build_recipe(name) for name in ("gradio-cnn", "flask-mlp")),
    ],
)
def test_models_of_ordinary_layers_need_no_trust(build, tmp_path, images):
    model = build()
    path = mnistedu.save_model(model, tmp_path / "model.keras")
    loaded = mnistedu.load_model(path)
    probabilities = [m(images, training=False) for m in (loaded, model)]
    np.testing.assert_allclose(*probabilities, atol=1e-6)
    assert [type(layer).__name__ for layer in loaded.layers] == [
        type(layer).__name__ for layer in model.layers
    ]


def test_names_and_random_numbers_go_on_as_after_keras_s_own_loading(tmp_path):
    path = mnistedu.save_model(mnistedu.build_cnn(), tmp_path / "model.keras")

    def load_and_build(load: Callable[[Path], object]) -> list[object]:
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        load(path)
        layer = keras.layers.Dense(3)
        layer.build((None, 4))
        return [layer.name, np.asarray(layer.kernel), np.asarray(keras.random.normal((2,)))]

    ours, kerass = load_and_build(mnistedu.load_model), load_and_build(keras.saving.load_model)
    for our, their in zip(ours, kerass, strict=True):
        np.testing.assert_array_equal(our, their)


def test_a_hostile_file_runs_nothing_and_takes_little_memory(folder, canary):
    paths = [path for path in folder.iterdir() if path.suffix in (".keras", ".h5", ".pkl")]
    assert len(paths) > 80
    before = peak_memory()
    for path in paths:
        with pytest.raises((PermissionError, ValueError)) as error:
            mnistedu.load_model(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)
        assert len(str(error.value).replace(str(path), "")) < 400
        assert not canary.exists(), path
    assert peak_memory() - before < HALF_A_GIGABYTE


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lambda.keras", "it holds code (a Lambda layer)"),
        ("lambda-named.h5", "it holds code (a Lambda layer)"),
        ("activation-setting.keras", "it names 'keras.config.set_epsilon'"),
        ("saved-model.h5", "it names 'keras.layers.TFSMLayer'"),
        ("string-lookup.keras", "it names 'keras.layers.StringLookup'"),
        ("registered.keras", "it names 'Registered'"),
        ("metrics.keras", "it names 'os.system'"),
        ("assets.keras", "it holds more than a model needs: 'assets/string_lookup/vocabulary.txt'"),
        ("link-weights.h5", "it has a link"),
        ("external-weights.keras", "it refers to data in other files"),
        ("bomb-weights.keras", "it unpacks to more than 1,073,741,824 bytes"),
        ("output-bomb.keras", "its layer 'hostile_repeatvector' makes 400,000,000 numbers"),
        ("bomb-8.keras", "it unpacks to 2,147,48"),
        ("nested.h5", "it is nested more than 100 deep"),
    ],
)
def test_a_hostile_file_is_refused_for_its_true_reason(folder, name, reason):
    with pytest.raises((PermissionError, ValueError)) as error:
        mnistedu.load_model(folder / name)
    assert reason in str(error.value)
    assert (type(error.value) is PermissionError) == ("trust=True (on the" in str(error.value))


def test_what_is_no_file_is_an_error_at_once(tmp_path, canary):
    for path in odd_files(tmp_path):
        for trust in (False, True):
            with pytest.raises((OSError, ValueError)) as error:
                mnistedu.load_model(path, trust=trust)
            kind = path.stem
            reason = {
                "folder": "is a folder, not a model's file",
                "pipe": "is not a regular file",
                "zero": "is not a regular file",
                "broken-link": "there is no file",
            }.get(kind, "")
            assert reason in str(error.value)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_damaged_file_is_a_clear_error(suffix, tmp_path, monkeypatch):
    whole = mnistedu.save_model(mnistedu.build_mlp(units=(4,)), tmp_path / f"model.{suffix}")
    data, rng = whole.read_bytes(), random.Random(0)
    damaged = tmp_path / f"damaged.{suffix}"
    for _ in range(5):
        cut = data[: rng.randrange(len(data))]
        spoilt = bytearray(data)
        for _ in range(20):
            spoilt[rng.randrange(4000)] = rng.randrange(256)
        for content in (cut, bytes(spoilt)):
            damaged.write_bytes(content)
            try:
                mnistedu.load_model(damaged)
            except (PermissionError, ValueError) as error:
                assert f"damaged.{suffix}" in str(error)


def test_a_file_that_hdf5_reads_for_ever_is_given_up(tmp_path, monkeypatch):
    path = mnistedu.save_model(mnistedu.build_mlp(units=(4,)), tmp_path / "model.h5")
    monkeypatch.setattr(containers, "SECONDS", 0.01)
    for trust in (False, True):
        with pytest.raises(
            ValueError, match=r"model\.h5 could not be .* cannot be read in 0.01 sec"
        ):
            mnistedu.load_model(path, trust=trust)


def test_a_file_that_crashes_hdf5_is_an_error(tmp_path, monkeypatch):
    crash = tmp_path / "crash.py"
    crash.write_text("import os; os.abort()")
    path = mnistedu.save_model(mnistedu.build_mlp(units=(4,)), tmp_path / "model.h5")
    monkeypatch.setattr(containers, "WORKER", crash)
    with pytest.raises(ValueError, match=r"model\.h5 could not be read .* HDF5 crashes"):
        mnistedu.load_model(path)


def test_too_large_a_file_is_not_read(tmp_path):
    path = tmp_path / "large.keras"
    with path.open("wb") as file:
        file.truncate(2**40)  # takes no space
    before = peak_memory()
    with pytest.raises(ValueError, match=r"has 1,099,511,627,776 bytes, more than 1,073,741,824"):
        mnistedu.load_model(path)
    assert peak_memory() - before < 10_000


def test_a_pickle_is_not_opened_without_trust(tmp_path, canary):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Trap(canary)))
    with pytest.raises(PermissionError, match=r"runs whatever code .* trust=True"):
        mnistedu.load_model(path)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_lambda_layer_is_not_loaded_without_trust(suffix, tmp_path):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Lambda(lambda x: x + 1), keras.layers.Flatten()]
    )
    path = mnistedu.save_model(model, tmp_path / f"unsafe.{suffix}")
    with pytest.raises(PermissionError, match=r"holds code .* trust=True"):
        mnistedu.load_model(path)
    assert mnistedu.load_model(path, trust=True).output_shape == (None, 784)


def test_a_broken_file_is_not_said_to_hold_code_because_of_its_name(tmp_path):
    for name in ("unsafe.keras", "safe_mode.h5", "Lambda.keras"):
        path = tmp_path / name
        path.write_bytes(b"half a model")
        with pytest.raises(ValueError, match="could not be read as a Keras model") as error:
            mnistedu.load_model(path)
        assert "trust" not in str(error.value)
        assert "not found" not in str(error.value).lower()


def test_files_that_are_no_models(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*gone\.keras"):
        mnistedu.load_model(tmp_path / "gone.keras")
    with pytest.raises(ValueError, match=r"must end in \.keras, \.h5, \.pkl, got .*model\.onnx"):
        mnistedu.load_model(tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"must end in \.keras, \.h5, \.pkl"):
        mnistedu.save_model(mnistedu.build_mlp(), tmp_path / "model")
    for suffix in ("keras", "h5", "pkl"):
        (tmp_path / f"cut.{suffix}").write_bytes(b"half a model")
        with pytest.raises(ValueError, match="could not be read as a Keras model"):
            mnistedu.load_model(tmp_path / f"cut.{suffix}", trust=True)
    (tmp_path / "list.pkl").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(ValueError, match="could not be read as a Keras model: it holds a list"):
        mnistedu.load_model(tmp_path / "list.pkl", trust=True)
    layer = keras.layers.Dense(3)
    layer.build((None, 4))
    keras.saving.save_model(layer, tmp_path / "layer.keras")
    with pytest.raises(ValueError, match="it holds a Dense"):
        mnistedu.load_model(tmp_path / "layer.keras")


@pytest.mark.parametrize("version", ["2.3.1", "2.15.0"])
def test_a_file_of_keras_2_loads(version, tmp_path, digits):
    weights = write_keras_2(tmp_path / "old.h5", version)
    model = mnistedu.load_model(tmp_path / "old.h5")
    for loaded, written in zip(model.get_weights(), weights.values(), strict=True):
        np.testing.assert_allclose(loaded, written, rtol=1e-6)
    assert isinstance(model.layers[0], Conv2D)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    mnistedu.train(model, digits, epochs=1, verbose=False)


def test_a_file_of_keras_3_0_loads(tmp_path):
    path = tmp_path / "early.keras"
    model = write_early_keras(path, "3.0.5", "keras.src.models.functional")
    loaded = mnistedu.load_model(path)
    for new, old in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


def test_the_version_that_wrote_an_unreadable_file_is_named(tmp_path):
    write_keras_2(tmp_path / "old.h5", "2.1.6", input_layer=False)
    with pytest.raises(ValueError, match=r"old\.h5 could not be .* \(Keras 2\.1\.6 wrote it\): "):
        mnistedu.load_model(tmp_path / "old.h5")
    write_early_keras(tmp_path / "early.keras", "2.13.1", "keras.src.engine.functional")
    with pytest.raises(ValueError, match=r"early\.keras could .* \(Keras 2\.13\.1 wrote it\): "):
        mnistedu.load_model(tmp_path / "early.keras")
