"""The command, on a small scale: the bundled digits and a few writers' ink."""

import logging

import keras
import numpy as np
import pytest

from mnistedu import Recognizer, to_input
from mnistedu.pretrained import load_weights
from mnistedu.pretrained.architecture import COLUMNS, DEEP, SHALLOW, weight_shapes
from mnistedu.pretrained.forward import predict_proba
from mnistedu.pretrained.network import build_trainable, fold_batch_norm
from mnistedu.pretraining import __main__ as command
from mnistedu.pretraining.__main__ import calibrate, main, pretrain
from mnistedu.pretraining.recipe import RECIPES, Cycle, Recipe
from mnistedu.pretraining.sources import TrainingViews

TWO_CYCLES = (Recipe(SHALLOW, 1, 1.0, 0.01, (Cycle(17, 3e-3), Cycle(17, 1e-3, crisp=0.3))),)
BOTH = (*RECIPES[:1], Recipe(DEEP, plain=2, times=1.0, weight_decay=0.02, cycles=(Cycle(1, 3e-3),)))


def test_calibrate_lowers_the_temperature_of_a_correct_model_and_raises_it_of_a_wrong_one(digits):
    keras.utils.set_random_seed(0)
    weights = fold_batch_norm(build_trainable(SHALLOW), SHALLOW)
    images = digits.test.images[:50]
    probabilities = predict_proba(weights, to_input(images))
    for labels, is_low in (
        (probabilities.argmax(axis=1), True),
        (probabilities.argmin(axis=1), False),
    ):
        chosen = calibrate(weights, TrainingViews(images, labels))["classes_kernel"]
        assert (np.abs(chosen).sum() > np.abs(weights["classes_kernel"]).sum()) == is_low


def test_pretrain_writes_weights_that_can_be_used(tmp_path, few, pens, caplog):
    path = tmp_path / "weights.npz"
    with caplog.at_level(logging.INFO, "mnistedu.pretraining"):
        pretrain(few, pens, path, recipes=BOTH, epochs=1)
    assert "threshold" in caplog.text
    weights, threshold = load_weights(path)
    assert 0 < threshold < 1
    assert weights.keys() == weight_shapes(COLUMNS).keys()
    probabilities = predict_proba(weights, to_input(few.validation.images))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_pretrain_can_train_a_single_column(tmp_path, few, pens, seven):
    path = tmp_path / "weights.npz"
    pretrain(few, pens, path, recipes=RECIPES[:1], epochs=1)
    assert load_weights(path)[0].keys() == weight_shapes([SHALLOW]).keys()
    assert Recognizer(weights=path).predict(seven).probabilities.shape == (10,)


def pretrain_and_count(few, pens, path):
    """Return the number of devices that the model was trained on."""
    counts = []

    def count(epoch: int, logs: dict[str, float]) -> None:
        counts.append(keras.distribution.distribution().num_model_replicas)

    command._report, report = count, command._report
    try:
        pretrain(few, pens, path, recipes=RECIPES[:1], epochs=1)
    finally:
        command._report = report
    return counts


def test_pretrain_uses_all_devices(tmp_path, few, pens, on_devices):
    path = tmp_path / "weights.npz"
    assert on_devices(2, pretrain_and_count, few, pens, path) == [2]
    assert load_weights(path)[0].keys() == weight_shapes([SHALLOW]).keys()


def test_pretrain_resumes_an_interrupted_training(tmp_path, few, pens, monkeypatch):
    path = tmp_path / "weights.npz"

    def interrupt(epoch: int, logs: dict[str, float]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as change:
        change.setattr(command, "_report", interrupt)
        with (
            pytest.warns(UserWarning, match="interrupted in epoch 1 of 2"),
            pytest.raises(KeyboardInterrupt, match="run the same command again"),
        ):
            pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=2)
    assert not path.exists()
    reported = []
    monkeypatch.setattr(command, "_report", lambda epoch, logs: reported.append(epoch))
    pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=2, seed=1)
    assert reported == [0, 1, 0, 1]
    reported.clear()
    pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=2)
    assert reported == [1, 0, 1]
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_pretrain_does_not_repeat_a_training_whose_weights_could_not_be_written(
    tmp_path, few, pens, monkeypatch
):
    path = tmp_path / "weights.npz"
    with monkeypatch.context() as change:
        change.setattr(command, "save_weights", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=1)
    reported = []
    monkeypatch.setattr(command, "_report", lambda epoch, logs: reported.append(epoch))
    pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=1)
    assert reported == []
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_the_command_requires_pendigits(capsys):
    with pytest.raises(SystemExit):
        main([])
    assert "--pendigits" in capsys.readouterr().err


def test_the_command_reports_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        main(["--mnist", "digits", "--pendigits", str(tmp_path / "missing.tra")])
