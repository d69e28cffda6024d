"""The exercises of lesson 08: faster and further."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from typing import Any

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.data import load_digits
from mnistedu.evaluation import evaluate
from mnistedu.exercises.expectations import (
    BlankAnswer,
    WrongAnswer,
    call,
    describe,
    expect_array,
    hints,
)

CASES = 20  # random ones
MAX_STEPS = 10
MIN_ACCURACY = 0.9  # on the validation images, after these steps


@hints(
    "How many batches are there in one epoch? Then multiply by the epochs.",
    "130 images in batches of 64 are two full batches and a smaller one, which is a step as well.",
    "Round up: `math.ceil(images / batch_size)`, or `-(-images // batch_size)`.",
)
def exercise_1(answer: object) -> str:
    """Check `count_steps(images, batch_size, epochs)`, the number of training steps."""
    rng = np.random.default_rng()
    cases = [(128, 64, 1), (192, 64, 2), (60_000, 128, 10), (130, 64, 3), (20, 64, 2)]
    for _ in range(CASES):
        size = int(rng.integers(2, 300))
        rest = int(rng.integers(0, size)) * int(rng.integers(0, 2))
        cases.append((int(rng.integers(1, 50)) * size + rest, size, int(rng.integers(1, 20))))
    for images, size, epochs in cases:
        form = "count_steps(images, batch_size, epochs)"
        steps = float(expect_array(call(answer, images, size, epochs, form=form), ()))
        if steps == math.ceil(images / size) * epochs:
            continue
        case = f"For {images:,} images, batches of {size} and {epochs} epochs"
        if steps == images // size * epochs:
            raise WrongAnswer(f"{case}, you leave out the last, smaller batch of an epoch.")
        if steps == math.ceil(images * epochs / size):
            raise WrongAnswer(
                f"{case}, you let batches continue into the next epoch.",
                "Each epoch starts with a new batch. Round up first, then multiply.",
            )
        if steps != int(steps):
            raise WrongAnswer(f"{case}, you count {steps:.2f} steps, not a whole number.")
        raise WrongAnswer(f"{case}, you count {steps:g} steps.")
    return "Epochs times batches, rounded up in the right place."


@hints(
    "Look at `pool` in this lesson. What has to change to compute the mean instead of the maximum?",
    "Crop `maps` to an even height and width first: `maps[:, : 2 * (height // 2), ...]`.",
    "After `reshape(n, height // 2, 2, width // 2, 2, channels)`, the four pixels of a square are "
    "along the axes 2 and 4.",
)
def exercise_2(answer: object) -> str:
    """Check `mean_pool(maps)`, the mean of each 2x2 square of a batch of feature maps."""
    rng = np.random.default_rng(82)
    for shape in ((3, 8, 6, 2), (1, 26, 26, 5), (2, 7, 9, 3)):
        maps = rng.random(shape, dtype=np.float32)
        result = call(answer, maps, form="mean_pool(maps)")
        n, height, width, channels = shape
        pooled = expect_array(result, (n, height // 2, width // 2, channels))
        corners = [
            maps[:, row : height // 2 * 2 : 2, column : width // 2 * 2 : 2]
            for row in (0, 1)
            for column in (0, 1)
        ]
        if np.allclose(pooled, np.mean(corners, axis=0), atol=1e-5):
            continue
        if np.allclose(pooled, np.max(corners, axis=0), atol=1e-5):
            raise WrongAnswer("Your function returns the maximum of each square, not its mean.")
        if np.allclose(pooled, np.sum(corners, axis=0), atol=1e-5):
            raise WrongAnswer("Your function returns the sum of each square, not its mean.")
        raise WrongAnswer(
            "The shape is right, but the values are not the means of 2 by 2 squares.",
            "Which axes do you take the mean over? A reshape with the axes in the wrong order "
            "mixes pixels that are not adjacent.",
        )
    if _has_loop(answer):
        raise WrongAnswer(
            "The values are right, but your function has a loop, which is slow in Python.",
            "A reshape puts the four pixels of each square along two axes of their own. `mean` "
            "then takes care of all squares at once.",
        )
    return "No loop, any size, and a gradient that is cheap to compute."


@hints(
    "Draw it on paper. How far is the progress from the middle, and how far is the factor below 1?",
    "At a distance of `abs(progress - 0.5)` from the middle, the line has fallen by twice that.",
    "`jnp.abs` takes numbers, arrays and the tracers of `jax.jit`. One line without an `if` is "
    "enough.",
)
def exercise_3(answer: Any) -> str:
    """Check `triangle(progress)`, a schedule that rises to 1 and falls to 0."""
    import jax

    form = "triangle(progress)"
    for when, progress, expected in (("beginning", 0.0, 0), ("middle", 0.5, 1), ("end", 1.0, 0)):
        factor = float(expect_array(call(answer, progress, form=form), ()))
        if not np.isclose(factor, expected, atol=1e-6):
            raise WrongAnswer(f"At the {when} of training, your factor is {factor:.2f}.")
    values = np.append(np.linspace(0, 1, 9), np.random.default_rng().random(9)).astype("float32")
    try:
        factors = np.asarray(jax.jit(answer)(values))
    except Exception as error:
        raise WrongAnswer(
            "Your function works on a number, but not on an array inside `jax.jit`: "
            f"{type(error).__name__}",
            "An `if` needs to know the value, which is not yet known inside `jax.jit`. NumPy "
            "cannot compute with it either; `jax.numpy` can.",
        ) from error
    triangle = 1 - np.abs(2 * values - 1)
    if factors.shape != values.shape:
        raise WrongAnswer(f"For an array of {len(values)}, your function returns {factors.size}.")
    if not np.allclose(factors, triangle, atol=1e-5):
        worst = np.abs(factors - triangle).argmax()
        raise WrongAnswer(
            f"The ends and the middle are right, but at {values[worst]:.3f} your factor is "
            f"{factors[worst]:.2f}.",
            "The line is straight on both sides. What should the factor be halfway up?",
        )
    return "Pass it to `train` as `schedule=triangle`."


@hints(
    "The usual settings take many small steps. You have only a few. How could each go further?",
    "A step can be longer (`learning_rate`), and its direction more reliable (`batch_size`). Try "
    "both together.",
    "`batch_size=len(few.train)` makes an epoch a single step. Try learning rates from 0.001 to "
    "0.03 with it.",
)
def exercise_4(answer: object) -> str:
    """Check a network that was trained on the bundled digits in a few steps."""
    if not is_keras_model(answer):
        raise WrongAnswer(
            f"Expected a trained Keras model, got {describe(answer)}.",
            "Pass the model that you passed to `train`, not what `train` returned.",
        )
    optimizer = getattr(answer, "optimizer", None)
    steps = int(optimizer.iterations.numpy()) if optimizer else 0
    if not steps:
        raise BlankAnswer("The network has not been trained yet: its optimizer has taken no step.")
    if steps > MAX_STEPS:
        raise WrongAnswer(
            f"The network was trained for {steps} steps, but {MAX_STEPS} are allowed.",
            "The number of steps is epochs times batches (08.1). Training the same model again "
            "adds to it, so build a new one.",
        )
    try:
        accuracy = evaluate(answer, load_digits().validation).accuracy
    except ValueError as error:
        raise WrongAnswer(f"The network cannot read the images: {error}") from error
    if accuracy <= MIN_ACCURACY:
        raise WrongAnswer(f"After {steps} steps, the network reads {accuracy:.1%} of the images.")
    return "More than nine out of ten, after no more than ten steps."


def _has_loop(function: object) -> bool:
    """Look for loops in a function's source, as far as it can be read."""
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))  # type: ignore[arg-type]
    except (OSError, TypeError, SyntaxError):
        return False
    return any(isinstance(node, loops) for node in ast.walk(tree))
