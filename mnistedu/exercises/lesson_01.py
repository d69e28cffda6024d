"""The exercises of lesson 01: classify digits without a network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from mnistedu.data import Split, load_digits
from mnistedu.exercises.expectations import WrongAnswer, call, describe, expect_array, hints
from mnistedu.models.baselines import build_baseline

GAIN = 0.02  # of accuracy over the class means, required by the open exercise
NETWORKS = ("keras", "sklearn.neural_network", "torch", "tensorflow", "mnistedu.recognition")


@hints(
    "What was 0 should become 255, and what was 255 should become 0. What about the values in "
    "between?",
    "A single subtraction does it, for all pixels at once.",
    "Subtract the image from 255. The result always fits in a byte.",
)
def exercise_1(answer: object) -> str:
    """Check `negative(image)`, which swaps ink and background."""
    rng = np.random.default_rng(11)
    for low, high in ((0, 256), (0, 200), (30, 256), (30, 200)):
        image = rng.integers(low, high, (28, 28), dtype=np.uint8)
        result = call(answer, image, form="negative(image)")
        levels = expect_array(result, (28, 28), name="The image")
        if np.array_equal(levels, image):
            raise WrongAnswer("The image is unchanged.")
        if np.array_equal(levels, -image):
            raise WrongAnswer(
                "The background is still 0.",
                "Bytes have no negative values: `-0` is 0, and `-1` is 255. What should a 0 "
                "become?",
            )
        if np.asarray(result).dtype != np.uint8:
            raise WrongAnswer(
                f"The image has dtype {np.asarray(result).dtype}, but images are bytes.",
                "An array of `uint8` stays one as long as you only add and subtract integers.",
            )
        if not np.array_equal(levels, 255 - image):
            row, column = np.argwhere(levels != 255 - image)[0]
            raise WrongAnswer(
                f"In an image with values from {image.min()} to {image.max()}, your function turns "
                f"{image[row, column]} into {levels[row, column]:g}."
            )
    return "Apply it twice, and you get the original image back."


@hints(
    "For one digit: select its images and take the mean of all their pixels. Then repeat for all "
    "ten.",
    "`images[labels == 3]` are the images of the threes. `.mean()` returns the mean of all their "
    "pixels.",
    "A list of ten means, `[... for digit in range(10)]`, is all that is needed.",
)
def exercise_2(answer: object) -> str:
    """Check `ink_of_each(images, labels)`, the mean of all pixels of each digit."""
    for make in (
        lambda: _draw_uneven(60),
        lambda: load_digits().validation,
        lambda: _draw_uneven(8000),
    ):
        images, labels = make()
        result = call(answer, images, labels, form="ink_of_each(images, labels)")
        means = expect_array(result, (10,))
        sums = np.array([images[labels == digit].sum() for digit in range(10)])
        expected = sums / np.bincount(labels, minlength=10) / 784
        if np.allclose(means, expected, rtol=1e-4):
            continue
        if np.allclose(means, sums):
            raise WrongAnswer(
                "Your function returns sums, so a more frequent digit seems to need more ink.",
                "Divide by the number of pixels, or use `mean`.",
            )
        if np.allclose(means, sums / len(images)) or np.allclose(means, sums / images.size):
            raise WrongAnswer("The ink of each digit is divided by the number of *all* images.")
        if np.allclose(means / means.sum(), expected / expected.sum(), rtol=1e-4):
            raise WrongAnswer(
                "The ten values are proportional to the means of the pixels, but not equal to them."
            )
        worst = int(np.abs(means - expected).argmax())
        raise WrongAnswer(
            f"Of {len(images):,} images, your function returns {means[worst]:.2f} for the digit "
            f"{worst}, but the mean of its pixels is {expected[worst]:.2f}."
        )
    return "In MNIST the 0 takes the most ink, and the 1 by far the least."


@hints(
    "Slice from the end: `images[-3:]` are the last three. And those before them?",
    "`images[:-3]` are all but the last three. The labels have to be sliced in the same way.",
    "Watch out for a `count` of 0: `images[:-0]` is empty. Slice at `len(images) - count`, which "
    "is right for any count, and check first that there are enough images.",
)
def exercise_3(answer: Any) -> str:
    """Check `split(images, labels, count)`, which holds out the last `count` images."""
    for total, counts in ((12, (3, 5, 9, 0)), (7, (2, 6)), (1500, (1200,))):
        images, labels = _number_images(total)
        for count in counts:
            parts = call(answer, images, labels, count, form="split(images, labels, count)")
            _check_parts(parts, images, labels, count)
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
    """Check `classify(known, images)`, any classifier that beats the class means."""
    everything = load_digits().train
    known, unseen = everything[:700], everything[700:]
    with _watch_calls() as modules:
        result = call(answer, known, unseen.images, form="classify(known, images)")
    used = sorted(
        name for name in NETWORKS if any(f"{each}.".startswith(f"{name}.") for each in modules)
    )
    if used:
        raise WrongAnswer(
            f"Your function uses a neural network, from `{used[0]}`.",
            "Do it without a network. You will see in lesson 03 how much a network gains.",
        )
    digits = expect_array(result, (len(unseen),))
    averages = build_baseline("class_means").fit(*known)
    baseline = (averages.predict(unseen.images) == unseen.labels).mean()
    accuracy = (digits == unseen.labels).mean()
    if accuracy < baseline + GAIN:
        raise WrongAnswer(
            f"Your function classifies {accuracy:.1%} of the checker's images correctly, the "
            f"averages {baseline:.1%}. Beat them by {100 * GAIN:.0f} percentage points."
        )
    return "More accurate than the averages, and still without a network."


def _draw_uneven(count: int) -> Split:
    """Return images whose ink depends on the digit, more of some digits and more ink at the end."""
    rng = np.random.default_rng(count)
    labels = np.concatenate([np.arange(10), rng.choice(10, count - 10, p=np.arange(1, 11) / 55)])
    images = rng.integers(0, 200, (count, 28, 28), dtype=np.uint8) // (labels + 1)[:, None, None]
    images[3 * count // 4 :] += 55
    return Split(images.astype(np.uint8), labels)


def _number_images(total: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images whose first two pixels are their index, in base 256, and their labels."""
    images = np.zeros((total, 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.divmod(np.arange(total), 256)
    return images, (np.arange(total) % 10).astype(np.uint8)


def _check_parts(parts: Any, images: np.ndarray, labels: np.ndarray, count: int) -> None:
    """Check the two parts of a split of numbered images."""
    try:
        (train, train_labels), (held_out, held_out_labels) = parts
        pixels = [np.asarray(part, float).reshape(-1, 784) for part in (train, held_out)]
    except (TypeError, ValueError):
        raise WrongAnswer(
            f"Expected two parts, each of images and labels, got {describe(parts)}.",
            "`return (images[...], labels[...]), (images[...], labels[...])`",
        ) from None
    total = len(images)
    indices = [256 * part[:, 0] + part[:, 1] for part in pixels]
    if len(indices[1]) != count or len(indices[0]) != total - count:
        raise WrongAnswer(
            f"{count} of {total} images should be held out. Your parts have {len(indices[0])} and "
            f"{len(indices[1])}."
        )
    if not np.isin(np.concatenate(indices), range(total)).all():
        raise WrongAnswer("The images are not the same any more.")
    if np.intersect1d(indices[0], indices[1]).size:
        raise WrongAnswer("Some images are in both parts.")
    if list(indices[1]) != list(range(total - count, total)):
        raise WrongAnswer("The images that are held out are not the last ones, in their order.")
    if len(np.unique(indices[0])) < total - count:
        raise WrongAnswer("Some training images are lost, others are there twice.")
    for index, found in zip(indices, (train_labels, held_out_labels), strict=True):
        if not np.array_equal(labels[index.astype(int)], np.asarray(found)):
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


@contextmanager
def _watch_calls() -> Iterator[set[str]]:
    """Collect the names of the modules whose functions are called."""
    modules: set[str] = set()

    def watch(frame: FrameType, event: str, argument: object) -> None:
        modules.add(str(frame.f_globals.get("__name__")))

    previous = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield modules
    finally:
        sys.setprofile(previous)
