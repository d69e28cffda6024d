"""The training monitor without a browser."""

from __future__ import annotations

import threading

import keras
import numpy as np
import pytest
from ipywidgets import Button

import mnistedu
from mnistedu import Dataset, TrainingMonitor
from tests.widgets.driver import shown, widgets


class StopAfter(keras.callbacks.Callback):
    """Press the monitor's button when so many epochs are done."""

    def __init__(self, monitor: TrainingMonitor, epochs: int) -> None:
        super().__init__()
        self.monitor, self.epochs = monitor, epochs

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if epoch + 1 == self.epochs:
            (button,) = widgets(self.monitor, Button)
            assert not button.disabled
            thread = threading.Thread(target=button.click)
            thread.start()
            thread.join()


class Worsen(keras.callbacks.Callback):
    """Spoil the weights after the first epoch."""

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        if epoch == 1:
            self.model.set_weights([0 * weights for weights in self.model.get_weights()])


def test_it_follows_mnistedus_training(digits: Dataset) -> None:
    monitor = TrainingMonitor(digits)
    assert "Not training yet" in shown(monitor)
    model = mnistedu.build_mlp()
    history = mnistedu.train(model, digits, epochs=3, callbacks=[monitor], verbose=False)
    assert monitor.history == history.history
    html = shown(monitor)
    assert "Trained for 3 epochs" in html
    for name in ("loss", "accuracy"):
        assert f"training {history.history[name][-1]:.4f}" in html
        assert f"validation {history.history[f'val_{name}'][-1]:.4f}" in html
    expected = mnistedu.evaluate(model, digits.validation).confusion
    np.testing.assert_array_equal(monitor.confusion, expected)
    assert html.count("<li ") == 10
    monitor.stop()  # a page's message that arrives late
    assert "Trained for 3 epochs" in shown(monitor)
    assert not model.stop_training


def test_it_follows_keras_own_fit(digits: Dataset) -> None:
    monitor = TrainingMonitor(digits.validation)
    model = mnistedu.build_mlp()
    x, y = mnistedu.to_input(digits.train.images), digits.train.labels
    history = model.fit(x, y, epochs=2, batch_size=100, callbacks=[monitor], verbose=0)
    assert monitor.history == history.history
    assert "Trained for 2 epochs" in shown(monitor)
    assert "on 200 validation images" in shown(monitor)


def test_it_hears_of_programs_not_of_every_step(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    monkeypatch.setattr(
        TrainingMonitor, "on_train_batch_end", lambda _, batch, logs: ends.append((batch, logs))
    )
    monitor = TrainingMonitor(digits)
    options = {"batch_size": 8, "callbacks": [monitor], "verbose": False}
    mnistedu.train(mnistedu.build_mlp(), digits, epochs=1, **options)
    steps = -(-len(digits.train) // 8)
    assert len(ends) < steps / 2
    assert ends[-1][0] == steps - 1
    assert ends[-1][1]["loss"] == pytest.approx(monitor.history["loss"][0])


@pytest.mark.parametrize("fit", [False, True])
def test_stop_keeps_the_best_weights(digits: Dataset, fit: bool) -> None:
    monitor = TrainingMonitor(digits)
    model = mnistedu.build_mlp()
    callbacks = [Worsen(), monitor, StopAfter(monitor, epochs=2)]
    if fit:
        x, y = mnistedu.to_input(digits.train.images), digits.train.labels
        validation = mnistedu.to_input(digits.validation.images), digits.validation.labels
        model.fit(x, y, epochs=9, callbacks=callbacks, validation_data=validation, verbose=0)
    else:
        mnistedu.train(model, digits, epochs=9, callbacks=callbacks, verbose=False)
    losses = monitor.history["val_loss"]
    assert len(losses) == 2
    best = int(np.argmin(losses))
    assert f"the model has the weights of epoch {best + 1}" in shown(monitor)
    assert mnistedu.evaluate(model, digits.validation).loss == pytest.approx(min(losses), rel=1e-4)
    (button,) = widgets(monitor, Button)
    assert button.disabled


def test_it_can_watch_one_training_after_another(digits: Dataset) -> None:
    monitor = TrainingMonitor()
    for _ in range(2):
        mnistedu.train(mnistedu.build_mlp(), digits, epochs=1, callbacks=[monitor], verbose=False)
        assert len(monitor.history["loss"]) == 1
    assert monitor.confusion is None


def test_a_model_with_other_answers_is_trained_all_the_same(digits: Dataset) -> None:
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(12, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    monitor = TrainingMonitor(digits)
    history = mnistedu.train(model, digits, epochs=1, callbacks=[monitor], verbose=False)
    assert len(history.history["loss"]) == 1
    assert "ValueError" in shown(monitor)


def test_data_of_another_kind_is_refused(digits: Dataset) -> None:
    with pytest.raises(TypeError, match=r"data must be a mnistedu\.Dataset"):
        TrainingMonitor(digits.validation.images)
