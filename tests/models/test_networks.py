import pickle

import numpy as np
import pytest

import mnistedu
from mnistedu.layers import Conv2D, MaxPooling2D

keras = pytest.importorskip("keras")


@pytest.fixture
def images(digits):
    return mnistedu.to_input(digits.test.images[:8])


@pytest.mark.parametrize(
    "build",
    [
        mnistedu.build_mlp,
        mnistedu.build_cnn,
        lambda: mnistedu.build_recipe("adadelta-cnn"),
        lambda: mnistedu.build_recipe("gradio-cnn"),
        lambda: mnistedu.build_recipe("flask-mlp"),
    ],
)
def test_every_model_answers_with_ten_probabilities(build, images):
    model = build()
    answer = model.predict(images, verbose=0)
    assert answer.shape == (8, 10)
    np.testing.assert_allclose(answer.sum(axis=1), 1, atol=1e-5)
    assert model.compiled


def test_an_mlp_has_the_layers_that_were_asked_for():
    model = mnistedu.build_mlp(units=(30, 20), dropout=0.2)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Flatten", "Dense", "Dense", "Dropout", "Dense"]
    assert [layer.units for layer in model.layers if hasattr(layer, "units")] == [30, 20, 10]


def test_a_cnn_uses_the_layers_that_are_fast_on_a_cpu():
    kinds = {type(layer) for layer in mnistedu.build_cnn(filters=(4, 8, 16)).layers}
    assert {Conv2D, MaxPooling2D} <= kinds


def test_the_adadelta_recipe_has_the_rate_of_the_paper():
    assert float(mnistedu.build_recipe("adadelta-cnn").optimizer.learning_rate.value) == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mnistedu.build_mlp(units=(0,)), "positive numbers of neurons, got 0"),
        (lambda: mnistedu.build_mlp(dropout=1.0), r"dropout must be in \[0, 1\), got 1.0"),
        (lambda: mnistedu.build_cnn(filters=()), "one to three convolutions, got 0"),
        (lambda: mnistedu.build_cnn(filters=(8, 8, 8, 8)), "one to three convolutions, got 4"),
        (lambda: mnistedu.build_cnn(filters=(-1,)), "positive numbers, got -1"),
        (lambda: mnistedu.build_recipe("alexnet"), "name must be one of adadelta-cnn"),
    ],
)
def test_bad_settings_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


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


def test_a_pickle_is_not_opened_without_trust(tmp_path):
    opened = tmp_path / "opened"

    class Trap:
        def __reduce__(self):
            return opened.touch, ()

    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(PermissionError, match=r"runs whatever code .* trust=True"):
        mnistedu.load_model(path)
    assert not opened.exists()


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_lambda_layer_is_not_loaded_without_trust(suffix, tmp_path):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Lambda(lambda x: x + 1), keras.layers.Flatten()]
    )
    path = mnistedu.save_model(model, tmp_path / f"model.{suffix}")
    with pytest.raises(PermissionError, match=r"holds code .* trust=True"):
        mnistedu.load_model(path)
    assert mnistedu.load_model(path, trust=True).output_shape == (None, 784)


def test_files_that_are_no_models(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*gone\.keras"):
        mnistedu.load_model(tmp_path / "gone.keras")
    with pytest.raises(ValueError, match=r"must end in \.keras, \.h5, \.pkl, got .*model\.onnx"):
        mnistedu.load_model(tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"must end in \.keras, \.h5, \.pkl"):
        mnistedu.save_model(mnistedu.build_mlp(), tmp_path / "model")
    for suffix in ("keras", "h5"):
        (tmp_path / f"cut.{suffix}").write_bytes(b"half a model")
        with pytest.raises(ValueError, match="could not be read as a Keras model"):
            mnistedu.load_model(tmp_path / f"cut.{suffix}")
    (tmp_path / "cut.pkl").write_bytes(b"half a model")
    with pytest.raises(ValueError, match="could not be read as a pickle"):
        mnistedu.load_model(tmp_path / "cut.pkl", trust=True)
    (tmp_path / "list.pkl").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(ValueError, match="holds a list, not a Keras model"):
        mnistedu.load_model(tmp_path / "list.pkl", trust=True)
