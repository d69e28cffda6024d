"""Training: the same as Keras's fit, for any model, optimizer, loss, metric and callback."""

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
from mnistedu.training.augmentation import augment
from mnistedu.training.schedules import one_cycle

keras = import_keras()
EMPTY = Split(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))


@pytest.fixture
def small(digits):
    """640 images to train on: ten full batches of 64."""
    return Dataset(digits.train[:640], digits.validation[:100], digits.test[:100], "small")


def dense(*, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",)):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def train(model, data, **options):
    plain = {"augmentation": None, "schedule": None}
    options = plain | {"epochs": 1, "batch_size": 64, "verbose": False} | options
    return mnistedu.train(model, data, **options)


def fit(model, data, epochs=1, **options):
    """Keras's fit on the whole training set as one batch, where the order does not matter."""
    return model.fit(
        mnistedu.to_input(data.train.images),
        data.train.labels,
        batch_size=len(data.train),
        epochs=epochs,
        validation_data=(mnistedu.to_input(data.validation.images), data.validation.labels)
        if len(data.validation)
        else None,
        verbose=0,
        **options,
    )


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "schedule": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    ),
    "average": lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.5),
    "accumulation": lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=2),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_learns_exactly_what_fit_learns(small, optimizer):
    ours, theirs = dense(optimizer=optimizer()), dense(optimizer=optimizer())
    history = train(ours, small, epochs=4, batch_size=len(small.train))
    expected = fit(theirs, small, epochs=4)
    for got, want in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(got, want, atol=1e-4)
    assert history.epoch == expected.epoch
    assert history.history.keys() == expected.history.keys()
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-3)


LOSSES = [
    ("sparse_categorical_crossentropy", ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy]),
    ("categorical_crossentropy", ["accuracy", keras.metrics.AUC]),
    (keras.losses.CategoricalFocalCrossentropy, ["accuracy"]),
    ("mean_squared_error", ["mae"]),
    (keras.losses.SparseCategoricalCrossentropy, []),
]


@pytest.mark.parametrize(("loss", "metrics"), LOSSES, ids=str)
def test_any_loss_and_metric(small, loss, metrics):
    made = [metric() if isinstance(metric, type) else metric for metric in metrics]
    model = dense(loss=loss() if isinstance(loss, type) else loss, metrics=made)
    history = train(model, small, epochs=3).history
    assert history["loss"][-1] < history["loss"][0]
    assert len(history) == 2 * (1 + len(metrics))


def test_a_loss_of_ones_own_gets_the_labels_as_numbers(small):
    def my_loss(truth, probabilities):
        return keras.losses.sparse_categorical_crossentropy(truth, probabilities)

    ours, theirs = dense(loss=my_loss), dense()
    np.testing.assert_allclose(
        train(ours, small).history["loss"], train(theirs, small).history["loss"], rtol=1e-5
    )


def test_a_measure_of_each_class(small):
    model = dense(loss="categorical_crossentropy", metrics=[keras.metrics.F1Score(average=None)])
    history = train(model, small, verbose=True).history
    assert history["val_f1_score"][0].shape == (10,)


def test_two_classes_from_one_output(small):
    parts = small.train, small.test
    sevens = [Split(part.images, (part.labels == 7).astype(int)) for part in parts]
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    history = train(model, Dataset(*sevens, EMPTY, "is it a 7?"), epochs=8).history
    assert history["val_accuracy"][-1] > 0.93


def test_a_model_written_as_a_class(small):
    class MyModel(keras.Model):
        def __init__(self):
            super().__init__()
            self.flatten, self.dense = keras.layers.Flatten(), keras.layers.Dense(10, "softmax")

        def call(self, images):
            return self.dense(self.flatten(images))

    model = MyModel()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    assert train(model, small, epochs=4).history["accuracy"][-1] > 0.6


def test_layers_with_state_and_noise(small):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(4, 3),  # Keras's own, which does not run in a loop
            keras.layers.BatchNormalization(),
            keras.layers.MaxPooling2D(4),
            keras.layers.Dropout(0.2),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = train(model, small, epochs=6).history
    assert history["accuracy"][-1] > 0.6
    assert float(abs(model.layers[1].moving_mean.numpy()).max()) > 0.01


def test_repeats_for_a_seed_and_not_for_another(small):
    first, again, other = (train(dense(), small, seed=seed).history for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_image_is_seen_once_an_epoch(small):
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
    model = keras.Sequential([keras.Input((28, 28, 1)), recorder, *dense().layers])
    model.compile("sgd", "sparse_categorical_crossentropy")
    train(model, marked, epochs=2, batch_size=64)
    np.testing.assert_array_equal(recorder.seen.numpy(), 2)
    train(model, marked, batch_size=600)  # the second batch is filled up from the first
    assert sorted(np.unique(recorder.seen.numpy(), return_counts=True)[1]) == [80, 560]


def test_validation_counts_each_image_once(small):
    odd = Dataset(
        small.train,
        Split(*(np.tile(a, (6, 1, 1)[: a.ndim])[:501] for a in small.test)),
        small.test,
        "odd",
    )
    model = dense()
    history = train(model, odd).history
    loss, accuracy = model.evaluate(
        mnistedu.to_input(odd.validation.images), odd.validation.labels, verbose=0
    )
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)
    assert history["val_accuracy"][-1] == pytest.approx(accuracy, rel=1e-6)


def test_without_validation_images(small):
    history = train(dense(), Dataset(small.train, EMPTY, EMPTY, "train only"))
    assert sorted(history.history) == ["accuracy", "loss"]


def test_training_goes_on_where_it_stopped(small):
    model = dense()
    first = train(model, small, epochs=2).history["loss"]
    second = train(model, small, epochs=2).history["loss"]
    assert second[0] < first[-1]
    assert int(model.optimizer.iterations.numpy()) == 40


def test_early_stopping_restores_the_best_weights(small):
    model = dense(optimizer=keras.optimizers.SGD(0.1))
    stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=1, restore_best_weights=True, min_delta=10.0
    )
    history = train(model, small, epochs=9, callbacks=[stopping])
    assert history.epoch == [0, 1]
    loss = model.evaluate(
        mnistedu.to_input(small.validation.images), small.validation.labels, verbose=0
    )[0]
    assert loss == pytest.approx(history.history["val_loss"][0], rel=1e-4)


def test_reduce_on_plateau_reduces(small):
    model = dense(optimizer=keras.optimizers.SGD(0.1))
    plateau = keras.callbacks.ReduceLROnPlateau("val_loss", patience=1, min_delta=10.0, factor=0.1)
    history = train(model, small, epochs=3, callbacks=[plateau]).history
    np.testing.assert_allclose(history["learning_rate"], [0.1, 0.1, 0.01], rtol=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)


def test_learning_rate_scheduler_takes_effect(small):
    model = dense()
    before = model.get_weights()
    train(model, small, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)])
    for got, want in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(got, want)


def test_checkpoints_hold_the_weights_of_their_epoch(small, tmp_path):
    model = dense()
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    train(model, small, epochs=2, callbacks=[checkpoint])
    first, last = (keras.saving.load_model(tmp_path / f"{epoch}.keras") for epoch in (1, 2))
    for got, want in zip(last.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, want)
    assert not np.allclose(first.get_weights()[0], last.get_weights()[0])


def test_backup_and_restore_goes_on_after_a_crash(small, tmp_path):
    def crash(epoch, logs):
        if epoch == 2:
            raise RuntimeError("power cut")

    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    model = dense()
    with pytest.raises(RuntimeError, match="power cut"):
        crashing = keras.callbacks.LambdaCallback(on_epoch_begin=crash)
        train(model, small, epochs=4, callbacks=[backup, crashing])
    again = dense()
    assert train(again, small, epochs=4, callbacks=[backup]).epoch == [2, 3]
    assert int(again.optimizer.iterations.numpy()) == 40
    assert train(again, small, epochs=3).epoch == [0, 1, 2], "and the next begins at its beginning"


def test_averaged_weights_are_what_validation_measures(small):
    model = dense(optimizer=keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9))
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    history = train(model, small, epochs=3, callbacks=[swap]).history
    loss = model.evaluate(
        mnistedu.to_input(small.validation.images), small.validation.labels, verbose=0
    )[0]
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)


def test_batch_hooks_are_called_once_per_program(small):
    model, first, last = dense(), [], []

    def begin(batch, logs):
        first.append(batch)

    def end(batch, logs):
        last.append((batch, logs["loss"], model.get_weights()[0].sum()))

    hooks = keras.callbacks.LambdaCallback(on_train_batch_begin=begin, on_train_batch_end=end)
    train(model, small, epochs=2, callbacks=[hooks])
    batches, losses, sums = zip(*last, strict=True)
    assert batches.count(9) == 2, "each epoch ends with its tenth batch"
    assert first == [0, *(0 if batch == 9 else batch + 1 for batch in batches[:-1])]
    assert losses[-1] < losses[0]
    assert len(set(sums)) == len(sums)


def test_checkpoints_by_batches(small, tmp_path):
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras", save_freq=10)
    train(dense(), small, epochs=2, callbacks=[checkpoint])
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
    train(dense(), data, epochs=2, callbacks=[record(ours)])
    fit(dense(), data, epochs=2, callbacks=[record(theirs)])
    assert ours == theirs


def test_weights_can_be_read_from_another_thread_all_the_time(small):
    model = dense()
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


def test_augmentation_changes_what_is_learnt_from_and_repeats(small):
    plain = train(dense(), small).history["loss"]
    first, again = (train(dense(), small, augmentation=augment).history["loss"] for _ in "12")
    assert first == again
    assert first[0] > plain[0]


def test_augmentation_gets_images_from_zero_to_one_and_a_new_key_each_step(small):
    seen = []

    def spy(key, images):
        import jax

        jax.debug.callback(lambda *a: seen.append(a), jax.random.key_data(key), images.max())
        assert images.shape == (64, 28, 28)
        return images

    train(dense(), small, augmentation=spy)
    assert len({tuple(np.asarray(key)) for key, _ in seen}) == 10
    assert all(0.9 < float(largest) <= 1 for _, largest in seen)


def test_one_cycle_scales_the_rate_and_gives_it_back(small):
    model = dense(optimizer=keras.optimizers.SGD(0.5))
    train(model, small, schedule=one_cycle)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.5)
    still = dense(optimizer=keras.optimizers.SGD(0.5))
    before = still.get_weights()
    train(still, small, schedule=lambda progress: 0 * progress)
    for got, want in zip(still.get_weights(), before, strict=True):
        np.testing.assert_array_equal(got, want)


def test_a_schedule_sees_progress_from_zero_to_one(small):
    model, seen = dense(), []

    def spy(progress):
        import jax

        jax.debug.callback(lambda value: seen.append(float(value)), progress)
        return jnp.float32(1.0)

    train(model, small, epochs=2, schedule=spy)
    np.testing.assert_allclose(sorted(seen), np.arange(20) / 20, atol=1e-6)


def test_a_schedule_needs_a_plain_learning_rate(small):
    decay = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    with pytest.raises(ValueError, match="has a schedule of its own"):
        train(dense(optimizer=keras.optimizers.SGD(decay)), small, schedule=jnp.cos)


def test_by_default_the_images_bend_and_the_rate_goes_through_one_cycle(small):
    models = dense(), dense()
    mnistedu.train(models[0], small, epochs=2, verbose=False)
    mnistedu.train(
        models[1], small, epochs=2, augmentation=augment, schedule=one_cycle, verbose=False
    )
    for got, want in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(got, want)


def test_by_default_a_schedule_of_the_optimizer_is_kept(small):
    decay = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    models = [dense(optimizer=keras.optimizers.SGD(decay)) for _ in "12"]
    mnistedu.train(models[0], small, epochs=2, augmentation=None, verbose=False)
    train(models[1], small, epochs=2, batch_size=128)
    for got, want in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.fixture
def interruptible():
    """Hear SIGINT, which a shell that starts a job in the background switches off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupter(keras.callbacks.Callback):
    """Press Ctrl-C in the middle of an epoch, as a terminal or a notebook's stop button does."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            delay = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
            delay.start()


@pytest.mark.usefixtures("interruptible")
def test_interrupt_keeps_the_best_weights_and_the_history(digits):
    model = dense(optimizer=keras.optimizers.SGD(0.5))

    class Worsen(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.optimizer.learning_rate = 100.0

    big = Split(*(np.concatenate([part] * 400) for part in digits.train))
    data = Dataset(big, digits.validation, digits.test, "big")
    train(model, Dataset(big[:64], digits.validation, digits.test, ""))  # compile outside
    with pytest.warns(UserWarning, match=r"interrupted in epoch 3 of 50.*its best epoch"):
        history = train(model, data, epochs=50, callbacks=[Worsen(), Interrupter(2)])
    assert history.epoch == [0, 1]
    loss = model.evaluate(
        mnistedu.to_input(data.validation.images), data.validation.labels, verbose=0
    )[0]
    assert loss == pytest.approx(min(history.history["val_loss"]), rel=1e-4)


@pytest.mark.usefixtures("interruptible")
def test_interrupt_in_the_first_epoch_keeps_the_latest_weights(digits):
    model = dense()
    before = model.get_weights()[0]
    big = Split(*(np.concatenate([part] * 2000) for part in digits.train))
    data = Dataset(big, digits.validation, digits.test, "big")
    began = time.perf_counter()
    with pytest.warns(UserWarning, match=r"interrupted in epoch 1 of 500.*the latest weights"):
        history = train(model, data, epochs=500, callbacks=[Interrupter(0)])
    assert time.perf_counter() - began < 60
    assert history.epoch == []
    assert np.isfinite(model.get_weights()[0]).all()
    assert model.get_weights()[0].shape == before.shape


def test_stop_training_ends_within_the_epoch(small):
    model = dense()

    def stop(batch, logs):
        model.stop_training = True

    history = train(
        model, small, epochs=5, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=stop)]
    )
    assert history.epoch == [0]
    assert int(model.optimizer.iterations.numpy()) == 1, "the first program is one step"


class Diverge(keras.callbacks.Callback):
    """Set a learning rate that no training survives, when an epoch begins."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            self.model.optimizer.learning_rate = 1e30


@pytest.mark.parametrize(
    ("epoch", "kept"), [(0, "from before the training"), (2, "of its best epoch")]
)
def test_a_loss_of_nan_stops_and_keeps_the_best_weights(small, epoch, kept):
    model = dense(optimizer=keras.optimizers.SGD(0.1), loss="mean_squared_error")
    model.layers[-1].activation = keras.activations.linear
    before = model.get_weights()
    message = rf"the loss became (nan|inf) in epoch {epoch + 1} of 5.*{kept}.*such as 1e\+29"
    with pytest.warns(UserWarning, match=message):
        history = train(model, small, epochs=5, callbacks=[Diverge(epoch)])
    assert history.epoch == list(range(epoch))
    assert all(np.isfinite(weights).all() for weights in model.get_weights())
    if not epoch:
        for got, want in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(got, want)
    model.optimizer.learning_rate = 0.01
    assert np.isfinite(train(model, small).history["loss"]).all(), "and it can train on"


def test_a_step_of_ones_own_falls_back_to_fit_with_a_word(small):
    class MyModel(keras.Sequential):
        def train_step(self, state, data):
            return super().train_step(state, data)

    model = MyModel(dense().layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    with pytest.warns(UserWarning, match="augmentation: MyModel has a train_step of its own"):
        history = train(model, small, epochs=2)
    assert len(history.history["val_accuracy"]) == 2
    with pytest.raises(ValueError, match="augmentation and schedule do not work here"):
        train(model, small, schedule=jnp.cos)


def test_eager_models_fall_back_to_fit(small):
    model = dense()
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    with pytest.warns(UserWarning, match="run_eagerly=True"):
        train(model, Dataset(small.train[:64], EMPTY, EMPTY, "few"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a positive whole number, got 0"),
        ({"batch_size": -1}, "batch_size must be a positive whole number, got -1"),
        ({"batch_size": 0.5}, "batch_size must be a positive whole number, got 0.5"),
        ({"batch_size": "64"}, "batch_size must be a positive whole number, got '64'"),
        ({"epochs": None}, "epochs must be a positive whole number, got None"),
        ({"epochs": float("nan")}, "epochs must be a positive whole number, got nan"),
        ({"epochs": 10**12}, "epochs are 10000000000000 steps, more than"),
        ({"seed": 1.5}, "seed must be a whole number from 0"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": 2**40}, "seed must be a whole number from 0"),
        ({"augmentation": lambda key, images: images[:, 1:]}, "augmentation must return .* 27"),
        ({"augmentation": lambda key, images: 1 / 0}, "augmentation failed.*division"),
        ({"augmentation": lambda images: images}, "augmentation failed.*argument"),
        ({"augmentation": lambda key, images: None}, "augmentation must return .* NoneType"),
        ({"schedule": lambda progress: jnp.ones(3)}, r"schedule must return .* shape \(\)"),
        ({"schedule": lambda progress: float(progress)}, "schedule failed"),
    ],
)
def test_bad_options(small, options, message):
    with pytest.raises(ValueError, match=message):
        train(dense(), small, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"augmentation": "augment"}, "augmentation must be a function or None, got str"),
        ({"schedule": 0.1}, "schedule must be a function or None, got float"),
    ],
)
def test_options_of_other_types(small, options, message):
    with pytest.raises(TypeError, match=message):
        train(dense(), small, **options)


def test_models_and_data_of_other_types(small):
    with pytest.raises(TypeError, match=r"model must be a keras\.Model, got str"):
        train("mlp", small)
    with pytest.raises(TypeError, match=r"data must be a mnistedu\.Dataset, .* got Split"):
        train(dense(), small.train)


def test_a_batch_is_at_most_all_images(small):
    few = Dataset(small.train[:3], EMPTY, EMPTY, "few")
    ours, theirs = dense(), dense()
    train(ours, few, batch_size=10**9)
    train(theirs, few, batch_size=3)
    for got, want in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(got, want)


def test_nothing_to_train_on():
    with pytest.raises(ValueError, match=r"data\.train is empty"):
        train(dense(), Dataset(EMPTY, EMPTY, EMPTY, "nothing"))


def test_not_compiled(small):
    model = keras.Sequential(dense().layers)
    with pytest.raises(ValueError, match=r"call model\.compile"):
        train(model, small)


@pytest.mark.parametrize("shape", [(784,), (28, 28)])
def test_images_of_other_shapes_of_784_pixels(small, shape):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Flatten(), *dense().layers[1:]]
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = train(model, small)
    np.testing.assert_allclose(history.history["loss"], train(dense(), small).history["loss"])


def test_wrong_input_shape(small):
    model = keras.Sequential([keras.Input((32, 32)), keras.layers.Flatten()])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"takes \(32, 32\)"):
        train(model, small)


def test_too_few_classes(small):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(5)]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="has 5 classes, but there are labels up to 9"):
        train(model, small)


def test_progress_says_epoch_rate_and_measures(small, capsys):
    train(dense(), small, epochs=2, verbose=True)
    shown = capsys.readouterr().err
    assert "epoch 2/2: 100%" in shown
    assert "images/s" in shown
    assert "val_accuracy=" in shown


def test_silent_when_not_verbose(small, capsys):
    train(dense(), small)
    assert capsys.readouterr() == ("", "")


def test_a_model_that_memorizes_is_reported(digits):
    few = Dataset(digits.train[:10], digits.validation[:100], EMPTY, "few")
    model = dense(optimizer=keras.optimizers.Adam(0.01))
    with pytest.warns(UserWarning, match=r"100% of the training images .* only \d\d% of the valid"):
        train(model, few, epochs=30)
