"""The exercises of lesson 01: read digits without a network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mnistedu.data import Split, load_digits
from mnistedu.exercises.expectations import Wrong, call, describe, expect_array, hints
from mnistedu.models.baselines import build_baseline

GAIN = 0.02  # of accuracy, by which an open answer has to beat the averages


@hints(
    "What was 0 should become 255, and what was 255 should become 0. And what lies between?",
    "A single subtraction does it, for all pixels at once.",
    "Subtract the image from 255. Bytes taken from 255 never leave the range of a byte.",
)
def exercise_1(answer: object) -> str:
    """`negative(image)`: light and dark exchanged."""
    rng = np.random.default_rng(11)
    for image in rng.integers(0, 256, (3, 28, 28), dtype=np.uint8):
        result = call(answer, image, form="negative(image)")
        levels = expect_array(result, (28, 28), name="The image")
        if np.array_equal(levels, image):
            raise Wrong("The image is as it was.")
        if np.array_equal(levels, -image):
            raise Wrong(
                "The background stays as dark as it was.",
                "A byte has no minus: `-0` is 0, and `-1` is 255. What should a 0 become?",
            )
        if np.asarray(result).dtype != np.uint8:
            raise Wrong(
                f"The image has dtype {np.asarray(result).dtype}, and images are bytes.",
                "An array of `uint8` stays one as long as you only add and subtract whole numbers.",
            )
        if not np.array_equal(levels, 255 - image):
            raise Wrong("Some pixels are not what they should be.")
    return "Twice in a row, and the image is as before."


@hints(
    "For one digit: pick its images, and take the mean of all their pixels. Then do it for ten.",
    "`images[labels == 3]` are the images of the threes. `.mean()` takes the mean of all their "
    "pixels.",
    "A list of ten means, `[... for digit in range(10)]`, is all that is needed.",
)
def exercise_2(answer: object) -> str:
    """`ink_of_each(images, labels)`: how bright the images of each digit are, on average."""
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
        wanted = np.array([split.images[split.labels == digit].mean() for digit in range(10)])
        sums = np.array([split.images[split.labels == digit].sum() for digit in range(10)])
        if np.allclose(means, wanted, rtol=1e-4):
            continue
        if np.allclose(means, sums):
            raise Wrong(
                "Your function adds up, so a digit that comes more often seems to need more ink.",
                "Divide by how many numbers there are, or use `mean`.",
            )
        if np.allclose(means, sums / len(split)) or np.allclose(means, sums / len(split) / 784):
            raise Wrong("The ink of each digit is divided by the number of *all* images.")
        if np.allclose(means * 255, wanted, rtol=1e-4) or np.allclose(means, wanted * 784):
            raise Wrong(
                "The ten are in the right proportion, but they are not the means of the pixels."
            )
        wrong = int(np.abs(means - wanted).argmax())
        raise Wrong(f"For the digit {wrong} your function gives {means[wrong]:.1f}.")
    return "The 1 needs the least ink, and no label was asked to find that out."


@hints(
    "A slice from the end: `images[-3:]` are the last three. And those before them?",
    "`images[:-3]` are all but the last three. The labels have to be cut at the same place.",
    "Beware of a `count` of 0: `images[:-0]` is nothing. Cut at `len(images) - count`, "
    "which is right for any count, and ask first whether there are so many images.",
)
def exercise_3(answer: object) -> str:
    """`split(images, labels, count)`: the last `count` images held out."""
    images = np.arange(12, dtype=np.uint8)[:, None, None] + np.zeros((28, 28), np.uint8)
    labels = np.arange(12, dtype=np.uint8) % 10
    for count in (3, 5, 0):
        parts = call(answer, images, labels, count, form="split(images, labels, count)")
        _check_parts(parts, len(images), labels, count)
    _expect_refusal(answer, images, labels)
    return "No image is lost, none is in both parts, and each has kept its label."


@hints(
    "Look at what the averages get wrong: slanted digits, narrow ones, two kinds of seven. What "
    "could you do about one of these?",
    "Several averages for each digit: put its images into groups of similar ones first. Or let the "
    "most similar known images vote.",
    "`sklearn.cluster.KMeans(5).fit(...)` finds five groups, and their averages are its "
    "`cluster_centers_`. With fifty averages instead of ten, the nearest one wins.",
)
def exercise_4(answer: object) -> str:
    """`read(known, images)`: any reader that beats the averages."""
    everything = load_digits().train
    known, unseen = everything[:700], everything[700:]
    result = call(answer, known, unseen.images, form="read(known, images)")
    digits = expect_array(result, (len(unseen),), name="The answer")
    averages = build_baseline("class_means").fit(*known)
    mark = (averages.predict(unseen.images) == unseen.labels).mean()
    accuracy = (digits == unseen.labels).mean()
    if accuracy < mark + GAIN:
        raise Wrong(
            f"Your reader gets {accuracy:.1%} of the checker's images right, and the averages get "
            f"{mark:.1%}. Beat them by {100 * GAIN:.0f} points."
        )
    return "Better than the averages, and still no network."


def _check_parts(parts: object, total: int, labels: np.ndarray, count: int) -> None:
    """Look at what is in the two parts of images whose pixels are their places."""
    try:
        (train, train_labels), (held_out, held_out_labels) = parts
    except (TypeError, ValueError):
        raise Wrong(
            f"Two parts of images and labels are asked for, and this is {describe(parts)}.",
            "`return (images[...], labels[...]), (images[...], labels[...])`",
        ) from None
    places = [np.asarray(part).reshape(-1, 784)[:, 0].astype(int) for part in (train, held_out)]
    if len(places[1]) != count or len(places[0]) != total - count:
        raise Wrong(
            f"Of {total} images {count} are to be held out. Your parts have {len(places[0])} and "
            f"{len(places[1])}."
        )
    if np.intersect1d(*places).size:
        raise Wrong("Some images are in both parts.")
    if list(places[1]) != list(range(total - count, total)):
        raise Wrong("The images that are held out are not the last ones.")
    for where, found in zip(places, (train_labels, held_out_labels), strict=True):
        if not np.array_equal(labels[where], np.asarray(found)):
            raise Wrong("The labels are no longer those of their images.")


def _expect_refusal(answer: Callable, images: np.ndarray, labels: np.ndarray) -> None:
    try:
        answer(images, labels, len(images) + 1)
    except ValueError:
        return
    except Exception as error:
        raise Wrong(
            f"With too few images your function fails by accident: {type(error).__name__}: {error}",
            "Ask first, and raise a `ValueError` of your own.",
        ) from error
    raise Wrong(
        f"{len(images) + 1} of {len(images)} images are to be held out, and your function does "
        "not mind.",
        "`raise ValueError(...)`, with a word on what is wrong.",
    )
