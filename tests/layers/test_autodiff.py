"""Functions of JAX whose derivatives are written by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu.layers.autodiff import multilinear, primitive

RNG = np.random.default_rng(0)
LEFT, RIGHT = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))


def _compute_product(left, right, scale, *, power=1):
    return left @ right * scale**power


product = multilinear(
    _compute_product,
    lambda ct, left, right, scale, *, power=1: ct @ right.T * scale**power,
    lambda ct, left, right, scale, *, power=1: left.T @ ct * scale**power,
)


def assert_close(got, expected):
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4), got, expected)


@pytest.mark.parametrize(
    "derive",
    [
        lambda f: f,
        lambda f: jax.jit(f),
        lambda f: jax.grad(lambda *a: jnp.sin(f(*a)).sum(), argnums=(0, 1)),
        lambda f: jax.jit(jax.grad(lambda *a: jnp.sin(f(*a)).sum(), argnums=(0, 1))),
        lambda f: jax.jacfwd(f, argnums=(0, 1)),
        lambda f: jax.jacrev(f, argnums=(0, 1)),
        lambda f: jax.hessian(lambda *a: jnp.sin(f(*a)).sum(), argnums=(0, 1)),
        lambda f: jax.jacfwd(jax.jacfwd(f)),
        lambda f: jax.vmap(f, in_axes=(0, None)),
        lambda f: jax.vmap(f, in_axes=(None, 1)),
        lambda f: lambda *a: jax.linearize(f, *a)[1](*a),
        lambda f: lambda *a: jax.linear_transpose(lambda left: f(left, a[1]), a[0])(f(*a)),
        lambda f: jax.checkpoint(f),
    ],
)
def test_derivatives_of_a_product(derive):
    def ours(left, right):
        return product(left, right, 3.0, power=2)

    def theirs(left, right):
        return left @ right * 9

    assert_close(derive(ours)(LEFT, RIGHT), derive(theirs)(LEFT, RIGHT))


def test_an_array_without_a_transpose_has_no_gradient():
    gradient = jax.grad(lambda scale: product(LEFT, RIGHT, scale).sum())(2.0)
    assert gradient == 0


def test_a_function_of_several_outputs():
    def _compute_powers(x):
        return x, x**2

    def jvp(primals, tangents):
        (x,), (tangent,) = primals, tangents
        return powers(x), [tangent, 2 * x * tangent]

    powers = primitive(_compute_powers, jvp)
    assert_close(jax.jvp(powers, (3.0,), (1.0,)), ([3.0, 9.0], [1.0, 6.0]))
    assert_close(jax.grad(lambda x: sum(powers(x)))(3.0), 7.0)
