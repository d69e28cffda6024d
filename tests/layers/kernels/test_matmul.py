"""The products of matrices, for vectors of each width, against NumPy."""

import numpy as np
import pytest

from mnistedu.layers.kernels import matmul
from mnistedu.layers.kernels.matmul import Shape
from tests.layers.kernels.arrays import assert_nothing_beyond, draw, unwritten

SHAPES = [
    Shape(1, 1, 1),
    Shape(5, 7, 3),
    Shape(33, 300, 20),
    Shape(6, 17, 150),
    Shape(64, 129, 64),
]
PIECES = 3


def assert_product(results, left, right):
    expected = left.astype(float) @ right
    np.testing.assert_allclose(results, expected, rtol=1e-5, atol=1e-4)
    assert_nothing_beyond(results)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("parts", [1, 2, PIECES])
def test_multiply(compile_kernel, shape, parts):
    left, right = draw(shape.rows, shape.terms), draw(shape.terms, shape.columns)
    results = unwritten(parts, shape.rows, shape.columns)
    compile_kernel(matmul.multiply, shape._replace(parts=parts), pieces=PIECES)(
        PIECES, len(left), left, right, results
    )
    assert_nothing_beyond(results)
    np.testing.assert_allclose(results.sum(axis=0), left @ right, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_multiply_transposed_left(compile_kernel, shape):
    left, right = draw(shape.terms, shape.rows), draw(shape.terms, shape.columns)
    results = unwritten(shape.rows, shape.columns)
    compile_kernel(matmul.multiply_transposed_left, shape, pieces=PIECES)(
        PIECES, len(left), left, right, results
    )
    assert_product(results, left.T, right)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_multiply_transposed_right(compile_kernel, shape):
    left, right = draw(shape.rows, shape.terms), draw(shape.columns, shape.terms)
    results = unwritten(shape.rows, shape.columns)
    room = unwritten(PIECES, shape.terms * 64)
    compile_kernel(matmul.multiply_transposed_right, shape, pieces=PIECES)(
        PIECES, len(left), left, right, results, room
    )
    assert_product(results, left, right.T)
    assert_nothing_beyond(room)
