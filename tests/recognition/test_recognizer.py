"""``Recognizer`` with the pretrained network, Keras models and functions."""

from __future__ import annotations

import io
import subprocess
import sys
import threading

import numpy as np
import pytest

import mnistedu
from mnistedu import Ink, Recognizer, to_input
from mnistedu.pretrained import load_weights, save_weights

ZERO = Ink([np.stack([np.cos(t := np.linspace(0, 6.3, 60)), 1.4 * np.sin(t)], axis=1) * 80])
ONE = Ink([[(100, 20), (100, 240)]])
SEVEN = Ink([[(40, 30), (200, 30), (90, 250)]])


@pytest.fixture(scope="module")
def pretrained() -> Recognizer:
    return Recognizer()


@pytest.fixture
def mlp():
    return mnistedu.build_mlp(units=(16,))


@pytest.mark.parametrize(("ink", "digit"), [(ZERO, 0), (ONE, 1), (SEVEN, 7)])
def test_pretrained_network_reads_ink(pretrained, ink, digit):
    prediction = pretrained.predict(ink)
    assert prediction.digit == digit
    assert prediction.confident
    np.testing.assert_array_equal(prediction.image, ink.to_image())


@pytest.mark.parametrize(
    "blank", [Ink(), np.zeros((28, 28), np.uint8), np.full((280, 280, 4), 255, np.uint8)]
)
def test_a_blank_drawing_has_no_digit(pretrained, blank):
    prediction = pretrained.predict(blank)
    assert prediction.digit is None
    assert not prediction.confident
    np.testing.assert_allclose(prediction.probabilities, 0.1)
    assert not prediction.image.any()


def test_predictions_of_scribbles_letters_and_several_digits_are_not_confident(pretrained):
    rng = np.random.default_rng(0)
    scribble = Ink([rng.uniform(0, 280, (60, 2))])
    two = Ink([*SEVEN.strokes, *(points + np.array([250, 0]) for points in SEVEN.strokes)])
    letter = Ink([[(0, 0), (0, 200)], [(100, 0), (100, 200)], [(0, 100), (100, 100)]])
    for ink in (scribble, two, letter):
        assert not pretrained.predict(ink).confident


def test_predict_batch_equals_predict(pretrained, digits):
    drawings = [ZERO, Ink(), digits.test.images[0], 255 - digits.test.images[1], SEVEN]
    batch = pretrained.predict_batch(drawings)
    assert batch.shape == (5, 10)
    assert batch.dtype == np.float32
    single = [pretrained.predict(drawing).probabilities for drawing in drawings]
    np.testing.assert_allclose(batch, single, atol=1e-6)
    assert pretrained.predict_batch([]).shape == (0, 10)
    assert pretrained.predict_batch(digits.test.images[:7]).shape == (7, 10)


def test_pretrained_network_imports_neither_keras_nor_jax():
    code = (
        "import sys, mnistedu; "
        "mnistedu.Recognizer().predict(mnistedu.Ink([[(0, 0), (0, 9)]])); "
        "sys.exit(str([m for m in ('keras', 'jax', 'matplotlib', 'sklearn') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


def test_accuracy_on_the_bundled_digits(pretrained, digits):
    images = np.concatenate([digits.train.images, digits.validation.images, digits.test.images])
    labels = np.concatenate([digits.train.labels, digits.validation.labels, digits.test.labels])
    assert (pretrained.predict_batch(images).argmax(axis=1) == labels).mean() >= 0.97


def test_weights_of_another_file(tmp_path, pretrained):
    weights, _ = load_weights()
    path = tmp_path / "mine.npz"
    save_weights(path, weights | {"classes_bias": np.eye(11)[3] * 100}, threshold=0.5)
    mine = Recognizer(weights=path)
    assert mine.threshold == 0.5
    assert mine.predict(SEVEN).digit == 3
    assert pretrained.predict(SEVEN).digit == 7


def test_rejects_files_without_weights(tmp_path):
    with pytest.raises(FileNotFoundError):
        Recognizer(weights=tmp_path / "missing.npz")
    for name, write in {
        "text.npz": lambda path: path.write_text("weights"),
        "empty.npz": lambda path: path.touch(),
        "array.npz": lambda path: path.write_bytes(_as_file(np.save, np.zeros(3))),
        "other.npz": lambda path: save_weights(path, {"kernel": np.zeros((2, 2))}, 0.5),
    }.items():
        path = tmp_path / name
        write(path)
        with pytest.raises(
            ValueError, match=rf"as written by python -m mnistedu.pretraining.*{name}"
        ):
            Recognizer(weights=path)
    with pytest.raises(ValueError, match="a model or weights, got both"):
        Recognizer(lambda images: np.eye(10)[[0] * len(images)], weights=path)


def _as_file(save, array: np.ndarray) -> bytes:
    file = io.BytesIO()
    save(file, array)
    return file.getvalue()


def test_a_keras_model_predicts_the_same_as_by_itself(mlp, digits):
    images = digits.test.images[:300]
    recognizer = Recognizer(mlp)
    expected = mlp.predict(to_input(images), verbose=0)
    np.testing.assert_allclose(recognizer._probabilities(images), expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1)])
def test_accepts_keras_models_with_other_input_shapes(shape):
    import keras

    model = keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    assert Recognizer(model).predict(SEVEN).digit in range(10)


def test_predictions_use_the_weights_after_training(mlp, digits):
    recognizer = Recognizer(mlp)
    before = recognizer.predict(SEVEN).probabilities
    mnistedu.train(mlp, digits, epochs=1, verbose=False)
    after = recognizer.predict(SEVEN).probabilities
    assert np.abs(after - before).max() > 0.01
    expected = mlp.predict(to_input(SEVEN.to_image()), verbose=0)[0]
    np.testing.assert_allclose(after, expected, atol=1e-5)


def test_predictions_never_fail_while_keras_trains(mlp, digits):
    recognizer, stop, errors = Recognizer(mlp), threading.Event(), []

    def predict() -> None:
        while not stop.is_set():
            try:
                recognizer.predict(SEVEN)
            except Exception as error:
                errors.append(error)
                return

    thread = threading.Thread(target=predict)
    thread.start()
    x, y = to_input(digits.train.images), digits.train.labels
    mlp.fit(x, y, epochs=3, batch_size=32, verbose=0)
    stop.set()
    thread.join()
    assert not errors, repr(errors)


def test_accepts_a_function():
    received = []

    def model(images):
        received.extend(images)
        return np.eye(10)[[3] * len(images)]

    prediction = Recognizer(model).predict(SEVEN)
    assert prediction.digit == 3
    assert prediction.confident
    np.testing.assert_array_equal(received[0], SEVEN.to_image())


def test_threshold_determines_which_predictions_are_confident():
    def model(images):
        return np.tile([0.6, 0.4, *[0] * 8], (len(images), 1))

    assert not Recognizer(model).predict(SEVEN).confident
    assert Recognizer(model, threshold=0.6).predict(SEVEN).confident


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_rejects_thresholds_that_are_not_probabilities(threshold):
    with pytest.raises(ValueError, match="threshold"):
        Recognizer(threshold=threshold)


@pytest.mark.parametrize("model", ["model.keras", 7, [1, 2]])
def test_rejects_other_types_of_models(model):
    with pytest.raises(TypeError, match=type(model).__name__):
        Recognizer(model)


def test_rejects_keras_models_of_other_sizes():
    import keras

    for shape, units in (((32, 32, 1), 10), ((28, 28, 1), 2)):
        layers = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(units)]
        with pytest.raises(ValueError, match=r"must take images|must return 10"):
            Recognizer(keras.Sequential(layers))


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (np.ones((1, 9)) / 9, "10 probabilities"),
        (np.ones(10) / 10, r"shape \(1, 10\) for 1 image"),
        (3, "10 probabilities"),
        (np.arange(10.0)[None], "softmax"),
        (np.full((1, 10), np.nan), "finite"),
        (np.array([[1.5, -0.5, *[0] * 8]]), "softmax"),
    ],
)
def test_rejects_values_that_are_not_probabilities(returned, message):
    with pytest.raises(ValueError, match=message):
        Recognizer(lambda images: returned).predict(SEVEN)


def test_rejects_other_types_and_shapes_of_drawings(pretrained, tmp_path):
    with pytest.raises(FileNotFoundError):
        pretrained.predict(tmp_path / "missing.png")
    with pytest.raises(ValueError, match="shape"):
        pretrained.predict(np.zeros(784))
    with pytest.raises(TypeError, match="NoneType"):
        pretrained.predict(None)
