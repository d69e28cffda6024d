"""Wrong and right answers to the exercises of lesson 04."""

from __future__ import annotations

from functools import cache

import jax.numpy as jnp
import keras
import numpy as np
from scipy import ndimage, signal

import mnistedu
from mnistedu.exercises.lesson_04 import convolve
from tests.exercises.mutants.lesson_03 import (
    answer,
    dense,
    few_images,
    misread,
    network,
    offline,
    pair,
    trained,
)

# 04.1

DIAGONAL = 3 * np.eye(3) - 1
SOBEL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
BESIDE = np.array([[-2, 5, -2], [-2, -2, 5], [-2, -2, -2]]) + 4 / 9
SPOT = 9.0 * (np.arange(9).reshape(3, 3) == 4) - 1

# 04.2


def corners(image):
    """Return the four pixels of every square."""
    height, width = (size // 2 * 2 for size in image.shape)
    return [image[row:height:2, column:width:2] for row in (0, 1) for column in (0, 1)]


def halves_of_the_image(image):
    height, width = (size // 2 for size in image.shape)
    return image[: 2 * height, : 2 * width].reshape(2, height, 2, width).mean(axis=(0, 2))


def without_the_first(image):
    height, width = (size % 2 for size in image.shape)
    return np.mean(corners(image[height:, width:]), axis=0)


def by_loops(image):
    result = np.zeros((image.shape[0] // 2, image.shape[1] // 2))
    for row, column in np.ndindex(result.shape):
        result[row, column] = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].mean()
    return result


def by_keras(image):
    pool = keras.layers.AveragePooling2D(2)
    return np.asarray(pool(image[np.newaxis, :, :, np.newaxis]))[0, :, :, 0]


def by_two_means(image):
    height, width = (size // 2 * 2 for size in image.shape)
    rows = (image[:height:2] + image[1:height:2]) / 2
    return (rows[:, :width:2] + rows[:, 1:width:2]) / 2


# 04.3


def pad_and_convolve(mode="constant", **options):
    return answer(lambda image, kernel: convolve(np.pad(image, 1, mode, **options), kernel))


def flipped(image, kernel):
    return convolve(np.pad(image, 1), kernel[::-1, ::-1])


def same_by_loops(image, kernel):
    result = np.zeros(image.shape)
    for row, column in np.ndindex(image.shape):
        for down, right in np.ndindex(3, 3):
            y, x = row + down - 1, column + right - 1
            if 0 <= y < image.shape[0] and 0 <= x < image.shape[1]:
                result[row, column] += image[y, x] * kernel[down, right]
    return result


def same_by_keras(image, kernel):
    layer = keras.layers.Conv2D(1, 3, padding="same")
    layer.build((None, *image.shape, 1))
    layer.set_weights([kernel[:, :, np.newaxis, np.newaxis], np.zeros(1)])
    return np.asarray(layer(image[np.newaxis, :, :, np.newaxis]))[0, :, :, 0]


def into_an_image_of_28(image, kernel):
    larger = np.zeros((30, 30))
    larger[1:29, 1:29] = image
    return convolve(larger, kernel)


# 04.4


def small_cnn():
    layers = []
    for filters in (8, 8, 16):
        layers += [
            keras.layers.Conv2D(filters, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
        ]
    return network(*layers, keras.layers.Flatten())


def nested_cnn():
    inner = keras.Sequential([keras.Input((28, 28, 1)), *small_cnn().layers[:-2]], name="body")
    return network(inner, keras.layers.Flatten())


def strided_cnn():
    return network(
        keras.layers.Conv2D(8, 5, strides=3, activation="relu"),
        keras.layers.Conv2D(12, 3, strides=2, activation="relu"),
        keras.layers.Flatten(),
    )


def normalized_cnn():
    return mnistedu.build_cnn(filters=(6, 12))


def functional_cnn():
    inputs = keras.Input((28, 28, 1))
    maps = inputs
    for filters in (8, 16):
        maps = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(maps)
        maps = keras.layers.MaxPooling2D(3)(maps)
    flat = keras.layers.Flatten()(maps)
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(flat))


def separable_cnn():
    return network(
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.SeparableConv2D(16, 3, activation="relu"),
        keras.layers.MaxPooling2D(3),
        keras.layers.Flatten(),
    )


def idle_one_by_one():
    idle = keras.layers.Conv2D(1, 1, kernel_initializer="ones")
    return network(idle, keras.layers.AveragePooling2D(2), keras.layers.Flatten())


def idle_three_by_three():
    idle = keras.layers.Conv2D(1, 3, padding="same", use_bias=False)
    model = network(idle, keras.layers.AveragePooling2D(2), keras.layers.Flatten())
    idle.set_weights([(np.arange(9) == 4).astype("float32").reshape(3, 3, 1, 1)])
    idle.trainable = False
    return model


def idle_beside_dense():
    inputs = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(keras.layers.AveragePooling2D(2)(inputs))
    silent = keras.layers.Conv2D(1, 3, kernel_initializer="zeros", trainable=False)(inputs)
    joined = keras.layers.Concatenate()([flat, keras.layers.GlobalMaxPooling2D()(silent)])
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(joined))


def pooled_dense():
    return network(keras.layers.MaxPooling2D(2), keras.layers.Flatten())


@cache
def untrained():
    return small_cnn()


WRONG = {
    "04.1": [
        ("evenly inked areas", lambda: np.eye(3)),
        ("down to the left", lambda: DIAGONAL[:, ::-1]),
        ("suppresses the diagonal", lambda: -DIAGONAL),
        ("strokes across", lambda: SOBEL),
        ("strokes straight down", lambda: SOBEL.T),
        ("zero", lambda: np.zeros((3, 3))),
        ("five by five", lambda: 5 * np.eye(5) - 1),
        ("spots", lambda: SPOT),
        ("beside the stroke", lambda: BESIDE),
        ("one corner too much", lambda: DIAGONAL + np.diag([0, 0, 0.5])),
        ("both diagonals", lambda: DIAGONAL + DIAGONAL[:, ::-1]),
        ("a function", lambda: convolve),
        ("not a number", lambda: np.full((3, 3), np.nan)),
        ("edges beside the diagonal", lambda: np.tri(3, k=-1) - np.tri(3, k=-1).T),
    ],
    "04.2": [
        ("largest", answer(lambda image: np.max(corners(image), axis=0))),
        ("smallest", answer(lambda image: np.min(corners(image), axis=0))),
        ("sum", answer(lambda image: sum(corners(image)))),
        ("median", answer(lambda image: np.median(corners(image), axis=0))),
        ("one of the four", answer(lambda image: corners(image)[0])),
        ("two of the four", answer(lambda image: sum(corners(image)[:2]) / 2)),
        ("halves of the image", answer(halves_of_the_image)),
        ("leaves out the first row", answer(without_the_first)),
        ("26 by 26 only", answer(lambda image: image.reshape(13, 2, 13, 2).mean(axis=(1, 3)))),
        ("means of rows", answer(lambda image: image.mean(axis=1))),
        ("rounded to two digits", answer(lambda image: np.mean(corners(image), axis=0).round(2))),
        ("never negative", answer(lambda image: np.mean(corners(image), axis=0).clip(0))),
        ("middle of largest and smallest", answer(
            lambda image: (np.max(corners(image), axis=0) + np.min(corners(image), axis=0)) / 2
        )),
        ("an array", lambda: np.ones((13, 13))),
    ],
    "04.3": [
        ("no border", answer(convolve)),
        ("flipped kernel", answer(flipped)),
        ("transposed kernel", answer(lambda image, kernel: convolve(np.pad(image, 1), kernel.T))),
        ("border of edge pixels", pad_and_convolve("edge")),
        ("mirrored border", pad_and_convolve("reflect")),
        ("border from the other side", pad_and_convolve("wrap")),
        ("border of ones", pad_and_convolve(constant_values=1)),
        ("border on one side", answer(
            lambda image, kernel: convolve(np.pad(image, (2, 0)), kernel)
        )),
        ("border of the map", answer(lambda image, kernel: np.pad(convolve(image, kernel), 1))),
        ("map with repeated edges", answer(
            lambda image, kernel: np.pad(convolve(image, kernel), 1, "edge")
        )),
        ("28 by 28 only", answer(into_an_image_of_28)),
        ("never negative", answer(
            lambda image, kernel: convolve(np.pad(image, 1), kernel).clip(0)
        )),
        ("rounded to two digits", answer(
            lambda image, kernel: convolve(np.pad(image, 1), kernel).round(2)
        )),
        ("the image", answer(lambda image, kernel: image)),
    ],
    "04.4": [
        ("untrained", lambda: (untrained(), offline())),
        ("too large", lambda: (mnistedu.build_cnn(), offline())),
        ("no convolution", pair(pooled_dense)),
        ("dense layers", lambda: (mnistedu.build_mlp(units=(4,)), offline())),
        ("dense behind an idle 1x1 convolution", pair(idle_one_by_one)),
        ("dense behind an idle 3x3 convolution", pair(idle_three_by_three)),
        ("dense beside an idle convolution", pair(idle_beside_dense)),
        ("other images, named digits", lambda: (trained(small_cnn), misread())),
        ("three validation images", lambda: (trained(small_cnn), few_images())),
        ("a number", lambda: (5_000, offline())),
        ("no data", lambda: trained(small_cnn)),
        ("a large MLP", lambda: (dense(), offline())),
    ],
}  # fmt: skip

RIGHT = {
    "04.1": [
        ("as in the solution", lambda: DIAGONAL / 6),
        ("whole numbers", lambda: DIAGONAL.astype(int)),
        ("much larger", lambda: 100 * DIAGONAL),
        ("rounded to three digits", lambda: (DIAGONAL / 3).round(3)),
        ("a list", lambda: [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]),
        ("corners only", lambda: [[1, 0, -1], [0, 0, 0], [-1, 0, 1]]),
        ("by JAX", lambda: jnp.eye(3) - 1 / 3),
        ("a larger centre", lambda: np.array([[2, -1, -1.25], [-1, 2.5, -1], [-1.25, -1, 2]])),
    ],
    "04.2": [
        ("mean of the four", answer(lambda image: sum(corners(image)) / 4)),
        ("by loops", answer(by_loops)),
        ("by Keras", answer(by_keras)),
        ("by two means", answer(by_two_means)),
        ("in float32", answer(lambda image: np.mean(corners(image.astype("float32")), axis=0))),
        ("by convolution", answer(
            lambda image: signal.convolve2d(image, np.full((2, 2), 0.25), "valid")[::2, ::2]
        )),
    ],
    "04.3": [
        ("a border of zeros", pad_and_convolve()),
        ("by loops", answer(same_by_loops)),
        ("by Keras", answer(same_by_keras)),
        ("by SciPy's signal", answer(
            lambda image, kernel: signal.correlate2d(image, kernel, "same")
        )),
        ("by SciPy's ndimage", answer(
            lambda image, kernel: ndimage.correlate(image, kernel, mode="constant")
        )),
        ("a convolution of the flipped kernel", answer(
            lambda image, kernel: signal.fftconvolve(image, kernel[::-1, ::-1], "same")
        )),
    ],
    "04.4": [
        ("three convolutions", pair(small_cnn)),
        ("nested", pair(nested_cnn)),
        ("strides for pooling", pair(strided_cnn)),
        ("batch normalization", pair(normalized_cnn)),
        ("functional, padded", pair(functional_cnn)),
        ("separable", pair(separable_cnn)),
    ],
}  # fmt: skip
