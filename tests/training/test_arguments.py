import jax.numpy as jnp
import pytest

from mnistedu._backend import import_keras
from mnistedu.data import Dataset
from tests.training.helpers import EMPTY, build_dense, train

keras = import_keras()


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
def test_rejects_invalid_options(small, options, message):
    with pytest.raises(ValueError, match=message):
        train(build_dense(), small, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"augmentation": "augment"}, "augmentation must be a function or None, got str"),
        ({"schedule": 0.1}, "schedule must be a function or None, got float"),
    ],
)
def test_rejects_options_of_other_types(small, options, message):
    with pytest.raises(TypeError, match=message):
        train(build_dense(), small, **options)


def test_rejects_models_and_data_of_other_types(small):
    with pytest.raises(TypeError, match=r"model must be a keras\.Model, got str"):
        train("mlp", small)
    with pytest.raises(TypeError, match=r"data must be a mnistedu\.Dataset, .* got Split"):
        train(build_dense(), small.train)


def test_rejects_data_without_training_images():
    with pytest.raises(ValueError, match=r"data\.train must contain at least one image"):
        train(build_dense(), Dataset(EMPTY, EMPTY, EMPTY, "nothing"))


def test_rejects_a_model_that_is_not_compiled(small):
    model = keras.Sequential(build_dense().layers)
    with pytest.raises(ValueError, match=r"call model\.compile"):
        train(model, small)


def test_rejects_a_model_of_other_images(small):
    model = keras.Sequential([keras.Input((32, 32)), keras.layers.Flatten()])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"takes \(32, 32\)"):
        train(model, small)


def test_rejects_a_model_with_too_few_classes(small):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(5)]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="has 5 classes, but there are labels up to 9"):
        train(model, small)
