"""The exercises of lesson 01: read digits without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mnistedu.data import Split, load_digits
from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints
from mnistedu.models.baselines import build_baseline

GAIN = 0.02  # of accuracy over the class means, required by the open exercise


@hints(
    "What was 0 should become 255, and what was 255 should become 0. What about the values in "
    "between?",
    "A single subtraction does it, for all pixels at once.",
    "Subtract the image from 255. The result always fits in a byte.",
)
def exercise_1(answer: object) -> str:
    """Check `negative(image)`, which swaps light and dark."""
    rng = np.random.default_rng(11)
    for image in rng.integers(0, 256, (3, 28, 28), dtype=np.uint8):
        result = call(answer, image, form="negative(image)")
        levels = expect_array(result, (28, 28), name="The image")
        if np.array_equal(levels, image):
            raise WrongAnswer("The image is unchanged.")
        if np.array_equal(levels, -image):
            raise WrongAnswer(
                "The background stays dark.",
                "Bytes have no negative values: `-0` is 0, and `-1` is 255. What should a 0 "
                "become?",
            )
        if np.asarray(result).dtype != np.uint8:
            raise WrongAnswer(
                f"The image has dtype {np.asarray(result).dtype}, but images are bytes.",
                "An array of `uint8` stays one as long as you only add and subtract integers.",
            )
        if not np.array_equal(levels, 255 - image):
            raise WrongAnswer("Some pixels do not have the right value.")
    return "Apply it twice, and you get the original image back."


@hints(
    "For one digit: select its images and take the mean of all their pixels. Then repeat for all "
    "ten.",
    "`images[labels == 3]` are the images of the threes. `.mean()` returns the mean of all their "
    "pixels.",
    "A list of ten means, `[... for digit in range(10)]`, is all that is needed.",
)
def exercise_2(answer: object) -> str:
    """Check `ink_of_each(images, labels)`, the mean brightness of the images of each digit."""
    rng = np.random.default_rng(12)
    digits = load_digits().validation
    labels = np.repeat(np.arange(10), rng.integers(1, 9, 10))
    images = (
        rng.integers(0, 256, (len(labels), 28, 28), dtype=np.uint8) // (labels + 1)[:, None, None]
    )
    order = rng.permutation(len(labels))
    for split in (Split(images.astype(np.uint8)[order], labels[order]), digits):
        result = call(answer, *split, form="ink_of_each(images, labels)")
        means = expect_array(result, (10,))
        expected = np.array([split.images[split.labels == digit].mean() for digit in range(10)])
        sums = np.array([split.images[split.labels == digit].sum() for digit in range(10)])
        if np.allclose(means, expected, rtol=1e-4):
            continue
        if np.allclose(means, sums):
            raise WrongAnswer(
                "Your function returns sums, so a more frequent digit seems to need more ink.",
                "Divide by the number of pixels, or use `mean`.",
            )
        if np.allclose(means, sums / len(split)) or np.allclose(means, sums / len(split) / 784):
            raise WrongAnswer("The ink of each digit is divided by the number of *all* images.")
        if np.allclose(means * 255, expected, rtol=1e-4) or np.allclose(means, expected * 784):
            raise WrongAnswer(
                "The ten values are proportional to the means of the pixels, but not equal to them."
            )
        worst = int(np.abs(means - expected).argmax())
        raise WrongAnswer(f"For the digit {worst}, your function returns {means[worst]:.1f}.")
    return "The 1 needs the least ink: a first feature that tells digits apart."


@hints(
    "Slice from the end: `images[-3:]` are the last three. And those before them?",
    "`images[:-3]` are all but the last three. The labels have to be sliced in the same way.",
    "Watch out for a `count` of 0: `images[:-0]` is empty. Slice at `len(images) - count`, which "
    "is right for any count, and check first that there are enough images.",
)
def exercise_3(answer: Any) -> str:
    """Check `split(images, labels, count)`, which holds out the last `count` images."""
    images = np.arange(12, dtype=np.uint8)[:, None, None] + np.zeros((28, 28), np.uint8)
    labels = np.arange(12, dtype=np.uint8) % 10
    for count in (3, 5, 0):
        parts = call(answer, images, labels, count, form="split(images, labels, count)")
        _check_parts(parts, len(images), labels, count)
    _expect_value_error(answer, images, labels)
    return "No image is lost, none is in both parts, and each has kept its label."


@hints(
    "Look at the images that the averages get wrong: slanted digits, narrow ones, two kinds of "
    "seven. What could you do about one of these?",
    "Use several averages per digit: cluster its images first. Or let the most similar known "
    "images vote.",
    "`sklearn.cluster.KMeans(5).fit(...)` finds five clusters, and their averages are its "
    "`cluster_centers_`. With fifty averages instead of ten, the nearest one wins.",
)
def exercise_4(answer: object) -> str:
    """Check `read(known, images)`, any classifier that beats the class means."""
    everything = load_digits().train
    known, unseen = everything[:700], everything[700:]
    result = call(answer, known, unseen.images, form="read(known, images)")
    digits = expect_array(result, (len(unseen),))
    averages = build_baseline("class_means").fit(*known)
    baseline = (averages.predict(unseen.images) == unseen.labels).mean()
    accuracy = (digits == unseen.labels).mean()
    if accuracy < baseline + GAIN:
        raise WrongAnswer(
            f"Your function reads {accuracy:.1%} of the checker's images correctly, the averages "
            f"{baseline:.1%}. Beat them by {100 * GAIN:.0f} percentage points."
        )
    return "Better than the averages, and still without a network."


def _check_parts(parts: Any, total: int, labels: np.ndarray, count: int) -> None:
    """Check the two parts of a split of images whose pixels all equal the image's index."""
    try:
        (train, train_labels), (held_out, held_out_labels) = parts
    except (TypeError, ValueError):
        raise WrongAnswer(
            f"Expected two parts, each of images and labels, got {describe(parts)}.",
            "`return (images[...], labels[...]), (images[...], labels[...])`",
        ) from None
    indices = [np.asarray(part).reshape(-1, 784)[:, 0].astype(int) for part in (train, held_out)]
    if len(indices[1]) != count or len(indices[0]) != total - count:
        raise WrongAnswer(
            f"{count} of {total} images should be held out. Your parts have {len(indices[0])} and "
            f"{len(indices[1])}."
        )
    if np.intersect1d(indices[0], indices[1]).size:
        raise WrongAnswer("Some images are in both parts.")
    if list(indices[1]) != list(range(total - count, total)):
        raise WrongAnswer("The images that are held out are not the last ones.")
    for index, found in zip(indices, (train_labels, held_out_labels), strict=True):
        if not np.array_equal(labels[index], np.asarray(found)):
            raise WrongAnswer("The labels no longer match their images.")


def _expect_value_error(
    split: Callable[..., object], images: np.ndarray, labels: np.ndarray
) -> None:
    try:
        split(images, labels, len(images) + 1)
    except ValueError:
        return
    except Exception as error:
        raise WrongAnswer(
            f"With too few images your function fails with {type(error).__name__}: {error}",
            "Check the number of images first, and raise a `ValueError` of your own.",
        ) from error
    raise WrongAnswer(
        f"Your function raises no error when {len(images) + 1} of {len(images)} images are to be "
        "held out.",
        "`raise ValueError(...)`, with a message that says what is wrong.",
    )
