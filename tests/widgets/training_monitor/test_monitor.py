"""The training monitor without a browser."""

from __future__ import annotations

import base64
import io
import threading

import keras
import numpy as np
import pytest
from ipywidgets import Button
from PIL import Image

import mnistedu
from mnistedu import Dataset, TrainingMonitor
from mnistedu.widgets.training_monitor.html import confusion_html, curves_html
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


def test_a_picture_stands_in_where_no_widget_can_show(digits: Dataset) -> None:
    monitor = TrainingMonitor(digits)
    assert "image/png" not in monitor._repr_mimebundle_()[0]
    mnistedu.train(mnistedu.build_mlp(), digits, epochs=2, callbacks=[monitor], verbose=False)
    bundle, metadata = monitor._repr_mimebundle_()
    assert "2 of 2 epochs" in metadata["image/png"]["alt"]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))))
    width = picture.shape[1] // 3
    for panel in range(3):
        assert picture[:, panel * width : (panel + 1) * width, :3].std() > 10


def test_curves_are_where_their_values_are() -> None:
    html = curves_html(
        {"loss": [(0, 4.0), (5, 2.0), (10, 0.0)], "val_loss": [(10, 1.0)]}, "loss", 10
    )
    line = html.split('<polyline points="')[1].split('"')[0]
    (x0, y0), (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in line.split())
    assert x1 - x0 == pytest.approx(x2 - x1)
    assert y1 - y0 == pytest.approx(y2 - y1)
    assert y0 < y2, "larger is higher up"
    assert 'aria-label="The loss over 10 epochs: training 0.0000, validation 1.0000"' in html


def test_curves_of_a_training_that_diverged() -> None:
    assert "nan" in curves_html({"loss": [(1, 2.0), (2, float("nan"))]}, "loss", 2)
    assert "nothing yet" in curves_html({}, "loss", 2)


def test_the_table_has_a_cell_for_each_pair() -> None:
    html = confusion_html(np.arange(100).reshape(10, 10))
    assert html.count("<td") == 100
    assert ">99</td>" in html
