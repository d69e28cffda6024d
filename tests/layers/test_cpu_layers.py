"""The fast layers against Keras's own: same values, same derivatives, same files."""

import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mnistedu
from mnistedu import layers
from mnistedu._backend import import_keras
from mnistedu.layers import patches
from mnistedu.layers.kernels.availability import is_available

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


def as_function(layer):
    """Return a layer's weights, and the layer in training as a function of weights and inputs."""
    weights, others = (
        [variable.value for variable in variables]
        for variables in (layer.trainable_variables, layer.non_trainable_variables)
    )
    training = {"training": True} if isinstance(layer, keras.layers.Dropout) else {}
    return weights, lambda weights, inputs: layer.stateless_call(
        weights, others, inputs, **training
    )[0]


def values_and_gradients(layer, images):
    """Return the layer's outputs and the gradients of a scalar made from them, jitted."""
    weights, call = as_function(layer)

    def scalar(weights, images):
        outputs = call(weights, images)
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


LAYERS = {
    "Conv2D": (lambda kind, **more: kind.Conv2D(6, 3, **more), (3, 11, 13, 4)),
    "Conv2D, ReLU": (
        lambda kind, **more: kind.Conv2D(6, 3, activation="relu", **more),
        (3, 11, 13, 4),
    ),
    "Conv2D, strides": (
        lambda kind, **more: kind.Conv2D(6, 3, strides=2, padding="same", **more),
        (3, 11, 13, 4),
    ),
    "MaxPooling2D": (lambda kind, **more: kind.MaxPooling2D(**more), (3, 11, 13, 4)),
    "MaxPooling2D, same": (
        lambda kind, **more: kind.MaxPooling2D(padding="same", **more),
        (3, 11, 13, 4),
    ),
    "MaxPooling2D, overlapping": (
        lambda kind, **more: kind.MaxPooling2D(3, 1, **more),
        (3, 11, 13, 4),
    ),
    "Dense": (lambda kind, **more: kind.Dense(5, activation="relu", **more), (3, 70)),
    "Dropout": (lambda kind, **more: kind.Dropout(0.5, seed=1, **more), (3, 70)),
}


def make_pair(name, **more):
    """Make a layer of this package and Keras's own, with the same weights; and inputs."""
    make, shape = LAYERS[name]
    fast, stock = (make(kind, **more) for kind in (layers, keras.layers))
    for layer in (fast, stock):
        layer.build(shape)
    fast.set_weights(stock.get_weights())
    return fast, stock, np.random.default_rng(0).normal(size=shape).astype("float32")


@pytest.fixture(params=LAYERS)
def pair(request):
    """A layer of this package and Keras's own as functions of the inputs, and inputs."""

    def of_inputs(layer):
        weights, call = as_function(layer)
        return functools.partial(call, weights)

    fast, stock, inputs = make_pair(request.param)
    return of_inputs(fast), of_inputs(stock), inputs


def assert_same(got, expected, tolerance=1e-5):
    for ours, theirs in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        ours, theirs = (np.asarray(array, "float64") for array in (ours, theirs))
        scale = max(1.0, abs(theirs).max(initial=0))
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * scale)


def test_an_empty_batch_stays_empty(pair):
    ours, theirs, inputs = pair
    assert_same(ours(inputs[:0]), theirs(inputs[:0]))
    gradient = jax.grad(lambda inputs: ours(inputs).sum())(inputs[:0])
    assert gradient.shape == inputs[:0].shape


def test_images_smaller_than_the_window_are_pooled_to_nothing():
    images = np.zeros((4, 8, 8, 3), "float32")
    assert layers.MaxPooling2D(9)(images).shape == keras.layers.MaxPooling2D(9)(images).shape


def test_a_network_maps_no_images_to_no_probabilities():
    assert mnistedu.build_cnn()(np.zeros((0, 28, 28, 1), "float32")).shape == (0, 10)


def test_forward_mode_agrees_with_keras(pair):
    ours, theirs, inputs = pair
    tangents = np.random.default_rng(1).normal(size=inputs.shape).astype("float32")
    assert_same(*(jax.jvp(function, (inputs,), (tangents,)) for function in (ours, theirs)))
    assert_same(*(jax.linearize(function, inputs)[1](tangents) for function in (ours, theirs)))


def test_jacobian_and_hessian_agree_with_keras(pair):
    ours, theirs, inputs = pair
    part = tuple(map(slice, (1, 4, 4, 2)[: inputs.ndim]))

    def derivatives(function):
        def of_corner(corner):
            return function(jnp.asarray(inputs[:1]).at[part].set(corner))

        def value(corner):
            return jnp.sin(of_corner(corner)).sum()

        return jax.jit(lambda corner: (jax.jacfwd(of_corner)(corner), jax.hessian(value)(corner)))(
            inputs[part]
        )

    assert_same(derivatives(ours), derivatives(theirs))


def test_without_rank_promotion(pair, request):
    ours, theirs, inputs = pair
    if "Dense" in request.node.name and not is_available("matmul"):
        pytest.skip("Keras's own layer promotes ranks")
    expected = jax.value_and_grad(lambda inputs: jnp.sin(theirs(inputs)).sum())(inputs)
    with jax.numpy_rank_promotion("raise"):
        got = jax.value_and_grad(lambda inputs: jnp.sin(ours(inputs)).sum())(inputs)
    assert_same(got, expected)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "bool"])
def test_integers_are_taken_as_keras_takes_them(pair, dtype):
    ours, theirs, inputs = pair
    integers = (10 * abs(inputs)).astype(dtype)
    try:
        expected = theirs(integers)
    except TypeError:
        with pytest.raises(TypeError):
            ours(integers)
        return
    assert_same(ours(integers), expected)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", LAYERS)
def test_values_and_gradients_agree_with_keras(name, dtype):
    fast, stock, inputs = make_pair(name, dtype=dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-2
    assert_same(*(values_and_gradients(layer, inputs) for layer in (fast, stock)), tolerance)


def test_gradients_of_half_precision_do_not_stagnate_in_a_large_batch(monkeypatch):
    monkeypatch.setattr(patches, "_CACHE_SIZE", 1)  # one image at a time
    images = np.random.default_rng(0).random(size=(400, 5, 5, 4), dtype="float32")
    fast, stock = (kind.Conv2D(2, 3, dtype="bfloat16") for kind in (layers, keras.layers))
    for layer in (fast, stock):
        layer.build(images.shape)
    fast.set_weights(stock.get_weights())

    def gradients(layer):
        weights, call = as_function(layer)
        return jax.jit(jax.grad(lambda weights: call(weights, images).sum()))(weights)

    assert_same(gradients(fast), gradients(stock), tolerance=0.01)


def test_a_quantized_dense_layer_computes_what_keras_computes():
    fast, stock, vectors = make_pair("Dense")
    for layer in (fast, stock):
        layer.quantize("int8", type_check=False)
    assert_same(fast(vectors), stock(vectors))


def test_nan_propagates_through_max_pooling():
    images = np.zeros((1, 4, 4, 1), "float32")
    images[0, 1, 1] = np.nan
    np.testing.assert_array_equal(
        layers.MaxPooling2D()(images), keras.layers.MaxPooling2D()(images)
    )


def test_channels_first_falls_back_on_keras():
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
