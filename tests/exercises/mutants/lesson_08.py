"""Wrong and right answers to the exercises of lesson 08."""

from __future__ import annotations

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np

import mnistedu
from mnistedu._backend import import_keras
from mnistedu.data import load_digits
from mnistedu.training.schedules import one_cycle

keras = import_keras()


def steps_one_by_one(images, batch_size, epochs):
    steps = 0
    for _ in range(epochs):
        for _ in range(0, images, batch_size):
            steps += 1
    return steps


def corners(maps):
    height, width = (size // 2 * 2 for size in maps.shape[1:3])
    return [maps[:, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)]


def pool_by_reshape(maps):
    n, height, width, channels = maps.shape
    height, width = height // 2, width // 2
    even = maps[:, : 2 * height, : 2 * width]
    return even.reshape(n, height, 2, width, 2, channels).mean(axis=(2, 4))


def pool_by_slices(maps):
    height, width = maps.shape[1] // 2 * 2, maps.shape[2] // 2 * 2
    even = maps[:, :height, :width]
    rows = even[:, ::2] + even[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]) / 4


def pool_in_loops(maps):
    n, height, width, channels = maps.shape
    pooled = np.zeros((n, height // 2, width // 2, channels))
    for row in range(height // 2):
        for column in range(width // 2):
            square = maps[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            pooled[:, row, column] = square.mean(axis=(1, 2))
    return pooled


def pool_in_comprehensions(maps):
    n, height, width, channels = maps.shape
    return [
        [
            [
                [maps[i, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2, c].mean() for c in range(channels)]
                for x in range(width // 2)
            ]
            for y in range(height // 2)
        ]
        for i in range(n)
    ]


def mixed_up(maps):
    n, height, width, channels = maps.shape
    even = maps[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(n, height // 2, width // 2, channels, 4).mean(axis=-1)


def pool_even_only(maps):
    n, height, width, channels = maps.shape
    return maps.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def pool_padded(maps):
    """Keep the last row or column of an odd size."""
    padded = np.pad(maps, [(0, 0), (0, maps.shape[1] % 2), (0, maps.shape[2] % 2), (0, 0)])
    return pool_even_only(padded)


def cut_at_the_top(maps):
    return pool_even_only(maps[:, maps.shape[1] % 2 :, maps.shape[2] % 2 :])


def in_steps(progress):
    return 1 - jnp.abs(2 * jnp.round(8 * progress) / 8 - 1)


DATA = load_digits()


@functools.cache
def trained(*, batch=None, epochs=10, rate=0.01, units=(128,)):
    keras.utils.set_random_seed(0)
    model = mnistedu.build_mlp(units=units, learning_rate=rate)
    options = {"augmentation": None, "schedule": None, "verbose": False}
    mnistedu.train(model, DATA, epochs=epochs, batch_size=batch or len(DATA.train), **options)
    return model


def network_of_something_else():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((4, 2)), np.zeros(4), verbose=0)
    return model


@functools.cache
def fitted():
    keras.utils.set_random_seed(0)
    model = mnistedu.build_mlp(learning_rate=0.01)
    x = mnistedu.to_input(DATA.train.images)
    model.fit(x, DATA.train.labels, batch_size=len(x), epochs=10, verbose=0)
    return model


WRONG = {
    "08.1": [
        ("a number", lambda: 4690),
        ("whole batches only", lambda: lambda images, size, epochs: images // size * epochs),
        ("batches run on", lambda: lambda images, size, epochs: math.ceil(images * epochs / size)),
        ("parts of a step", lambda: lambda images, size, epochs: images / size * epochs),
        ("images", lambda: lambda images, size, epochs: images * epochs),
        ("rounded", lambda: lambda images, size, epochs: round(images / size) * epochs),
        ("rounded after adding a half", lambda: lambda images, size, epochs: (
            round(images / size + 0.5) * epochs
        )),
        ("always one more", lambda: lambda images, size, epochs: (images // size + 1) * epochs),
        ("one epoch", lambda: lambda images, size, epochs: math.ceil(images / size)),
        ("one more at the end", lambda: lambda images, size, epochs: images // size * epochs + 1),
        ("one too many", lambda: lambda images, size, epochs: (images + size) // size * epochs),
        ("one epoch too many", lambda: lambda images, size, epochs: (
            math.ceil(images / size) * (epochs + 1)
        )),
    ],
    "08.2": [
        ("an array", lambda: np.zeros((3, 4, 3, 2))),
        ("the maximum", lambda: lambda maps: np.max(corners(maps), axis=0)),
        ("the sum", lambda: lambda maps: np.add.reduce(corners(maps))),
        ("wrong order of axes", lambda: mixed_up),
        ("over the whole map", lambda: lambda maps: maps.mean(axis=(1, 2))),
        ("even sizes only", lambda: pool_even_only),
        ("keeps the last row", lambda: pool_padded),
        ("leaves out the first row", lambda: cut_at_the_top),
        ("one corner", lambda: lambda maps: corners(maps)[0]),
        ("in loops", lambda: pool_in_loops),
        ("in comprehensions", lambda: pool_in_comprehensions),
        ("the first image only", lambda: lambda maps: pool_by_reshape(maps[:1])),
        ("the median", lambda: lambda maps: np.median(corners(maps), axis=0)),
        ("rows only", lambda: lambda maps: (pool_by_slices(maps) + corners(maps)[0]) / 2),
    ],
    "08.3": [
        ("a number", lambda: 0.5),
        ("one cycle", lambda: one_cycle),
        ("stays up", lambda: lambda progress: jnp.minimum(2 * progress, 1)),
        ("rises only", lambda: lambda progress: progress),
        ("upside down", lambda: lambda progress: jnp.abs(2 * progress - 1)),
        ("half as high", lambda: lambda progress: 0.5 - jnp.abs(progress - 0.5)),
        ("a sine", lambda: lambda progress: jnp.sin(jnp.pi * progress)),
        ("a parabola", lambda: lambda progress: 4 * progress * (1 - progress)),
        ("a square of a sine", lambda: lambda progress: jnp.sin(jnp.pi * progress) ** 2),
        ("in eight steps", lambda: in_steps),
        ("an if", lambda: lambda progress: 2 * progress if progress < 0.5 else 2 - 2 * progress),
        ("one number for an array", lambda: lambda p: jnp.mean(1 - jnp.abs(2 * p - 1))),
    ],
    "08.4": [
        ("the data", load_digits),
        ("an accuracy", lambda: 0.95),
        ("eleven steps", lambda: trained(epochs=11)),
        ("twenty steps", lambda: trained(epochs=20)),
        ("ten epochs of ten steps", lambda: trained(batch=128)),
        ("small steps", lambda: trained(rate=1e-4)),
        ("far too large steps", lambda: trained(rate=10.0)),
        ("two steps", lambda: trained(epochs=2)),
        ("a network of something else", network_of_something_else),
        ("a name", lambda: "quick"),
    ],
}  # fmt: skip

RIGHT = {
    "08.1": [
        ("ceil", lambda: lambda images, size, epochs: math.ceil(images / size) * epochs),
        ("minus floor of minus", lambda: lambda images, size, epochs: -(-images // size) * epochs),
        ("batch added", lambda: lambda images, size, epochs: (images + size - 1) // size * epochs),
        ("one by one", lambda: steps_one_by_one),
        ("a float", lambda: lambda images, size, epochs: np.ceil(images / size) * epochs),
        ("if there is a rest", lambda: lambda images, size, epochs: (
            epochs * (images // size + (images % size > 0))
        )),
    ],
    "08.2": [
        ("a reshape", lambda: pool_by_reshape),
        ("slices", lambda: pool_by_slices),
        ("Keras", lambda: lambda maps: keras.ops.average_pool(maps, 2, 2)),
        ("a Keras layer", lambda: lambda maps: keras.layers.AveragePooling2D(2)(maps)),
        ("jax.numpy", lambda: lambda maps: pool_by_slices(jnp.asarray(maps))),
        ("two means", lambda: lambda maps: np.mean(
            [pool_by_slices(maps), pool_by_reshape(maps)], axis=0
        )),
    ],
    "08.3": [
        ("one minus abs", lambda: lambda progress: 1 - jnp.abs(2 * progress - 1)),
        ("the smaller of two lines", lambda: lambda p: jnp.minimum(2 * p, 2 - 2 * p)),
        ("where", lambda: lambda p: jnp.where(p < 0.5, 2 * p, 2 - 2 * p)),
        ("interp", lambda: lambda p: jnp.interp(p, jnp.array([0, 0.5, 1]), jnp.array([0, 1.0, 0]))),
        ("compiled", lambda: jax.jit(lambda progress: 1 - 2 * jnp.abs(progress - 0.5))),
        ("Keras's operations", lambda: lambda p: 1 - keras.ops.abs(2 * p - 1)),
    ],
    "08.4": [
        ("ten steps of all images", trained),
        ("nine steps", lambda: trained(epochs=9)),
        ("Keras's fit", fitted),
        ("a wider layer", lambda: trained(units=(256,))),
        ("two batches, five epochs", lambda: trained(batch=600, epochs=5)),
    ],
}  # fmt: skip
