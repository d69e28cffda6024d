"""``train`` compared with Keras's ``fit``, for many models, optimizers, losses and metrics."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mnistedu
from mnistedu._backend import import_keras
from mnistedu.data import Dataset, Split
from mnistedu.training.augmentation import augment
from mnistedu.training.schedules import one_cycle
from tests.training.helpers import EMPTY, build_dense, fit_with_keras, train

keras = import_keras()

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
def test_results_equal_those_of_fit(small, optimizer):
    ours, theirs = build_dense(optimizer=optimizer()), build_dense(optimizer=optimizer())
    history = train(ours, small, epochs=4, batch_size=len(small.train))
    expected = fit_with_keras(theirs, small, epochs=4)
    for actual, weights in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(actual, weights, atol=1e-4)
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
    instances = [metric() if isinstance(metric, type) else metric for metric in metrics]
    model = build_dense(loss=loss() if isinstance(loss, type) else loss, metrics=instances)
    history = train(model, small, epochs=3).history
    assert history["loss"][-1] < history["loss"][0]
    assert len(history) == 2 * (1 + len(metrics))


def test_a_custom_loss_receives_labels_as_integers(small):
    def custom_loss(labels, probabilities):
        return keras.losses.sparse_categorical_crossentropy(labels, probabilities)

    ours, theirs = build_dense(loss=custom_loss), build_dense()
    np.testing.assert_allclose(
        train(ours, small).history["loss"], train(theirs, small).history["loss"], rtol=1e-5
    )


def test_a_metric_with_one_value_per_class(small):
    model = build_dense(
        loss="categorical_crossentropy", metrics=[keras.metrics.F1Score(average=None)]
    )
    history = train(model, small, verbose=True).history
    assert history["val_f1_score"][0].shape == (10,)


def test_binary_classification_with_one_output(small):
    parts = small.train, small.test
    sevens = [Split(part.images, (part.labels == 7).astype(int)) for part in parts]
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    history = train(model, Dataset(*sevens, EMPTY, "is it a 7?"), epochs=8).history
    assert history["val_accuracy"][-1] > 0.93


def test_a_subclassed_model(small):
    class MyModel(keras.Model):
        def __init__(self):
            super().__init__()
            self.flatten, self.dense = keras.layers.Flatten(), keras.layers.Dense(10, "softmax")

        def call(self, images):
            return self.dense(self.flatten(images))

    model = MyModel()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    assert train(model, small, epochs=4).history["accuracy"][-1] > 0.6


def test_the_seed_determines_the_result(small):
    first, again, other = (train(build_dense(), small, seed=seed).history for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_augmentation_changes_the_loss_reproducibly(small):
    plain = train(build_dense(), small).history["loss"]
    first, again = (train(build_dense(), small, augmentation=augment).history["loss"] for _ in "12")
    assert first == again
    assert first[0] > plain[0]


def test_defaults_are_augment_and_one_cycle(small):
    models = build_dense(), build_dense()
    mnistedu.train(models[0], small, epochs=2, verbose=False)
    mnistedu.train(
        models[1], small, epochs=2, augmentation=augment, schedule=one_cycle, verbose=False
    )
    for actual, expected in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_an_optimizer_with_a_schedule_keeps_it_by_default(small):
    decay = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    models = [build_dense(optimizer=keras.optimizers.SGD(decay)) for _ in "12"]
    mnistedu.train(models[0], small, epochs=2, augmentation=None, verbose=False)
    train(models[1], small, epochs=2, batch_size=128)
    for actual, expected in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_a_model_with_its_own_train_step_is_trained_with_fit_and_a_warning(small):
    class MyModel(keras.Sequential):
        def train_step(self, state, data):
            return super().train_step(state, data)

    model = MyModel(build_dense().layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    with pytest.warns(UserWarning, match="augmentation: MyModel has a train_step of its own"):
        history = train(model, small, epochs=2)
    assert len(history.history["val_accuracy"]) == 2
    with pytest.raises(ValueError, match="augmentation and schedule cannot be used"):
        train(model, small, schedule=jnp.cos)


def test_an_eager_model_is_trained_with_fit_and_a_warning(small):
    model = build_dense()
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    with pytest.warns(UserWarning, match="run_eagerly=True"):
        train(model, Dataset(small.train[:64], EMPTY, EMPTY, "few"))


def test_batch_size_is_limited_to_the_number_of_images(small):
    few = Dataset(small.train[:3], EMPTY, EMPTY, "few")
    ours, theirs = build_dense(), build_dense()
    train(ours, few, batch_size=10**9)
    train(theirs, few, batch_size=3)
    for actual, expected in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("shape", [(784,), (28, 28)])
def test_models_of_other_image_shapes_with_784_pixels(small, shape):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Flatten(), *build_dense().layers[1:]]
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = train(model, small)
    np.testing.assert_allclose(history.history["loss"], train(build_dense(), small).history["loss"])


def test_progress_bar_shows_epoch_rate_and_metrics(small, capsys):
    train(build_dense(), small, epochs=2, verbose=True)
    shown = capsys.readouterr().err
    assert "epoch 2/2: 100%" in shown
    assert "images/s" in shown
    assert "val_accuracy=" in shown


def test_nothing_is_printed_if_not_verbose(small, capsys):
    train(build_dense(), small)
    assert capsys.readouterr() == ("", "")


def test_a_model_that_memorizes_is_reported(digits):
    few = Dataset(digits.train[:10], digits.validation[:100], EMPTY, "few")
    model = build_dense(optimizer=keras.optimizers.Adam(0.01))
    with pytest.warns(UserWarning, match=r"100% of the training images .* only \d\d% of the valid"):
        train(model, few, epochs=30)


def test_the_programs_of_a_training_are_released(small):
    counts = []
    for _ in range(3):
        mnistedu.train(mnistedu.build_mlp(units=()), small, epochs=1, verbose=False)
        counts.append(len(jax.devices()[0].client.live_executables()))
    assert counts[1] == counts[2]
