"""The compiled kernels inside of XLA's programs: gradients, threads, and what may go wrong."""

from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu import layers
from mnistedu.layers import patches
from mnistedu.layers.kernels import primitives, registry
from mnistedu.layers.kernels.primitives import convolve


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(0)
    shapes = (5, 9, 8, 3), (3, 2, 3, 7), (7,)
    return [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]


def by_xla(images, kernel, biases, rectify=False):
    outputs = biases + jax.lax.conv_general_dilated(
        images, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return jax.nn.relu(outputs) if rectify else outputs


def assert_close(got, expected):
    for ours, theirs in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * float(abs(theirs).max()))


def slope(function, arrays):
    """Give the length of the gradients of a function of arrays, and its own gradients."""
    places = tuple(range(len(arrays)))

    def value(*arrays):
        return jnp.square(function(*arrays)).sum()

    def length(*arrays):
        gradients = jax.grad(value, argnums=places)(*arrays)
        return sum(jnp.square(gradient).sum() for gradient in gradients)

    return jax.jit(jax.value_and_grad(length, argnums=places))(*arrays)


@pytest.mark.parametrize("rectify", [False, True])
def test_gradients_of_first_and_second_order(arrays, rectify):
    ours, theirs = (
        lambda *arrays, function=function: function(*arrays, rectify)
        for function in (convolve, by_xla)
    )
    assert_close(slope(ours, arrays), slope(theirs, arrays))


def test_gradients_of_pooling(arrays):
    images = arrays[0]

    def by_blocks(images):
        return patches.largest(patches.to_blocks(images, (3, 2)))

    def slope(function):
        def length(images, scale):
            gradient = jax.grad(lambda images: jnp.sin(scale * function(images)).sum())(images)
            return jnp.square(gradient).sum()

        return jax.jit(jax.value_and_grad(length, argnums=(0, 1)))

    got = slope(lambda images: primitives.pool(images, (3, 2)))(images, 2.0)
    assert_close(got, slope(by_blocks)(images, 2.0))


@pytest.mark.parametrize(
    ("ours", "theirs", "shapes"),
    [
        (primitives.multiply, lambda a, b: a @ b, [(5, 70), (70, 3)]),
        (primitives.multiply_transposed_left, lambda a, b: a.T @ b, [(70, 5), (70, 3)]),
        (primitives.multiply_transposed_right, lambda a, b: a @ b.T, [(5, 70), (3, 70)]),
    ],
)
def test_gradients_of_products(ours, theirs, shapes):
    rng = np.random.default_rng(0)
    matrices = [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]
    assert_close(slope(ours, matrices), slope(theirs, matrices))


def test_a_row_is_multiplied_alike_in_any_batch():
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=shape).astype("float32") for shape in [(50, 300), (300, 70)])
    together = primitives.multiply(left, right)
    for number in (0, 17, 49):
        alone = primitives.multiply(left[number : number + 1], right)
        np.testing.assert_array_equal(alone[0], together[number])


def test_gradient_of_dropout(arrays):
    images, key = arrays[0], jnp.asarray([1, 2], jnp.uint32)
    gradient = jax.jit(jax.grad(lambda images: primitives.drop(images, key, 0.4).sum()))(images)
    chosen = jax.random.bernoulli(key, 0.6, images.shape)
    assert_close(gradient, jnp.where(chosen, 1 / 0.6, 0.0))


def test_an_image_is_convolved_alike_in_any_batch(arrays):
    images, kernel, biases = arrays
    together = convolve(images, kernel, biases)
    for number in range(len(images)):
        alone = convolve(images[number : number + 1], kernel, biases)
        np.testing.assert_array_equal(alone[0], together[number])


def test_no_images(arrays):
    images, kernel, biases = arrays
    assert convolve(images[:0], kernel, biases).shape == (0, 7, 7, 7)
    gradient = jax.grad(lambda kernel: convolve(images[:0], kernel, biases).sum())(kernel)
    assert not gradient.any()


def test_what_is_no_number_passes_the_rectifier(arrays):
    images, kernel, biases = arrays
    outputs = convolve(images.at[0, 0, 0, 0].set(jnp.nan), kernel, biases, True)
    assert jnp.isnan(outputs[0, 0, 0]).all()
    assert not jnp.isnan(outputs[1:]).any()


def test_mapped_over_kernels(arrays):
    images, kernel, biases = arrays
    kernels = jnp.stack([kernel, -kernel])
    mapped = jax.vmap(lambda kernel: convolve(images, kernel, biases))(kernels)
    assert_close(mapped, jnp.stack([by_xla(images, kernel, biases) for kernel in kernels]))


def test_in_a_loop_from_several_threads_at_once(arrays):
    images, kernel, biases = arrays
    images = jnp.tile(images, (20, 1, 1, 1))

    @jax.jit
    def program(scale):
        def step(_, total):
            return total + convolve(images * scale, kernel, biases).mean(axis=0)

        return jax.lax.fori_loop(0, 300, step, jnp.zeros((7, 7, 7)))

    expected = [program(scale) for scale in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            for got, want in zip(pool.map(program, range(4)), expected, strict=True):
                np.testing.assert_array_equal(got, want)


def test_without_a_compiler_the_layer_computes_the_same(monkeypatch):
    images = np.random.default_rng(0).normal(size=(3, 11, 13, 4)).astype("float32")
    layer = layers.Conv2D(6, 3, activation="relu")
    fast = layer(images)

    def refuse(kind, shape):
        raise RuntimeError("no such processor")

    monkeypatch.setattr(registry, "_compile", refuse)
    registry.usable.cache_clear()
    try:
        with pytest.warns(UserWarning, match="no such processor"):
            slow = layer(images)
        np.testing.assert_allclose(slow, fast, rtol=1e-5, atol=1e-5)
    finally:
        registry.usable.cache_clear()
