"""Exercises of lesson 08: solutions, typical mistakes and blanks."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mnistedu
from mnistedu._backend import import_keras
from mnistedu.exercises import check
from mnistedu.training.schedules import one_cycle
from tests.exercises.mutants import lesson_08 as forms

keras = import_keras()
few = settings(deadline=None, max_examples=20)


@pytest.mark.parametrize("exercise", ["08.1", "08.2", "08.3"])
def test_accepts_the_solution(solve, exercise):
    assert check(exercise, solve(exercise))


def test_accepts_the_solution_of_the_open_exercise(solve, digits):
    assert check("08.4", solve("08.4", few=digits))


def test_accepts_other_right_answers():
    assert check("08.1", lambda images, size, epochs: math.ceil(images / size) * epochs)
    assert check("08.2", lambda maps: keras.ops.average_pool(maps, 2, 2))
    assert check("08.3", lambda progress: jnp.minimum(2 * progress, 2 - 2 * progress))


@pytest.mark.parametrize(
    ("exercise", "blank"),
    [
        ("08.1", lambda images, batch_size, epochs: ...),
        ("08.2", lambda maps: ...),
        ("08.3", lambda progress: ...),
        ("08.4", ...),
        ("08.4", mnistedu.build_mlp(units=())),
    ],
)
def test_reports_an_untouched_cell_as_blank(exercise, blank):
    assert check(exercise, blank).verdict == "blank"


def corners(maps):
    height, width = (size // 2 * 2 for size in maps.shape[1:3])
    return [maps[:, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)]


def mixes_up_axes(maps):
    n, height, width, channels = maps.shape
    even = maps[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(n, height // 2, width // 2, channels, 4).mean(axis=-1)


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        ("08.1", lambda images, size, epochs: images // size * epochs, "leave out"),
        (
            "08.1",
            lambda images, size, epochs: math.ceil(images * epochs / size),
            "into the next epoch",
        ),
        ("08.1", lambda images, size, epochs: images / size * epochs, "not a whole number"),
        ("08.1", lambda images, size, epochs: images * epochs, "count 128 steps"),
        ("08.1", 4690, "a number"),
        ("08.2", lambda maps: np.max(corners(maps), axis=0), "returns the maximum"),
        ("08.2", lambda maps: np.sum(corners(maps), axis=0), "returns the sum"),
        ("08.2", mixes_up_axes, "not the means of 2 by 2 squares"),
        ("08.2", lambda maps: maps.mean(axis=(1, 2)), "should have shape"),
        (
            "08.2",
            lambda maps: maps.reshape(
                len(maps), maps.shape[1] // 2, 2, maps.shape[2] // 2, 2, -1
            ).mean(axis=(2, 4)),
            "failed on an array of shape (2, 7, 9, 3)",
        ),
        ("08.3", one_cycle, "At the beginning"),
        ("08.3", lambda progress: jnp.minimum(2 * progress, 1), "At the end"),
        ("08.3", lambda progress: progress, "At the middle"),
        (
            "08.3",
            lambda progress: 2 * progress if progress < 0.5 else 2 - 2 * progress,
            "inside `jax.jit`",
        ),
        ("08.3", lambda progress: jnp.sin(jnp.pi * progress) ** 2, "The ends and the middle"),
        ("08.4", mnistedu.load_digits(), "a Dataset"),
    ],
)
def test_reports_a_typical_mistake(expect_wrong, exercise, answer, message):
    expect_wrong(exercise, answer, message)


def test_reports_too_many_steps_and_too_low_an_accuracy(expect_wrong, digits):
    model = mnistedu.build_mlp(units=())
    mnistedu.train(model, digits, epochs=1, verbose=False)
    expect_wrong("08.4", model, "reads")
    mnistedu.train(model, digits, epochs=1, verbose=False)
    expect_wrong("08.4", model, "for 20 steps")


@few
@given(st.floats(0, 0.95), st.integers(-5, 5).filter(bool))
def test_a_part_of_a_batch_is_a_step_and_nothing_else_is(summand, more):
    assert not check("08.1", lambda images, size, epochs: int(images / size + summand) * epochs)
    right = forms.RIGHT["08.1"][0][1]()
    assert not check("08.1", lambda images, size, epochs: right(images, size, epochs) + more)


@few
@given(st.lists(st.floats(0, 1), min_size=4, max_size=4) | st.just([0.25] * 4))
def test_only_equal_parts_of_the_four_pixels_are_their_mean(parts):
    result = check("08.2", lambda maps: np.tensordot(parts, corners(maps), axes=1))
    assert bool(result) == np.allclose(parts, 0.25, atol=1e-5)


@few
@given(st.floats(0.05, 0.95) | st.just(0.5), st.floats(0.2, 3) | st.just(1.0))
def test_a_triangle_has_its_top_in_the_middle_and_straight_sides(top, power):
    assume(top == 0.5 or abs(top - 0.5) > 0.01)
    assume(power == 1 or abs(power - 1) > 0.01)

    def triangle(progress):
        return jnp.minimum(progress / top, (1 - progress) / (1 - top)) ** power

    assert bool(check("08.3", triangle)) == (top == 0.5 and power == 1)


@few
@given(st.integers(1, 1000))
def test_ten_steps_are_the_most(steps):
    model = forms.trained()
    iterations = model.optimizer.iterations
    taken = int(iterations.numpy())
    iterations.assign(steps)
    try:
        assert bool(check("08.4", model)) == (steps <= 10)
    finally:
        iterations.assign(taken)
