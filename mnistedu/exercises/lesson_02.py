"""The exercises of lesson 02: from ink to a picture that a model can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from mnistedu.data import load_digits
from mnistedu.exercises.expectations import WrongAnswer, call, expect_array, hints
from mnistedu.preprocessing import normalize

# Required accuracy on the checker's sheets. Centring by mass exceeds it, by the box does not.
MIN_ACCURACY = 0.9
SAME = 3  # mean difference of a pixel, up to which two ways count as the same

SEVEN = [[(15, 4), (23, 3), (22, 6), (19, 12), (18, 15)], [(17, 9), (22, 9)]]
CORNER = [[(3, 3), (3, 20), (12, 20)]]  # the centres of its box and of its mass are far apart
TWO = [[(8, 8), (12, 4), (18, 5), (19, 10), (8, 23), (21, 23)]]
FOUR = [[(10, 4), (7, 14), (20, 14)], [(17, 5), (15, 24)]]
SIX = [[(18, 3), (10, 10), (8, 18), (12, 24), (18, 20), (14, 15), (9, 18)]]
ONE = [[(14, 3), (13, 24)]]
MINUS = [[(3, 12), (24, 15)]]
ARCH = [[(4, 12), (8, 5), (16, 3), (24, 6), (27, 13)]]


@hints(
    "Each row holds ten numbers, one per digit. Which position in the row is the answer?",
    "NumPy has a function for the index of the largest number; the lesson has used it.",
    "`argmax` takes an `axis`. Which one runs along the ten numbers of a row?",
)
def exercise_1(answer: object) -> str:
    """Check `decode(answers)`, which converts rows of ten probabilities to digits."""
    rng = np.random.default_rng(21)
    for n in (6, 1, 10, 500):
        probabilities = rng.dirichlet(np.ones(10), size=n)
        result = call(answer, probabilities, form="decode(answers)")
        if np.asarray(result).ndim == 0 and n > 1:
            raise WrongAnswer(
                f"Your function returns one number for {n} rows.",
                "Each row belongs to a different image, so return one digit per row.",
            )
        digits = expect_array(result, (n,))
        if np.allclose(digits, probabilities.max(axis=1)):
            raise WrongAnswer("Your function returns the largest probabilities, not the digits.")
        if not np.array_equal(digits, probabilities.argmax(axis=1)):
            raise WrongAnswer(f"For {n} rows, some digits are not the most probable ones.")
    return "Ten numbers in, one digit out, for any number of images."


@hints(
    "How can you tell paper from ink? More than half of the picture is paper.",
    "Compute a number that says how bright most of the pixels are, and invert only if it is "
    "high. (The mean does not: a lot of very bright ink makes it high on dark paper, too.)",
    "`np.median(picture)` is the brightness of the paper. 128 is half way from black to white.",
)
def exercise_2(answer: object) -> str:
    """Check `brighten(picture)`, which makes ink bright on a dark background."""
    for paper, pen in ((255, 0), (0, 255), (215, 40), (30, 190), (140, 0), (115, 255)):
        for picture in (draw(SEVEN, paper=paper, pen=pen), _draw_much_ink(paper, pen)):
            result = call(answer, picture, form="brighten(picture)")
            brightness = expect_array(result, picture.shape)
            if np.asarray(result).dtype != np.uint8:
                raise WrongAnswer(
                    f"The result has dtype {np.asarray(result).dtype}, but images are bytes.",
                    "255 minus an array of `uint8` is again an array of `uint8`.",
                )
            colours = f"ink of {pen} on paper of {paper}"
            background, ink = np.median(brightness), np.median(brightness[picture == pen])
            if background > ink:
                raise WrongAnswer(
                    f"Your function leaves {colours} as it is."
                    if paper > pen
                    else f"Your function inverts {colours}, although the ink is bright already."
                )
            expected = 255 - picture.astype(float) if paper > pen else picture
            if not np.array_equal(brightness, expected):
                raise WrongAnswer(
                    f"Given {colours}, your function returns ink of {ink:g} on paper of "
                    f"{background:g}, but some values are not right.",
                    "What was 0 should become 255, what was 255 should become 0, and values in "
                    "between keep their distances. Watch out for bytes below 0.",
                )
    return "Your function handles pictures of both kinds."


@hints(
    "Follow the steps of the lesson in order: invert, crop, scale, position.",
    '`by_mass`, in the section "Measure what each step is worth", has nearly all of it. Try each '
    "step on one sheet and look at the picture after it.",
    "A blank sheet has no ink at all. Check for that first, with `any`, and "
    "`raise ValueError(...)`.",
)
def exercise_3(answer: Any) -> str:
    """Check `preprocess(sheet)`, which converts a sheet to an image as MNIST's makers did."""
    images, expected = [], []
    for strokes in (SEVEN, CORNER, ARCH, TWO, FOUR, SIX, ONE, MINUS):
        for scale, side, shift in ((3, 140, 5), (3, 140, 40), (6, 280, 100), (9, 300, 9)):
            sheet = draw(strokes, side=side, scale=scale, shift=shift)
            result = call(answer, sheet, form="preprocess(sheet)")
            image = expect_array(result, (28, 28), name="The image")
            if np.asarray(result).dtype != np.uint8:
                raise WrongAnswer(
                    f"The image has dtype {np.asarray(result).dtype}, but MNIST's are `uint8`.",
                    "`np.zeros` creates floats unless you pass a dtype.",
                )
            images.append(image)
            expected.append(normalize(sheet).astype(float))
            _expect_mnist_like(image, expected[-1])
    _expect_mnist_like_on_average(images, expected)
    _expect_value_error(answer)
    return "One function for every drawing: use it both for training and for predicting."


@hints(
    "Compare ten of your images with ten of the data. Are they rotated? Cut off? Too small?",
    "Start from `by_mass` and change one thing, such as the size of the box.",
    "Nobody knows to a pixel how large the box should be. Take the mean of the images for several: "
    "`np.mean([...], axis=0).astype(np.uint8)`.",
)
def exercise_4(answer: object) -> str:
    """Check `my_way(sheet)`, any preprocessing that is better than the centre of mass."""
    from sklearn.neighbors import KNeighborsClassifier

    if _preprocess(answer, draw(SEVEN)).max() <= 1:
        raise WrongAnswer(
            "Your pixels range from 0 to 1, but the classifier expects pixels from 0 to 255.",
            "Keep the images as bytes, like the data.",
        )
    data = load_digits()
    train, test = data.train, data.test
    classifier = KNeighborsClassifier(n_neighbors=3)
    classifier.fit(train.images.reshape(len(train), -1), train.labels)
    sheets = _make_sheets(test.images)
    images = np.array([_preprocess(answer, sheet) for sheet in sheets])
    by_mass = np.array([normalize(sheet) for sheet in sheets], float)
    mine = classifier.score(images, test.labels)
    if mine < MIN_ACCURACY:
        raise WrongAnswer(
            f"With your images, the classifier recognizes {mine:.1%} of the checker's sheets. It "
            f"should be {MIN_ACCURACY:.0%} at least."
        )
    differences = [
        _difference(*pair) for pair in zip(images.reshape(-1, 28, 28), by_mass, strict=True)
    ]
    if np.median(differences) < SAME:
        raise WrongAnswer(
            "Your images are those of `by_mass`, or differ by the position only.",
            "Change something that changes the images: the size of the box, say.",
        )
    balanced = classifier.score(by_mass.reshape(len(by_mass), -1), test.labels)
    if mine <= balanced:
        raise WrongAnswer(
            f"With your images, the classifier recognizes {mine:.1%} of the checker's sheets, with "
            f"those of `by_mass` {balanced:.1%}."
        )
    return "Better than `by_mass` on the checker's sheets. Is it better on yours, too?"


def draw(
    strokes: list[list[tuple[int, int]]],
    *,
    side: int = 120,
    scale: float = 4,
    shift: float = 0,
    paper: int = 255,
    pen: int = 0,
) -> np.ndarray:
    """Draw strokes on a square sheet.

    Parameters
    ----------
    strokes : list of list of (int, int)
        Points x, y from 0 to 28.
    side : int
        Side of the sheet in pixels.
    scale : float
        Pixels per unit of the strokes' coordinates.
    shift : float
        Offset to the right and down, in pixels.
    paper, pen : int
        Grey levels from 0 to 255.

    Returns
    -------
    sheet : ndarray of shape (side, side), dtype uint8
        The drawing.
    """
    sheet = Image.new("L", (side, side), color=paper)
    for stroke in strokes:
        points = [(x * scale + shift, y * scale + shift) for x, y in stroke]
        ImageDraw.Draw(sheet).line(points, fill=pen, width=round(1.5 * scale), joint="curve")
    return np.asarray(sheet)


def _preprocess(answer: object, sheet: np.ndarray) -> np.ndarray:
    image = expect_array(call(answer, sheet, form="my_way(sheet)"), (28, 28), name="The image")
    return image.ravel()


def _draw_much_ink(paper: int, pen: int) -> np.ndarray:
    """Return a picture of two fifths ink: in the middle, and in corners that lie opposite."""
    picture = np.full((60, 60), paper, np.uint8)
    picture[15:50, 12:48] = pen
    picture[:8, :8] = picture[-8:, -8:] = pen
    return picture


def _expect_mnist_like(image: np.ndarray, expected: np.ndarray) -> None:
    """Compare an image with what `normalize` returns for the same sheet."""
    if np.median(image) > 128:
        raise WrongAnswer("Ink is dark in your image, but bright in MNIST.")
    height, width = _box_size(image)
    expected_height, expected_width = _box_size(expected)
    if max(height, width) > 22:
        raise WrongAnswer("The digit fills the whole image.", "How large is MNIST's box?")
    if max(height, width) < 18:
        raise WrongAnswer("The digit is smaller than MNIST's.", "Crop it before you scale it.")
    if max(abs(height - expected_height), abs(width - expected_width)) > 2:
        raise WrongAnswer(
            "The aspect ratio of the digit has changed.",
            "The longer side becomes 20; scale the other side by the same factor.",
        )
    if np.abs(_centre_of_mass(image) - _centre_of_mass(expected)).max() > 1.7:
        raise WrongAnswer(
            "The centre of mass is not in the middle of the image.",
            "The centre of the box is not the centre of mass: an L has its ink at the lower left.",
        )
    if _difference(image, expected) > 25:
        raise WrongAnswer(
            "Size and position are right, but the digit looks different.",
            "Rows are y, columns are x. Is the picture mirrored or rotated?",
        )


def _expect_mnist_like_on_average(images: list[np.ndarray], expected: list[np.ndarray]) -> None:
    """Check what one image does not show, because positions are rounded to whole pixels."""
    size = 20 * np.mean([_spread(i) / _spread(e) for i, e in zip(images, expected, strict=True)])
    if abs(size - 20) > 0.5:
        raise WrongAnswer(
            f"On average, the longer side of your digits is {size:.1f} pixels.",
            "How long is it in MNIST? The lesson has measured it.",
        )
    row, column = np.mean([_centre_of_mass(image) for image in images], axis=0)
    if not all(13.3 < position < 14.3 for position in (row, column)):
        raise WrongAnswer(
            f"On average, the centre of mass of your images is at row {row:.1f}, column "
            f"{column:.1f}.",
            "Where is it in MNIST? The lesson has measured it.",
        )
    ink = np.mean([i.sum() / e.sum() for i, e in zip(images, expected, strict=True)])
    if not 0.85 < ink < 1.15:
        raise WrongAnswer(f"Your images have {ink:.0%} of the ink that they should have.")


def _expect_value_error(preprocess: Callable[[np.ndarray], object]) -> None:
    try:
        preprocess(np.full((280, 280), 255, np.uint8))
    except ValueError:
        return
    except Exception as error:
        raise WrongAnswer(
            f"For a blank sheet your function fails with {type(error).__name__}: {error}",
            "Nobody will guess from that message that the sheet was blank. Raise a `ValueError` of "
            "your own that says so.",
        ) from error
    raise WrongAnswer(
        "Your function returns an image for a blank sheet.",
        "Without ink there is no digit. Raise a `ValueError` that says so, as `to_image` does.",
    )


def _make_sheets(images: np.ndarray) -> list[np.ndarray]:
    """Paste images on white sheets, at random sizes and positions."""
    rng = np.random.default_rng(24)
    sheets = []
    for image in images:
        side = int(rng.integers(40, 100))
        left, top = (int(offset) for offset in rng.integers(0, 140 - side, size=2))
        sheet = Image.new("L", (140, 140), color=255)
        sheet.paste(Image.fromarray(255 - image).resize((side, side)), (left, top))
        sheets.append(np.asarray(sheet))
    return sheets


def _difference(image: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of a pixel, moved by a pixel where that makes it smaller."""
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(np.abs(np.roll(image, by, (0, 1)) - other).mean() for by in shifts)


def _spread(image: np.ndarray) -> float:
    """Return the standard deviation of the ink along the longer side."""
    rows_and_columns = np.indices(image.shape) - _centre_of_mass(image)[:, None, None]
    return np.sqrt((rows_and_columns**2 * image).sum(axis=(1, 2)).max() / image.sum())


def _box_size(image: np.ndarray) -> tuple[int, int]:
    rows, columns = np.nonzero(image > 64)
    return (int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1) if len(rows) else (0, 0)


def _centre_of_mass(image: np.ndarray) -> np.ndarray:
    return np.array([(index * image).sum() / image.sum() for index in np.indices(image.shape)])
