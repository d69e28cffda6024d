"""The exercises of lesson 02: from ink to a picture that a model can read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from mnistedu.data import load_digits
from mnistedu.exercises.expectations import Wrong, call, expect_array, hints
from mnistedu.preprocessing import normalize

BAR = 0.9  # of the digits on sheets: what the centre of mass reads, and the centre of the box not

SEVEN = [[(15, 4), (23, 3), (22, 6), (19, 12), (18, 15)], [(17, 9), (22, 9)]]
CORNER = [[(3, 3), (3, 20), (12, 20)]]  # its box and its mass have centres far apart
BOW = [[(4, 12), (8, 5), (16, 3), (24, 6), (27, 13)]]


@hints(
    "Each row holds ten numbers, one for each digit. Which place in the row is the answer?",
    "NumPy has a function for the place of the largest number; the lesson has used it.",
    "`argmax` takes an `axis`. Which one runs along the ten numbers of a row?",
)
def exercise_1(answer: object) -> str:
    """`decode(answers)`: from rows of ten probabilities to digits."""
    rng = np.random.default_rng(21)
    for n in (6, 1, 10):
        answers = rng.dirichlet(np.ones(10), size=n)
        result = call(answer, answers, form="decode(answers)")
        if np.ndim(result) == 0 and n > 1:
            raise Wrong(
                f"Your function gives one number for {n} rows.",
                "Each row is the answer for an image of its own, so there are as many digits.",
            )
        digits = expect_array(result, (n,))
        if np.allclose(digits, answers.max(axis=1)):
            raise Wrong("Your function gives the largest numbers, and not the digits.")
        if not np.array_equal(digits, answers.argmax(axis=1)):
            raise Wrong(f"For {n} rows some digits are not the most probable ones.")
    return "Ten numbers in, a digit out, for as many images as you like."


@hints(
    "How can you tell paper from ink? There is far more of the one than of the other.",
    "Look at a number that says how bright most of the picture is, and turn the colours round only "
    "if it is bright.",
    "`np.median(picture)` is the brightness of the paper. 128 is half way from black to white.",
)
def exercise_2(answer: object) -> str:
    """`brighten(picture)`: bright ink on a dark ground, whichever way it comes."""
    for strokes in (SEVEN, CORNER):
        for paper, pen in ((255, 0), (0, 255), (215, 40), (30, 190)):
            picture = draw(strokes, paper=paper, pen=pen)
            result = call(answer, picture, form="brighten(picture)")
            brightness = expect_array(result, picture.shape)
            if np.asarray(result).dtype != np.uint8:
                raise Wrong(
                    f"The result has dtype {np.asarray(result).dtype}, and images are bytes.",
                    "An array of `uint8` taken from 255 is an array of `uint8` again.",
                )
            ground, ink = np.median(brightness), np.median(brightness[picture == pen])
            if paper > pen and ground > ink:
                raise Wrong("Dark ink on bright paper stays as dark as it was.")
            if paper < pen and ground > ink:
                raise Wrong("Ink that was bright already is dark now.")
            wanted = 255 - picture.astype(float) if paper > pen else picture
            if not np.array_equal(brightness, wanted):
                raise Wrong(
                    "Ink is brighter than the ground, but the brightness is not as it should be.",
                    "What was 0 should become 255, what was 255 should become 0, and whatever lies "
                    "between keeps its distance. Mind what bytes do below 0.",
                )
    return "Pictures of either kind can come now."


@hints(
    "Take the steps of the lesson in their order: turn the colours, cut out, scale, place.",
    "The last but one cell of the lesson's measurement has nearly all of it: `by_mass`. Try each "
    "step on one sheet and look at the picture after it.",
    "A blank sheet has no ink at all. Ask for that first, with `any`, and `raise ValueError(...)`.",
)
def exercise_3(answer: object) -> str:
    """`preprocess(sheet)`: from a sheet to an image as MNIST's makers made it."""
    places = [(SEVEN, 280, 10, 0), (CORNER, 140, 3, 40), (CORNER, 280, 6, 100), (BOW, 300, 9, 9)]
    for strokes, side, scale, shift in places:
        sheet = draw(strokes, side=side, scale=scale, shift=shift)
        result = call(answer, sheet, form="preprocess(sheet)")
        image = expect_array(result, (28, 28), name="The image")
        if np.asarray(result).dtype != np.uint8:
            raise Wrong(
                f"The image has dtype {np.asarray(result).dtype}, and MNIST's are `uint8`.",
                "`np.zeros` makes floats unless you say what it should make.",
            )
        _expect_mnist_like(image, normalize(sheet))
    _expect_refusal(answer)
    return "One function for all that is ever drawn: use it for training and for reading."


@hints(
    "Look at ten of your pictures beside ten of the data. Turned? Cut off? Too small?",
    "Start from `by_mass` and change one thing: the side of the box, say, or the slant.",
    "Digits lean by different angles. How far one leans, the mean of (row - centre) times "
    "(column - centre) says, weighed by the ink; then push each row back to the side.",
)
def exercise_4(answer: object) -> str:
    """`my_way(sheet)`: any way from a sheet to an image that a simple reader can use."""
    from sklearn.neighbors import KNeighborsClassifier

    if _prepare(answer, draw(SEVEN)).max() <= 1:
        raise Wrong(
            "Your pixels go from 0 to 1, and the reader knows pixels from 0 to 255.",
            "Leave the images in bytes, as in the data.",
        )
    data = load_digits()
    reader = KNeighborsClassifier(n_neighbors=3)
    reader.fit(data.train.images.reshape(len(data.train), -1), data.train.labels)
    pictures = [_prepare(answer, sheet) for sheet in _sheets(data.validation.images)]
    if reader.score(pictures, data.validation.labels) < BAR:
        raise Wrong(f"On the checker's sheets the reader gets less than {BAR:.0%} right that way.")
    return "Whether it beats the centre of mass, your validation images tell."


def draw(
    strokes: list[list[tuple[int, int]]],
    *,
    side: int = 120,
    scale: float = 4,
    shift: float = 0,
    paper: int = 255,
    pen: int = 0,
) -> np.ndarray:
    """Draw strokes, given on a small grid, on a square sheet.

    Parameters
    ----------
    strokes : list of list of (int, int)
        Points x, y from 0 to 28.
    side : int
        Of the sheet, in pixels.
    scale : float
        Pixels for each step of the grid.
    shift : float
        How many pixels to go right and down.
    paper, pen : int
        Grey levels from 0 to 255.

    Returns
    -------
    sheet : ndarray of shape (side, side) and dtype uint8
    """
    sheet = Image.new("L", (side, side), color=paper)
    for stroke in strokes:
        points = [(x * scale + shift, y * scale + shift) for x, y in stroke]
        ImageDraw.Draw(sheet).line(points, fill=pen, width=round(1.5 * scale), joint="curve")
    return np.asarray(sheet)


def _prepare(way: object, sheet: np.ndarray) -> np.ndarray:
    image = expect_array(call(way, sheet, form="my_way(sheet)"), (28, 28), name="The image")
    return image.ravel()


def _expect_mnist_like(image: np.ndarray, wanted: np.ndarray) -> None:
    """Compare with what `normalize` makes of the same sheet, one property after the other."""
    if np.median(image) > 128:
        raise Wrong("Ink is dark in your image, and MNIST's is bright.")
    height, width = _box(image)
    wanted_height, wanted_width = _box(wanted)
    if max(height, width) > 22:
        raise Wrong("The digit fills the image from border to border.", "How large is MNIST's box?")
    if max(height, width) < 18:
        raise Wrong("The digit is smaller than MNIST's.", "Cut it out before you scale it.")
    if max(abs(height - wanted_height), abs(width - wanted_width)) > 2:
        raise Wrong(
            "The digit has lost its proportions.",
            "The longer side becomes 20, and the other one is scaled by the same number.",
        )
    if np.abs(_centre(image) - _centre(wanted)).max() > 1.3:
        raise Wrong(
            "The centre of mass does not lie in the middle.",
            "The centre of the box is not the centre of mass: an L has its ink below and left.",
        )
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    if min(np.abs(np.roll(image, by, (0, 1)) - wanted).mean() for by in shifts) > 25:
        raise Wrong(
            "Size and place are right, but it is not the same digit any more.",
            "Rows are y, columns are x. Is the picture mirrored or turned?",
        )


def _expect_refusal(answer: Callable[[np.ndarray], object]) -> None:
    try:
        answer(np.full((280, 280), 255, np.uint8))
    except ValueError:
        return
    except Exception as error:
        raise Wrong(
            f"A blank sheet makes your function fail by accident: {type(error).__name__}: {error}",
            "Whoever reads that message will not guess that the sheet was blank. Raise a "
            "`ValueError` of your own that says so.",
        ) from error
    raise Wrong(
        "Your function gives an image for a blank sheet.",
        "No ink, no digit. Raise a `ValueError` that says so, as `to_image` does.",
    )


def _sheets(images: np.ndarray) -> list[np.ndarray]:
    """Lay images on white sheets, by chance larger or smaller, here or there."""
    rng = np.random.default_rng(24)
    sheets = []
    for image in images:
        side = int(rng.integers(40, 100))
        left, top = (int(place) for place in rng.integers(0, 140 - side, size=2))
        sheet = Image.new("L", (140, 140), color=255)
        sheet.paste(Image.fromarray(255 - image).resize((side, side)), (left, top))
        sheets.append(np.asarray(sheet))
    return sheets


def _box(image: np.ndarray) -> tuple[int, int]:
    rows, columns = np.nonzero(image > 64)
    return (int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1) if len(rows) else (0, 0)


def _centre(image: np.ndarray) -> np.ndarray:
    return np.array([(places * image).sum() / image.sum() for places in np.indices(image.shape)])
