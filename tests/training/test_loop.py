"""The epochs, compared with Keras's: callbacks, validation, interrupts and NaN."""

import os
import signal
import threading
import time

import jax.numpy as jnp
import numpy as np
import pytest

import mnistedu
from mnistedu._backend import import_keras
from mnistedu.data import Dataset, Split
from tests.training.helpers import EMPTY, build_dense, fit_with_keras, train

keras = import_keras()


def test_every_image_is_used_once_per_epoch(small):
    class Recorder(keras.layers.Layer):
        def build(self, shape):
            self.seen = self.add_weight(shape=(640,), initializer="zeros", trainable=False)

        def call(self, images, training=False):
            if training:
                index = jnp.round(images[:, 0, 0, 0] * 255 + 256 * images[:, 0, 1, 0] * 255)
                self.seen.assign(self.seen.value.at[index.astype(int)].add(1))
            return images

    images = small.train.images.copy()
    images[:, 0, 0], images[:, 0, 1] = np.arange(640) % 256, np.arange(640) // 256
    marked = Dataset(Split(images, small.train.labels), EMPTY, EMPTY, "marked")
    recorder = Recorder()
    model = keras.Sequential([keras.Input((28, 28, 1)), recorder, *build_dense().layers])
    model.compile("sgd", "sparse_categorical_crossentropy")
    train(model, marked, epochs=2, batch_size=64)
    np.testing.assert_array_equal(recorder.seen.numpy(), 2)
    train(model, marked, batch_size=600)  # the second batch is filled up with images of the first
    assert sorted(np.unique(recorder.seen.numpy(), return_counts=True)[1]) == [80, 560]


def test_validation_counts_each_image_once(small):
    odd = Dataset(
        small.train,
        Split(*(np.tile(a, (6, 1, 1)[: a.ndim])[:501] for a in small.test)),
        small.test,
        "odd",
    )
    model = build_dense()
    history = train(model, odd).history
    loss, accuracy = model.evaluate(
        mnistedu.to_input(odd.validation.images), odd.validation.labels, verbose=0
    )
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)
    assert history["val_accuracy"][-1] == pytest.approx(accuracy, rel=1e-6)


def test_training_without_validation_images(small):
    history = train(build_dense(), Dataset(small.train, EMPTY, EMPTY, "train only"))
    assert sorted(history.history) == ["accuracy", "loss"]


def test_a_second_training_continues_from_the_first(small):
    model = build_dense()
    first = train(model, small, epochs=2).history["loss"]
    second = train(model, small, epochs=2).history["loss"]
    assert second[0] < first[-1]
    assert int(model.optimizer.iterations.numpy()) == 40


def test_early_stopping_restores_the_best_weights(small):
    model = build_dense(optimizer=keras.optimizers.SGD(0.1))
    stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=1, restore_best_weights=True, min_delta=10.0
    )
    history = train(model, small, epochs=9, callbacks=[stopping])
    assert history.epoch == [0, 1]
    loss = model.evaluate(
        mnistedu.to_input(small.validation.images), small.validation.labels, verbose=0
    )[0]
    assert loss == pytest.approx(history.history["val_loss"][0], rel=1e-4)


def test_reduce_on_plateau_reduces_the_learning_rate(small):
    model = build_dense(optimizer=keras.optimizers.SGD(0.1))
    plateau = keras.callbacks.ReduceLROnPlateau("val_loss", patience=1, min_delta=10.0, factor=0.1)
    history = train(model, small, epochs=3, callbacks=[plateau]).history
    np.testing.assert_allclose(history["learning_rate"], [0.1, 0.1, 0.01], rtol=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)


def test_learning_rate_scheduler_sets_the_learning_rate(small):
    model = build_dense()
    before = model.get_weights()
    train(model, small, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)])
    for actual, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_checkpoints_contain_the_weights_of_their_epoch(small, tmp_path):
    model = build_dense()
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    train(model, small, epochs=2, callbacks=[checkpoint])
    first, last = (keras.saving.load_model(tmp_path / f"{epoch}.keras") for epoch in (1, 2))
    for actual, expected in zip(last.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected)
    assert not np.allclose(first.get_weights()[0], last.get_weights()[0])


def test_backup_and_restore_resumes_after_a_crash(small, tmp_path):
    def crash(epoch, logs):
        if epoch == 2:
            raise RuntimeError("power cut")

    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    model = build_dense()
    with pytest.raises(RuntimeError, match="power cut"):
        crashing = keras.callbacks.LambdaCallback(on_epoch_begin=crash)
        train(model, small, epochs=4, callbacks=[backup, crashing])
    resumed = build_dense()
    assert train(resumed, small, epochs=4, callbacks=[backup]).epoch == [2, 3]
    assert int(resumed.optimizer.iterations.numpy()) == 40
    assert train(resumed, small, epochs=3).epoch == [0, 1, 2]  # only once


def test_validation_uses_averaged_weights(small):
    model = build_dense(optimizer=keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9))
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    history = train(model, small, epochs=3, callbacks=[swap]).history
    loss = model.evaluate(
        mnistedu.to_input(small.validation.images), small.validation.labels, verbose=0
    )[0]
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)


def test_batch_hooks_are_called_once_per_program(small):
    model, first, last = build_dense(), [], []

    def begin(batch, logs):
        first.append(batch)

    def end(batch, logs):
        last.append((batch, logs["loss"], model.get_weights()[0].sum()))

    hooks = keras.callbacks.LambdaCallback(on_train_batch_begin=begin, on_train_batch_end=end)
    train(model, small, epochs=2, callbacks=[hooks])
    batches, losses, sums = zip(*last, strict=True)
    assert batches.count(9) == 2  # each epoch ends with its tenth batch
    assert first == [0, *(0 if batch == 9 else batch + 1 for batch in batches[:-1])]
    assert losses[-1] < losses[0]
    assert len(set(sums)) == len(sums)


def test_checkpoints_can_be_saved_by_batches(small, tmp_path):
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras", save_freq=10)
    train(build_dense(), small, epochs=2, callbacks=[checkpoint])
    assert {path.name for path in tmp_path.iterdir()} == {"1.keras", "2.keras"}


@pytest.mark.parametrize("validation", [True, False])
def test_callbacks_are_called_in_keras_order(small, validation):
    data = small if validation else Dataset(small.train, EMPTY, EMPTY, "train only")

    def record(calls):
        hooks = ["train", "epoch", "test"]
        names = [f"on_{hook}_{end}" for hook in hooks for end in ("begin", "end")]
        callback = keras.callbacks.Callback()
        for name in names:
            setattr(callback, name, lambda *_, name=name, **__: calls.append(name))
        return callback

    ours, theirs = [], []
    train(build_dense(), data, epochs=2, callbacks=[record(ours)])
    fit_with_keras(build_dense(), data, epochs=2, callbacks=[record(theirs)])
    assert ours == theirs


def test_weights_can_be_read_from_another_thread_during_training(small):
    model = build_dense()
    stop, errors, reads = threading.Event(), [], []

    def read():
        while not stop.is_set():
            try:
                reads.append(sum(float(jnp.sum(v.value)) for v in model.trainable_variables))
            except Exception as error:
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    train(model, small, epochs=20)
    stop.set()
    reader.join()
    assert reads and not errors


@pytest.fixture
def interruptible():
    """Enable SIGINT, which shells disable for background jobs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupter(keras.callbacks.Callback):
    """Send SIGINT in the middle of an epoch, as Ctrl-C and a notebook's stop button do."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            delay = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
            delay.start()


@pytest.mark.usefixtures("interruptible")
def test_interrupt_restores_the_best_weights_and_keeps_the_history(digits):
    model = build_dense(optimizer=keras.optimizers.SGD(0.5))

    class Worsen(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.optimizer.learning_rate = 100.0

    big = Split(*(np.concatenate([part] * 400) for part in digits.train))
    data = Dataset(big, digits.validation, digits.test, "big")
    train(model, Dataset(big[:64], digits.validation, digits.test, ""))  # compile first
    with pytest.warns(UserWarning, match=r"interrupted in epoch 3 of 50.*its best epoch"):
        history = train(model, data, epochs=50, callbacks=[Worsen(), Interrupter(2)])
    assert history.epoch == [0, 1]
    loss = model.evaluate(
        mnistedu.to_input(data.validation.images), data.validation.labels, verbose=0
    )[0]
    assert loss == pytest.approx(min(history.history["val_loss"]), rel=1e-4)


@pytest.mark.usefixtures("interruptible")
def test_interrupt_in_the_first_epoch_keeps_the_latest_weights(digits):
    model = build_dense()
    before = model.get_weights()[0]
    big = Split(*(np.concatenate([part] * 2000) for part in digits.train))
    data = Dataset(big, digits.validation, digits.test, "big")
    begin = time.perf_counter()
    with pytest.warns(UserWarning, match=r"interrupted in epoch 1 of 500.*the latest weights"):
        history = train(model, data, epochs=500, callbacks=[Interrupter(0)])
    assert time.perf_counter() - begin < 60
    assert history.epoch == []
    assert np.isfinite(model.get_weights()[0]).all()
    assert model.get_weights()[0].shape == before.shape


def test_stop_training_ends_within_the_epoch(small):
    model = build_dense()

    def stop(batch, logs):
        model.stop_training = True

    history = train(
        model, small, epochs=5, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=stop)]
    )
    assert history.epoch == [0]
    assert int(model.optimizer.iterations.numpy()) == 1  # the first program is one step


class Diverge(keras.callbacks.Callback):
    """Set a learning rate that makes the loss infinite at the beginning of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            self.model.optimizer.learning_rate = 1e30


@pytest.mark.parametrize(
    ("epoch", "kept"), [(0, "from before the training"), (2, "of its best epoch")]
)
def test_a_loss_of_nan_stops_training_and_restores_the_best_weights(small, epoch, kept):
    model = build_dense(optimizer=keras.optimizers.SGD(0.1), loss="mean_squared_error")
    model.layers[-1].activation = keras.activations.linear
    before = model.get_weights()
    message = rf"the loss became (nan|inf) in epoch {epoch + 1} of 5.*{kept}.*such as 1e\+29"
    with pytest.warns(UserWarning, match=message):
        history = train(model, small, epochs=5, callbacks=[Diverge(epoch)])
    assert history.epoch == list(range(epoch))
    assert all(np.isfinite(weights).all() for weights in model.get_weights())
    if not epoch:
        for actual, expected in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(actual, expected)
    model.optimizer.learning_rate = 0.01
    assert np.isfinite(train(model, small).history["loss"]).all()  # can be trained further
