"""The fast layers against Keras's own: same values, same gradients, same files."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu import layers
from mnistedu._backend import import_keras

keras = import_keras()

CONVOLUTIONS = [
    {"kernel_size": size, "strides": strides, "padding": padding, "dilation_rate": dilation}
    for size, strides, padding, dilation in itertools.product(
        [1, 2, (3, 5)], [1, 2, (1, 3)], ["valid", "same"], [1, (2, 3)]
    )
    if strides == 1 or dilation == 1
]
CONVOLUTIONS += [
    {"kernel_size": 3, "activation": "relu", "use_bias": False},
    {"kernel_size": 3, "groups": 2},
]
POOLINGS = [
    {"pool_size": size, "strides": strides, "padding": padding}
    for size, strides, padding in itertools.product(
        [2, (3, 2), 1], [None, 1, (2, 3)], ["valid", "same"]
    )
]


def values_and_gradients(layer, images):
    """Give the layer's output and the gradients of a scalar made from it, jitted."""
    weights = [variable.value for variable in layer.trainable_variables]

    def scalar(weights, images):
        outputs = layer.stateless_call(weights, [], images)[0]
        cotangent = jnp.sin(jnp.arange(outputs.size, dtype="float32")).reshape(outputs.shape)
        return (outputs * cotangent).sum(), outputs

    gradients, outputs = jax.jit(jax.grad(scalar, argnums=(0, 1), has_aux=True))(weights, images)
    return [outputs, *gradients[0], gradients[1]]


def assert_same_layer(fast, stock, images):
    fast.build(images.shape)
    stock.build(images.shape)
    fast.set_weights(stock.get_weights())
    expected = values_and_gradients(stock, images)
    for got, want in zip(values_and_gradients(fast, images), expected, strict=True):
        scale = max(1.0, float(abs(want).max()))
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5 * scale)


@pytest.mark.parametrize("arguments", CONVOLUTIONS, ids=str)
def test_convolution_computes_what_keras_computes(arguments):
    images = np.random.default_rng(0).normal(size=(3, 11, 13, 4)).astype("float32")
    fast, stock = (kind.Conv2D(6, **arguments) for kind in (layers, keras.layers))
    assert_same_layer(fast, stock, images)


@pytest.mark.parametrize("arguments", POOLINGS, ids=str)
def test_pooling_computes_what_keras_computes(arguments):
    images = np.random.default_rng(0).normal(size=(3, 11, 13, 4)).astype("float32")
    fast, stock = (kind.MaxPooling2D(**arguments) for kind in (layers, keras.layers))
    assert_same_layer(fast, stock, images)


@pytest.mark.parametrize("arguments", POOLINGS, ids=str)
def test_pooling_breaks_ties_as_keras_does(arguments):
    images = np.random.default_rng(0).integers(0, 3, size=(3, 11, 13, 4)).astype("float32")
    fast, stock = (kind.MaxPooling2D(**arguments) for kind in (layers, keras.layers))
    assert_same_layer(fast, stock, images)


@pytest.mark.parametrize("arguments", CONVOLUTIONS[:-1], ids=str)
@pytest.mark.parametrize("size", [(12, 16), (11, 13)])
def test_convolution_of_one_channel_computes_what_keras_computes(arguments, size):
    images = np.random.default_rng(0).normal(size=(3, *size, 1)).astype("float32")
    fast, stock = (
        kind.Conv2D(6, **{"activation": "tanh"} | arguments) for kind in (layers, keras.layers)
    )
    assert_same_layer(fast, stock, images)


@pytest.mark.parametrize("count", [1, 24, 29])
def test_a_large_batch_computes_what_keras_computes(count):
    images = np.random.default_rng(0).normal(size=(count, 28, 28, 32)).astype("float32")
    fast, stock = (kind.Conv2D(8, 3) for kind in (layers, keras.layers))
    assert_same_layer(fast, stock, images)


@pytest.mark.parametrize("arguments", [{"activation": "relu"}, {"use_bias": False}], ids=str)
@pytest.mark.parametrize("shape", [(1, 784), (33, 130), (1025, 3), (4, 5, 6)], ids=str)
def test_dense_computes_what_keras_computes(arguments, shape):
    vectors = np.random.default_rng(0).normal(size=shape).astype("float32")
    fast, stock = (kind.Dense(20, **arguments) for kind in (layers, keras.layers))
    assert_same_layer(fast, stock, vectors)


@pytest.mark.parametrize(
    "arguments",
    [{"rate": 0.3}, {"rate": 0.0}, {"rate": 1.0}, {"rate": 0.5, "noise_shape": (None, 1, 1, 4)}],
    ids=str,
)
def test_dropout_drops_what_keras_drops(arguments):
    images = np.random.default_rng(0).normal(size=(3, 11, 13, 4)).astype("float32")
    fast, stock = (kind.Dropout(**arguments, seed=7) for kind in (layers, keras.layers))
    for _ in range(3):
        np.testing.assert_allclose(
            fast(images, training=True), stock(images, training=True), rtol=1e-6
        )
    np.testing.assert_array_equal(fast(images), images)


def test_an_empty_batch_stays_empty():
    layer = layers.Conv2D(8, 3)
    assert layer(np.zeros((0, 28, 28, 32), "float32")).shape == (0, 26, 26, 8)
    assert layers.Dense(8)(np.zeros((0, 5), "float32")).shape == (0, 8)
    assert layers.Dropout(0.5)(np.zeros((0, 5), "float32"), training=True).shape == (0, 5)


def test_pooling_lets_not_a_number_through():
    images = np.zeros((1, 4, 4, 1), "float32")
    images[0, 1, 1] = np.nan
    np.testing.assert_array_equal(
        layers.MaxPooling2D()(images), keras.layers.MaxPooling2D()(images)
    )


def test_channels_first_is_left_to_keras():
    images = np.random.default_rng(0).normal(size=(2, 4, 12, 12)).astype("float32")
    fast, stock = (
        kind.MaxPooling2D(data_format="channels_first") for kind in (layers, keras.layers)
    )
    assert_same_layer(fast, stock, images)


def test_any_image_size_and_batch_size():
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, layers.MaxPooling2D()(layers.Conv2D(4, 3)(inputs)))
    assert model.output_shape == (None, None, None, 4)
    assert model.predict(np.zeros((2, 9, 7, 3), "float32"), verbose=0).shape == (2, 3, 2, 4)


def test_half_precision_stays_half():
    convolution = layers.Conv2D(4, 3, dtype="mixed_bfloat16")
    pooling = layers.MaxPooling2D(dtype="mixed_bfloat16")
    assert pooling(convolution(np.ones((1, 8, 8, 1)))).dtype == jnp.bfloat16
    dense = layers.Dense(4, dtype="mixed_bfloat16")
    dropout = layers.Dropout(0.5, dtype="mixed_bfloat16")
    assert dropout(dense(np.ones((2, 8))), training=True).dtype == jnp.bfloat16


def small_model(kind):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            kind.Conv2D(4, 3, activation="relu"),
            kind.MaxPooling2D(),
            keras.layers.Flatten(),
            kind.Dropout(0.5),
            kind.Dense(10, activation="softmax"),
        ]
    )


def test_names_configurations_and_weights_are_those_of_keras():
    keras.utils.clear_session()
    fast = small_model(layers)
    keras.utils.clear_session()
    stock = small_model(keras.layers)
    for ours, theirs in zip(fast.layers, stock.layers, strict=True):
        assert ours.get_config() == theirs.get_config()
    fast.set_weights(stock.get_weights())


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_saved_model_loads_as_plain_keras(tmp_path, suffix):
    model = small_model(layers)
    model.save(tmp_path / f"model{suffix}")
    loaded = keras.saving.load_model(tmp_path / f"model{suffix}")
    for ours, theirs in zip(model.layers, loaded.layers, strict=True):
        assert type(theirs) is getattr(keras.layers, type(ours).__name__)
    images = np.random.default_rng(0).random((3, 28, 28, 1), dtype="float32")
    np.testing.assert_allclose(
        loaded.predict(images, verbose=0), model.predict(images, verbose=0), atol=1e-6
    )


def test_saved_model_loads_with_the_fast_layers(tmp_path):
    small_model(layers).save(tmp_path / "model.keras")
    fast = {name: getattr(layers, name) for name in layers.__all__}
    loaded = keras.saving.load_model(tmp_path / "model.keras", custom_objects=fast)
    assert {type(layer) for layer in loaded.layers} >= set(fast.values())
