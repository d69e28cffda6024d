"""The kernels inside of XLA's programs: derivatives, threads, and what may go wrong."""

from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu.layers import patches
from mnistedu.layers.kernels import primitives
from mnistedu.layers.kernels.primitives import conv2d


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(0)
    shapes = (5, 9, 8, 3), (3, 2, 3, 7), (7,)
    return [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]


def by_xla(images, kernel, biases, *, relu=False):
    outputs = biases + jax.lax.conv_general_dilated(
        images, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return jax.nn.relu(outputs) if relu else outputs


def assert_close(got, expected):
    for ours, theirs in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * float(abs(theirs).max()))


def slope(function, arrays):
    """Return the length of the gradients of a function of arrays, and its own gradients."""
    positions = tuple(range(len(arrays)))

    def value(*arrays):
        return jnp.square(function(*arrays)).sum()

    def length(*arrays):
        gradients = jax.grad(value, argnums=positions)(*arrays)
        return sum(jnp.square(gradient).sum() for gradient in gradients)

    return jax.jit(jax.value_and_grad(length, argnums=positions))(*arrays)


def both(relu):
    """Return the convolution of this package and that of XLA."""
    return (
        lambda *arrays, function=function: function(*arrays, relu=relu)
        for function in (conv2d, by_xla)
    )


def assert_same_derivatives(ours, theirs, arrays):
    """Compare derivatives along directions: forward, reverse, and each of the other."""
    rng = np.random.default_rng(1)
    tangents = [jnp.asarray(rng.normal(size=array.shape), jnp.float32) for array in arrays]

    def derivatives(function):
        def along(*arrays):
            return jax.jvp(function, arrays, tuple(tangents))

        def value(*arrays):
            return jnp.sin(function(*arrays)).sum()

        gradient = jax.grad(value, argnums=tuple(range(len(arrays))))
        outputs, pullback = jax.vjp(along, *arrays)
        return [
            along(*arrays),
            jax.jvp(along, tuple(arrays), tuple(tangents)),
            jax.jvp(gradient, tuple(arrays), tuple(tangents)),
            pullback(outputs),
            jax.linearize(function, *arrays)[1](*tangents),
        ]

    assert_close(jax.jit(lambda: derivatives(ours))(), jax.jit(lambda: derivatives(theirs))())


@pytest.mark.parametrize("relu", [False, True])
def test_gradients_of_first_and_second_order(arrays, relu):
    ours, theirs = both(relu)
    assert_close(slope(ours, arrays), slope(theirs, arrays))


@pytest.mark.parametrize("relu", [False, True])
def test_forward_mode_of_conv2d(arrays, relu):
    assert_same_derivatives(*both(relu), arrays)


@pytest.mark.parametrize("argument", [0, 1, 2])
@pytest.mark.parametrize("relu", [False, True])
def test_derivatives_with_respect_to_one_argument(arrays, argument, relu):
    def of_one(function):
        def function_of_one(array):
            return function(*arrays[:argument], array, *arrays[argument + 1 :])

        return function_of_one

    ours, theirs = map(of_one, both(relu))
    assert_same_derivatives(ours, theirs, [arrays[argument]])


def test_gradients_of_third_order(arrays):
    images, kernel, biases = (array / 10 for array in arrays)

    def squared_gradient(value):
        return lambda kernel: jnp.square(jax.grad(value)(kernel)).sum()

    def third(function):
        def value(kernel):
            return jnp.sin(function(images, kernel, biases)).mean()

        return jax.jit(jax.grad(squared_gradient(squared_gradient(value))))(kernel)

    ours, theirs = both(relu=True)
    assert_close(third(ours), third(theirs))


def test_the_gradient_of_a_training_step_calls_each_kernel_once(arrays):
    images, kernel, biases = arrays

    def loss(kernel, biases):
        outputs = conv2d(images, kernel, biases, relu=True)
        return jnp.square(primitives.max_pool(outputs[:, :6, :6], (2, 2))).sum()

    text = jax.jit(jax.grad(loss, argnums=(0, 1))).lower(kernel, biases).compile().as_text()
    names = ("conv2d_relu_9", "conv2d_relu_kernel_grad_9", "max_pool_3", "max_pool_grad_3")
    calls = [line for line in text.splitlines() if "custom_call_target=" in line]
    assert len(calls) == len(names)
    for name in names:
        assert sum(f'"mnistedu_{name}' in line for line in calls) == 1


def by_windows(images, window=(3, 2)):
    return patches.max_over_window(patches.to_windows(images, window))


def test_gradients_of_max_pool(arrays):
    def slope(function):
        def length(images, scale):
            gradient = jax.grad(lambda images: jnp.sin(scale * function(images)).sum())(images)
            return jnp.square(gradient).sum()

        return jax.jit(jax.value_and_grad(length, argnums=(0, 1)))

    got = slope(lambda images: primitives.max_pool(images, (3, 2)))(arrays[0], 2.0)
    assert_close(got, slope(by_windows)(arrays[0], 2.0))


def test_forward_mode_of_max_pool(arrays):
    def by_xla(images):
        return jax.lax.reduce_window(
            images, -jnp.inf, jax.lax.max, (1, 3, 2, 1), (1, 3, 2, 1), "VALID"
        )

    def ours(images):
        return primitives.max_pool(images, (3, 2))

    assert_close(
        jax.jvp(ours, (arrays[0],), (arrays[0] ** 2,)),
        jax.jvp(by_xla, (arrays[0],), (arrays[0] ** 2,)),
    )
    assert_same_derivatives(ours, by_windows, [arrays[0]])


MATMULS = [
    (primitives.matmul, lambda a, b: a @ b, [(5, 70), (70, 3)]),
    (primitives.matmul_tn, lambda a, b: a.T @ b, [(70, 5), (70, 3)]),
    (primitives.matmul_nt, lambda a, b: a @ b.T, [(5, 70), (3, 70)]),
]


@pytest.mark.parametrize(("ours", "theirs", "shapes"), MATMULS)
def test_derivatives_of_matmul(ours, theirs, shapes):
    rng = np.random.default_rng(0)
    matrices = [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]
    assert_close(slope(ours, matrices), slope(theirs, matrices))
    assert_same_derivatives(ours, theirs, matrices)


def test_a_row_is_multiplied_alike_in_any_batch():
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=shape).astype("float32") for shape in [(50, 300), (300, 70)])
    together = primitives.matmul(left, right)
    for number in (0, 17, 49):
        alone = primitives.matmul(left[number : number + 1], right)
        np.testing.assert_array_equal(alone[0], together[number])


def test_derivatives_of_dropout(arrays):
    images, key = arrays[0], jnp.asarray([1, 2], jnp.uint32)
    kept = jax.random.bernoulli(key, 0.6, images.shape)
    gradient = jax.jit(jax.grad(lambda images: primitives.dropout(images, key, 0.4).sum()))(images)
    assert_close(gradient, jnp.where(kept, 1 / 0.6, 0.0))
    assert_same_derivatives(
        lambda images: primitives.dropout(images, key, 0.4),
        lambda images: jnp.where(kept, images / 0.6, 0),
        [images],
    )


def test_an_image_is_convolved_alike_in_any_batch(arrays):
    images, kernel, biases = arrays
    together = conv2d(images, kernel, biases)
    for number in range(len(images)):
        alone = conv2d(images[number : number + 1], kernel, biases)
        np.testing.assert_array_equal(alone[0], together[number])


def test_an_empty_batch(arrays):
    images, kernel, biases = arrays
    assert conv2d(images[:0], kernel, biases).shape == (0, 7, 7, 7)
    gradient = jax.grad(lambda kernel: conv2d(images[:0], kernel, biases).sum())(kernel)
    assert not gradient.any()


def test_nan_propagates_through_relu(arrays):
    images, kernel, biases = arrays
    outputs = conv2d(images.at[0, 0, 0, 0].set(jnp.nan), kernel, biases, relu=True)
    assert jnp.isnan(outputs[0, 0, 0]).all()
    assert not jnp.isnan(outputs[1:]).any()


def test_vmap_over_kernels(arrays):
    images, kernel, biases = arrays
    kernels = jnp.stack([kernel, -kernel])
    mapped = jax.vmap(lambda kernel: conv2d(images, kernel, biases))(kernels)
    assert_close(mapped, jnp.stack([by_xla(images, kernel, biases) for kernel in kernels]))


def test_jacobians_and_hessian(arrays):
    images, kernel, biases = (array[..., :2] for array in arrays)
    images, kernel = images[:2, :4, :4], kernel[:, :, :2]

    def by(function):
        def loss(kernel):
            return jnp.sin(function(images, kernel, biases, relu=True)).sum()

        def outputs(kernel):
            return function(images, kernel, biases, relu=True)

        return jax.jacfwd(outputs)(kernel), jax.jacrev(outputs)(kernel), jax.hessian(loss)(kernel)

    assert_close(by(conv2d), by(by_xla))


def test_in_a_loop_from_several_threads_at_once(arrays):
    images, kernel, biases = arrays
    images = jnp.tile(images, (20, 1, 1, 1))

    @jax.jit
    def program(scale):
        def step(_, total):
            return total + conv2d(images * scale, kernel, biases).mean(axis=0)

        return jax.lax.fori_loop(0, 300, step, jnp.zeros((7, 7, 7)))

    expected = [program(scale) for scale in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            for got, want in zip(pool.map(program, range(4)), expected, strict=True):
                np.testing.assert_array_equal(got, want)
