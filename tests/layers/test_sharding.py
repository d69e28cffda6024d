"""Layers on a batch that is divided over devices: same values, and nothing is collected."""

import re
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu import layers
from mnistedu._backend import import_keras

keras = import_keras()

IMAGES, VECTORS = (64, 10, 10, 4), (64, 300)
LAYERS = {
    "convolution": ("Conv2D", {"filters": 8, "kernel_size": 3, "activation": "relu"}, IMAGES),
    "strided convolution": ("Conv2D", {"filters": 8, "kernel_size": 3, "strides": 2}, IMAGES),
    "pooling": ("MaxPooling2D", {}, IMAGES),
    "pooling of overlapping windows": ("MaxPooling2D", {"pool_size": 3, "strides": 2}, IMAGES),
    "dense": ("Dense", {"units": 32}, VECTORS),
    "dropout": ("Dropout", {"rate": 0.3, "seed": 0}, VECTORS),
}


def compile_layer(kind, arguments, batch):
    """Return the compiled gradients and outputs of a layer, and their arguments."""
    keras.utils.set_random_seed(0)
    layer = getattr(layers, kind)(**arguments)
    layer.build(batch.shape)
    training = {"training": True} if kind == "Dropout" else {}
    weights, others = (
        [variable.value for variable in variables]
        for variables in (layer.trainable_variables, layer.non_trainable_variables)
    )

    def loss(weights, batch):
        outputs, _ = layer.stateless_call(weights, others, batch, **training)
        return (jnp.sin(outputs) ** 2).mean(), outputs

    gradients = jax.jit(jax.grad(loss, argnums=(0, 1), has_aux=True))
    return gradients.lower(weights, batch).compile(), (weights, batch)


def compare_with_one_device(kind, arguments, shape):
    """Return the results with one device and with all, and the collective operations of these."""
    batch = np.random.default_rng(0).normal(size=shape).astype("float32")
    program, inputs = compile_layer(kind, arguments, batch)
    expected = program(*inputs)
    distribution = keras.distribution.DataParallel()
    with distribution.scope():
        layout = distribution.get_data_layout(shape)
        batch = keras.distribution.distribute_tensor(batch, layout)
        program, inputs = compile_layer(kind, arguments, batch)
        results = program(*inputs)
        assert results[1].sharding.is_equivalent_to(layout.backend_layout, results[1].ndim)
    collectives = re.findall(r" (all-\w+|\w+-permute|\w+-scatter)(?:-start)?\(", program.as_text())
    return *(jax.tree.map(np.asarray, tree) for tree in (expected, results)), collectives


@pytest.mark.parametrize("devices", [2, 8])
@pytest.mark.parametrize("name", LAYERS)
def test_each_device_computes_its_part_of_a_batch(name, devices, on_devices):
    expected, results, collectives = on_devices(devices, compare_with_one_device, *LAYERS[name])
    for result, value in zip(jax.tree.leaves(results), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(result, value, rtol=1e-5, atol=1e-5)
    assert set(collectives) <= {"all-reduce"}
    has_weights = LAYERS[name][0] in {"Conv2D", "Dense"}
    assert bool(collectives) == has_weights, "the gradients of weights are summed"


def call_in_scopes(kind, arguments, batch):
    """Return what a layer computes with one device, with two, and with divided weights."""
    mesh = keras.distribution.DeviceMesh((1, 2), ("batch", "model"))
    layout = keras.distribution.LayoutMap(mesh)
    layout[".*kernel"] = (*[None] * (batch.ndim - 1), "model")
    divided_weights = keras.distribution.ModelParallel(layout_map=layout, batch_dim_name="batch")
    results = []
    for distribution in (None, keras.distribution.DataParallel(), divided_weights):
        keras.distribution.set_distribution(distribution)
        keras.utils.set_random_seed(0)
        layer = getattr(layers, kind)(**arguments)
        results.append(np.asarray(layer(batch)))
    keras.distribution.set_distribution(None)
    assert not layer.weights or not layer.weights[0].value.is_fully_replicated
    return results


@pytest.mark.parametrize("count", [6, 7])
@pytest.mark.parametrize("name", ["convolution", "pooling", "dense"])
def test_any_batch_and_distribution(name, count, on_devices):
    kind, arguments, shape = LAYERS[name]
    batch = np.random.default_rng(0).normal(size=(count, *shape[1:])).astype("float32")
    expected, *results = on_devices(2, call_in_scopes, kind, arguments, batch)
    for result in results:
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def time_steps():
    """Return the seconds for the gradients of a network with one device and with all."""
    distribution = keras.distribution.DataParallel()
    programs = []
    for scope in (None, distribution):
        keras.distribution.set_distribution(scope)
        network = keras.Sequential(
            [
                layers.Conv2D(28, 3, activation="relu"),
                layers.MaxPooling2D(),
                keras.layers.Flatten(),
                layers.Dense(128),
            ]
        )
        network.build((256, 28, 28, 1))
        batch = np.ones((256, 28, 28, 1), "float32")
        if scope:
            layout = scope.get_data_layout(batch.shape)
            batch = keras.distribution.distribute_tensor(batch, layout)
        weights = [variable.value for variable in network.trainable_variables]
        gradients = jax.grad(lambda w, x, model=network: model.stateless_call(w, [], x)[0].sum())
        programs.append((jax.jit(gradients).lower(weights, batch).compile(), weights, batch))
    keras.distribution.set_distribution(None)
    seconds = [[], []]
    for _ in range(20):  # alternately, because other programs are running
        for times, (program, *arguments) in zip(seconds, programs, strict=True):
            start = time.perf_counter()
            jax.block_until_ready(program(*arguments))
            times.append(time.perf_counter() - start)
    return [min(times) for times in seconds]


@pytest.mark.parametrize("devices", [2, 8])
def test_simulated_devices_do_not_double_the_time_of_a_step(devices, on_devices):
    one, many = on_devices(devices, time_steps)
    assert many < 2 * one
