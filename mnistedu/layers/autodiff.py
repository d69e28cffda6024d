"""Functions of JAX whose derivatives are written by hand, for all modes and any order.

``jax.custom_vjp`` has no forward mode, and ``jax.custom_jvp`` derives the reverse mode from the
forward mode. Here a function is a primitive of JAX with both rules [1]_: its derivative in forward
mode, and as far as it is linear, its transpose for reverse mode.

References
----------
.. [1] "JAX internals: primitives", JAX documentation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir


def primitive(function: Callable, jvp: Callable, transpose: Callable | None = None) -> Callable:
    """Make a primitive of JAX from a function.

    Parameters
    ----------
    function : callable
        Takes arrays, and parameters by keyword; returns a sequence of arrays.
    jvp : callable
        The rule of forward mode. Takes the arrays, their tangents and the parameters; returns the
        outputs and their tangents. A tangent may be ``ad.Zero``.
    transpose : callable, optional
        The rule of reverse mode for a function that is linear in some of its arrays. Takes the
        cotangents of the outputs, the arrays (``ad.UndefinedPrimal`` for those that the function is
        linear in) and the parameters; returns a cotangent or None for each array.

    Returns
    -------
    bind : callable
        Takes the arrays and parameters of `function` and returns a list of arrays. Under
        ``jax.vmap`` it runs once for each element.
    """
    new = Primitive(function.__name__.strip("_"))
    new.multiple_results = True
    new.def_impl(function)
    new.def_abstract_eval(functools.partial(_abstract_eval, function))
    mlir.register_lowering(new, mlir.lower_fun(function, multiple_results=True))
    batching.primitive_batchers[new] = functools.partial(_batch, new.bind)
    ad.primitive_jvps[new] = jvp
    if transpose is not None:
        ad.primitive_transposes[new] = transpose
    return new.bind


def multilinear(function: Callable, *transposes: Callable) -> Callable:
    """Make a function of JAX that is linear in each of its first arrays.

    Parameters
    ----------
    function : callable
        Takes arrays, and parameters by keyword; returns an array.
    *transposes : callable
        For each of the arrays that `function` is linear in, the cotangent of that array: a function
        of the cotangent of the output, all arrays and the parameters. The other arrays have no
        gradient.

    Returns
    -------
    function : callable
        The same function, with derivatives.

    Examples
    --------
    >>> scale = multilinear(lambda x, factor: 2 * factor * x, lambda ct, x, factor: 2 * factor * ct)
    >>> float(jax.grad(scale)(5.0, 3.0))
    6.0
    """

    def jvp(primals: Sequence, tangents: Sequence, **parameters: object) -> tuple[list, list]:
        outputs = bind(*primals, **parameters)
        terms = [
            bind(*primals[:index], tangents[index], *primals[index + 1 :], **parameters)[0]
            for index in range(len(transposes))
            if type(tangents[index]) is not ad.Zero
        ]
        return outputs, [add(terms, outputs[0])]

    def transpose(cotangents: Sequence, *arrays: object, **parameters: object) -> list:
        results = [None] * len(arrays)
        (index,) = (n for n, array in enumerate(arrays) if ad.is_undefined_primal(array))
        results[index] = transposes[index](*cotangents, *arrays, **parameters)
        return results

    def single(*arrays: jax.Array, **parameters: object) -> tuple[jax.Array]:
        return (function(*arrays, **parameters),)

    single.__name__ = function.__name__
    bind = primitive(single, jvp, transpose)
    return lambda *arrays, **parameters: bind(*arrays, **parameters)[0]


def add(terms: Sequence[jax.Array], like: jax.Array) -> jax.Array | ad.Zero:
    """Add the terms of a tangent.

    Parameters
    ----------
    terms : sequence of jax.Array
        The terms. There may be none.
    like : jax.Array
        The output that the tangent belongs to.

    Returns
    -------
    tangent : jax.Array or ad.Zero
        The sum.
    """
    return functools.reduce(jnp.add, terms) if terms else ad.Zero(jax.typeof(like))


def _abstract_eval(function: Callable, *arrays: object, **parameters: object) -> list:
    outputs = jax.eval_shape(functools.partial(function, **parameters), *arrays)
    return [jax.core.ShapedArray(output.shape, output.dtype) for output in outputs]


def _batch(
    bind: Callable, arrays: Sequence, axes: Sequence[int | None], **parameters: object
) -> tuple[list, list[int]]:
    mapped = [
        jnp.moveaxis(array, axis, 0)
        for array, axis in zip(arrays, axes, strict=True)
        if axis is not None
    ]

    def run(elements: list[jax.Array]) -> list[jax.Array]:
        remaining = iter(elements)
        return bind(
            *(
                array if axis is None else next(remaining)
                for array, axis in zip(arrays, axes, strict=True)
            ),
            **parameters,
        )

    outputs = jax.lax.map(run, mapped)
    return outputs, [0] * len(outputs)
