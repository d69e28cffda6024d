"""The exercises of lesson 08: faster and further."""

from __future__ import annotations

import math

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.data import load_digits
from mnistedu.evaluation import evaluate
from mnistedu.exercises.expectations import Blank, Wrong, call, describe, expect_array, hints

STEPS = 10  # of a training, at most
BAR = 0.9  # of the validation images, to be read after these


@hints(
    "How many batches are there in one epoch? Then the epochs.",
    "130 images in batches of 64 are two full batches and a rest, and the rest is a step as well.",
    "Round up: `math.ceil(images / batch_size)`, or `-(-images // batch_size)`.",
)
def exercise_1(answer: object) -> str:
    """`count_steps(images, batch_size, epochs)`: how many steps a training takes."""
    for images, size, epochs in ((128, 64, 1), (60_000, 128, 10), (130, 64, 3), (20, 64, 2)):
        form = "count_steps(images, batch_size, epochs)"
        steps = float(expect_array(call(answer, images, size, epochs, form=form), ()))
        wanted = math.ceil(images / size) * epochs
        if steps == wanted:
            continue
        given = f"{images:,} images, batches of {size}, {epochs} epochs"
        if steps == images // size * epochs:
            raise Wrong(f"{given}: your function leaves out the last, smaller batch of an epoch.")
        if steps == math.ceil(images * epochs / size):
            raise Wrong(
                f"{given}: your function lets batches run over the end of an epoch.",
                "Each epoch begins with a batch of its own. Round first, then multiply.",
            )
        if steps != int(steps):
            raise Wrong(f"{given}: your function counts {steps:.2f} steps, and there are no parts.")
        raise Wrong(f"{given}: your function counts {steps:g} steps.")
    return "Epochs times batches, rounded up in the right place."


@hints(
    "Look at `pool` in this lesson. What has to change if the mean is asked for, and not the "
    "largest?",
    "Cut `maps` to an even height and width first: `maps[:, : 2 * (height // 2), ...]`.",
    "After `reshape(n, height // 2, 2, width // 2, 2, channels)`, the four of a square lie along "
    "the axes 2 and 4.",
)
def exercise_2(answer: object) -> str:
    """`mean_pool(maps)`: the mean of each square of 2 by 2."""
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
            raise Wrong("Your function keeps the largest of each four, and not their mean.")
        if np.allclose(pooled, np.sum(corners, axis=0), atol=1e-5):
            raise Wrong("Your function adds the four up, and does not divide.")
        raise Wrong(
            "The shape is right, but the numbers are not the means of squares of 2 by 2.",
            "Which axes do you take the mean over? A reshape to the wrong order of axes mixes up "
            "pixels that are no neighbours.",
        )
    return "No loop, any size, and a gradient that costs little."


@hints(
    "Draw it on paper. How far from the middle is the progress, and how far below 1 the factor?",
    "At the distance `abs(progress - 0.5)` from the middle, the line has fallen by twice that.",
    "`jnp.abs` takes numbers, arrays and whatever `jax.jit` passes. One line without an `if` is "
    "enough.",
)
def exercise_3(answer: object) -> str:
    """`triangle(progress)`: up to 1 and down again, inside a compiled program."""
    import jax

    places = np.linspace(0, 1, 9, dtype=np.float32)
    form = "triangle(progress)"
    ends = [float(expect_array(call(answer, place, form=form), ())) for place in (0.0, 0.5, 1.0)]
    for place, factor, wanted in zip(("beginning", "middle", "end"), ends, (0, 1, 0), strict=True):
        if not np.isclose(factor, wanted, atol=1e-6):
            raise Wrong(f"At the {place} of the training your factor is {factor:.2f}.")
    try:
        factors = np.asarray(jax.jit(answer)(places))
    except Exception as error:
        raise Wrong(
            f"Your function works on a number, but not on an array inside of `jax.jit`: "
            f"{type(error).__name__}",
            "An `if` needs to know the number, and inside of `jax.jit` it is not known yet. NumPy "
            "cannot calculate with it either; `jax.numpy` can.",
        ) from error
    wanted = 1 - np.abs(2 * places - 1)
    if factors.shape != places.shape:
        raise Wrong(f"For {len(places)} numbers at once, your function gives {factors.size}.")
    if not np.allclose(factors, wanted, atol=1e-5):
        worst = np.abs(factors - wanted).argmax()
        raise Wrong(
            f"The ends and the middle are right, but at {places[worst]:.3f} your factor is "
            f"{factors[worst]:.2f}.",
            "The line is straight on both sides. What should the factor be half-way up?",
        )
    return "Pass it to `train` as `schedule=triangle`."


@hints(
    "The usual settings take many small steps. You have few. How could each of them go further?",
    "A step can be longer (`learning_rate`), and it can be better founded (`batch_size`). Try both "
    "together.",
    "`batch_size=len(few.train)` makes an epoch a single step. Try learning rates from 0.001 to "
    "0.03 with it.",
)
def exercise_4(answer: object) -> str:
    """Look at a network that has learned the bundled digits in a few steps."""
    if not is_keras_model(answer):
        raise Wrong(
            f"A trained Keras model is asked for, and this is {describe(answer)}.",
            "Pass the model that you gave to `train`, not what `train` returned.",
        )
    steps = int(answer.optimizer.iterations.numpy()) if answer.optimizer else 0
    if not steps:
        raise Blank("The network has not been trained yet: its optimizer counts no step.")
    if steps > STEPS:
        raise Wrong(
            f"The network has taken {steps} steps, and {STEPS} are allowed.",
            "Steps are epochs times batches (08.1). Training a model once more adds to them, so "
            "build a new one.",
        )
    accuracy = evaluate(answer, load_digits().validation).accuracy
    if accuracy <= BAR:
        raise Wrong(f"After {steps} steps the network reads {accuracy:.1%} of the images.")
    return "More than nine out of ten, after steps that can be counted on the fingers."
