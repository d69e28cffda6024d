"""The training data of the pretrained network, split by writer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from mnistedu.data import Split
from mnistedu.ink import Ink, UnipenSample
from mnistedu.pretrained.architecture import NO_DIGIT
from mnistedu.pretraining import negatives, views

TEST_WRITERS = frozenset({5, 10, 15, 20, 25, 30})
VALIDATION_WRITERS = frozenset({3, 11, 19, 27})
VALIDATION_SHAPES = ("H", "M", "R", "k", "x", "#", "?", "star")


@dataclass(frozen=True)
class PenDigits:
    """Digits in ink for training, validation and testing, all by different writers.

    Attributes
    ----------
    train, validation, test : list of UnipenSample
        The digits of each part.
    """

    train: list[UnipenSample]
    validation: list[UnipenSample]
    test: list[UnipenSample]


def read_pendigits(path: str | os.PathLike[str]) -> PenDigits:
    """Load UCI's pen-based digits and split them by writer.

    Parameters
    ----------
    path : str or path-like
        The file ``pendigits-orig.tra`` of https://doi.org/10.24432/C5MG6K, uncompressed.

    Returns
    -------
    digits : PenDigits
        Digits of 20, 4 and 6 writers.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a UNIPEN file, or has no digits for one of the parts.
    """
    samples = Ink.from_unipen(path)
    held_out = TEST_WRITERS | VALIDATION_WRITERS
    digits = PenDigits(
        train=[sample for sample in samples if sample.writer not in held_out],
        validation=[sample for sample in samples if sample.writer in VALIDATION_WRITERS],
        test=[sample for sample in samples if sample.writer in TEST_WRITERS],
    )
    if not (digits.train and digits.validation and digits.test):
        raise ValueError(
            f"{os.fspath(path)!r} must contain digits of writers 1 to 30, as in pendigits-orig.tra"
        )
    return digits


@dataclass(frozen=True)
class TrainingViews:
    """Images with labels of eleven classes: the ten digits and 10 for "no digit".

    Attributes
    ----------
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels, 0 for background.
    labels : ndarray of shape (n,), dtype uint8
        Class of each image.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def join(cls, parts: Iterable[TrainingViews]) -> TrainingViews:
        """Concatenate views.

        Parameters
        ----------
        parts : iterable of TrainingViews
            The views to concatenate.

        Returns
        -------
        views : TrainingViews
            All images and labels.
        """
        images, labels = zip(*((part.images, part.labels) for part in parts), strict=True)
        return cls(np.concatenate(images), np.concatenate(labels).astype(np.uint8))


def draw_views(
    mnist: Split,
    pens: list[UnipenSample],
    rng: np.random.Generator,
    *,
    plain: int = 1,
    times: float = 1.0,
) -> TrainingViews:
    """Draw the training images of a column.

    Parameters
    ----------
    mnist : Split
        Images, included unchanged; some also pasted onto a larger canvas, or at low resolution.
    pens : list of UnipenSample
        Digits in ink, each drawn several times.
    rng : numpy.random.Generator
        Random generator.
    plain : int, default=1
        Number of unchanged copies of each image.
    times : float, default=1.0
        Factor on the number of the other views.

    Returns
    -------
    views : TrainingViews
        The images and their classes.
    """
    names = [name for name in negatives.SHAPES if name not in VALIDATION_SHAPES]
    count = len(pens) * times
    return TrainingViews.join(
        [
            *[TrainingViews(*mnist)] * plain,
            _view_images(mnist, views.pasted_view, round(0.4 * times * len(mnist)), rng),
            _view_images(mnist, views.coarse_view, round(0.3 * times * len(mnist)), rng),
            _view_ink(pens, views.vector_view, round(4 * count), rng),
            _view_ink(pens, views.canvas_view, round(2.5 * count), rng),
            _view_ink(pens, _coarse_ink, round(1.5 * count), rng),
            _view_ink(pens, views.photo_view, round(0.2 * count), rng),
            draw_negatives(pens, names, round(2.5 * count), rng),
        ]
    )


def draw_negatives(
    pens: list[UnipenSample], names: list[str], count: int, rng: np.random.Generator
) -> TrainingViews:
    """Draw images that do not show a digit.

    Parameters
    ----------
    pens : list of UnipenSample
        Digits to combine or to cross out.
    names : list of str
        Letters and signs to draw.
    count : int
        Number of images.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    views : TrainingViews
        Images of the class "no digit".
    """
    inks = [sample.ink for sample in pens]
    images = [
        (views.vector_view if rng.random() < 0.6 else views.canvas_view)(
            negatives.draw_negative(inks, names, rng), rng
        )
        for _ in range(count)
    ]
    return TrainingViews(np.stack(images), np.full(count, NO_DIGIT, np.uint8))


def _view_ink(
    pens: list[UnipenSample],
    view: Callable[[Ink, np.random.Generator], np.ndarray],
    count: int,
    rng: np.random.Generator,
) -> TrainingViews:
    chosen = [pens[index % len(pens)] for index in range(count)]
    images = np.stack([view(sample.ink, rng) for sample in chosen])
    return TrainingViews(images, np.array([sample.label for sample in chosen], np.uint8))


def _coarse_ink(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    return views.coarse_view(views.vector_view(ink, rng), rng)


def _view_images(
    mnist: Split,
    view: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    count: int,
    rng: np.random.Generator,
) -> TrainingViews:
    chosen = mnist[rng.permutation(len(mnist))[:count]]
    return TrainingViews(np.stack([view(image, rng) for image in chosen.images]), chosen.labels)
