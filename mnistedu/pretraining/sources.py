"""The data that the shipped weights come from, parted by who wrote it."""

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
    """Digits in ink: to train on, to choose by, and to measure with, all by different writers.

    Attributes
    ----------
    train, validation, test : list of UnipenSample
    """

    train: list[UnipenSample]
    validation: list[UnipenSample]
    test: list[UnipenSample]


def read_pendigits(path: str | os.PathLike[str]) -> PenDigits:
    """Read the pen-based digits of UCI and part them by writer.

    Parameters
    ----------
    path : str or path-like
        The file ``pendigits-orig.tra`` of https://doi.org/10.24432/C5MG6K, unpacked.

    Returns
    -------
    digits : PenDigits
        Of 20, 4 and 6 writers.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no UNIPEN file, or has no digits for one of the parts.
    """
    samples = Ink.from_unipen(path)
    kept = TEST_WRITERS | VALIDATION_WRITERS
    digits = PenDigits(
        train=[sample for sample in samples if sample.writer not in kept],
        validation=[sample for sample in samples if sample.writer in VALIDATION_WRITERS],
        test=[sample for sample in samples if sample.writer in TEST_WRITERS],
    )
    if not (digits.train and digits.validation and digits.test):
        raise ValueError(
            f"{os.fspath(path)!r} must hold digits of writers 1 to 30, as pendigits-orig.tra does"
        )
    return digits


@dataclass(frozen=True)
class Views:
    """Images with one of eleven classes: the ten digits and, with number 10, no digit.

    Attributes
    ----------
    images : ndarray of shape (n, 28, 28) and dtype uint8
    labels : ndarray of shape (n,) and dtype uint8
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def join(cls, parts: Iterable[Views]) -> Views:
        """Put views behind each other."""
        images, labels = zip(*((part.images, part.labels) for part in parts), strict=True)
        return cls(np.concatenate(images), np.concatenate(labels).astype(np.uint8))


def training_views(
    mnist: Split,
    pens: list[UnipenSample],
    rng: np.random.Generator,
    *,
    plain: int = 1,
    times: float = 1.0,
) -> Views:
    """Draw what the network is trained on.

    Parameters
    ----------
    mnist : Split
        Images, each taken as it is; some also found again on a larger canvas, or made coarse.
    pens : list of UnipenSample
        Digits in ink, each drawn several times.
    rng : numpy.random.Generator
    plain : int, default=1
        How often each image is taken as it is.
    times : float, default=1.0
        A factor on how often each digit is drawn.

    Returns
    -------
    views : Views
    """
    names = [name for name in negatives.SHAPES if name not in VALIDATION_SHAPES]
    count = len(pens) * times
    return Views.join(
        [
            *[Views(*mnist)] * plain,
            _change(mnist, views.pasted_view, round(0.4 * times * len(mnist)), rng),
            _change(mnist, views.coarse_view, round(0.3 * times * len(mnist)), rng),
            _draw(pens, views.vector_view, round(4 * count), rng),
            _draw(pens, views.canvas_view, round(2.5 * count), rng),
            _draw(pens, _coarse_ink, round(1.5 * count), rng),
            _draw(pens, views.photo_view, round(0.2 * count), rng),
            draw_negatives(pens, names, round(2.5 * count), rng),
        ]
    )


def draw_negatives(
    pens: list[UnipenSample], names: list[str], count: int, rng: np.random.Generator
) -> Views:
    """Draw what is no digit, as ink and from a canvas.

    Parameters
    ----------
    pens : list of UnipenSample
        Digits to put together or to cross out.
    names : list of str
        Which letters and signs to draw.
    count : int
    rng : numpy.random.Generator

    Returns
    -------
    views : Views
    """
    inks = [sample.ink for sample in pens]
    images = [
        (views.vector_view if rng.random() < 0.6 else views.canvas_view)(
            negatives.make_negative(inks, names, rng), rng
        )
        for _ in range(count)
    ]
    return Views(np.stack(images), np.full(count, NO_DIGIT, np.uint8))


def _draw(
    pens: list[UnipenSample],
    view: Callable[[Ink, np.random.Generator], np.ndarray],
    count: int,
    rng: np.random.Generator,
) -> Views:
    chosen = [pens[index % len(pens)] for index in range(count)]
    images = np.stack([view(sample.ink, rng) for sample in chosen])
    return Views(images, np.array([sample.label for sample in chosen], np.uint8))


def _coarse_ink(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    return views.coarse_view(views.vector_view(ink, rng), rng)


def _change(
    mnist: Split,
    view: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    count: int,
    rng: np.random.Generator,
) -> Views:
    chosen = mnist[rng.permutation(len(mnist))[:count]]
    return Views(np.stack([view(image, rng) for image in chosen.images]), chosen.labels)
