import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu._backend import import_keras
from mnistedu.training.schedules import one_cycle
from tests.training.helpers import build_dense, train

keras = import_keras()


def test_layers_with_state_and_random_numbers(small):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(4, 3),  # Keras's own, which does not run in a compiled loop
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


def test_augmentation_receives_images_in_0_to_1_and_a_new_key_in_each_step(small):
    received = []

    def record(key, images):
        jax.debug.callback(lambda *a: received.append(a), jax.random.key_data(key), images.max())
        assert images.shape == (64, 28, 28)
        return images

    train(build_dense(), small, augmentation=record)
    assert len({tuple(np.asarray(key)) for key, _ in received}) == 10
    assert all(0.9 < float(largest) <= 1 for _, largest in received)


def test_schedule_scales_the_learning_rate_and_restores_it(small):
    model = build_dense(optimizer=keras.optimizers.SGD(0.5))
    train(model, small, schedule=one_cycle)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.5)
    unchanged = build_dense(optimizer=keras.optimizers.SGD(0.5))
    before = unchanged.get_weights()
    train(unchanged, small, schedule=lambda progress: 0 * progress)
    for actual, expected in zip(unchanged.get_weights(), before, strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_schedule_receives_progress_from_0_to_1(small):
    model, received = build_dense(), []

    def record(progress):
        jax.debug.callback(lambda value: received.append(float(value)), progress)
        return jnp.float32(1.0)

    train(model, small, epochs=2, schedule=record)
    np.testing.assert_allclose(sorted(received), np.arange(20) / 20, atol=1e-6)


def test_rejects_a_schedule_if_the_optimizer_has_one(small):
    decay = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    with pytest.raises(ValueError, match="has a schedule of its own"):
        train(build_dense(optimizer=keras.optimizers.SGD(decay)), small, schedule=jnp.cos)
