"""The kernels of matrix products, for vectors of each width, against NumPy."""

import numpy as np
import pytest

from mnistedu.layers.kernels.matmul import (
    MatmulShape,
    build_matmul,
    build_matmul_nt,
    build_matmul_tn,
)
from tests.layers.kernels.arrays import assert_guard_is_untouched, draw, unwritten

SHAPES = [
    MatmulShape(1, 1, 1),
    MatmulShape(5, 7, 3),
    MatmulShape(33, 300, 20),
    MatmulShape(6, 17, 150),
    MatmulShape(64, 129, 64),
]
N_TASKS = 3


def assert_product(results, left, right):
    expected = left.astype(float) @ right
    np.testing.assert_allclose(results, expected, rtol=1e-5, atol=1e-4)
    assert_guard_is_untouched(results)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("parts", [1, 2, N_TASKS])
def test_matmul(compile_kernel, shape, parts):
    left, right = draw(shape.rows, shape.terms), draw(shape.terms, shape.columns)
    results = unwritten(parts, shape.rows, shape.columns)
    compile_kernel(build_matmul, shape._replace(parts=parts), n_tasks=N_TASKS)(
        N_TASKS, len(left), left, right, results
    )
    assert_guard_is_untouched(results)
    np.testing.assert_allclose(results.sum(axis=0), left @ right, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matmul_tn(compile_kernel, shape):
    left, right = draw(shape.terms, shape.rows), draw(shape.terms, shape.columns)
    results = unwritten(shape.rows, shape.columns)
    compile_kernel(build_matmul_tn, shape, n_tasks=N_TASKS)(
        N_TASKS, len(left), left, right, results
    )
    assert_product(results, left.T, right)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matmul_nt(compile_kernel, shape):
    left, right = draw(shape.rows, shape.terms), draw(shape.columns, shape.terms)
    results = unwritten(shape.rows, shape.columns)
    workspaces = unwritten(N_TASKS, shape.terms * 64)
    compile_kernel(build_matmul_nt, shape, n_tasks=N_TASKS)(
        N_TASKS, len(left), left, right, results, workspaces
    )
    assert_product(results, left, right.T)
    assert_guard_is_untouched(workspaces)
