"""Wrong and right answers to the exercises of lesson 02."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter, ImageOps
from scipy import ndimage

from mnistedu.preprocessing import normalize


def answer(function):
    """Return a factory of a function, as the tables need it."""
    return lambda: function


# 02.1


def decode_rows(rows):
    return lambda answers: np.array([np.argmax(row) for row in answers[:rows]])


def padded_to_ten(answers):
    digits = np.zeros(len(answers), int)
    digits[:10] = answers[:10].argmax(axis=1)
    return digits


def by_loops(answers):
    digits = []
    for row in answers:
        best = 0
        for digit in range(10):
            if row[digit] > row[best]:
                best = digit
        digits.append(best)
    return digits


def above_a_half(answers):
    return np.array([np.flatnonzero(np.append(row[:-1] > 0.5, True))[0] for row in answers])


# 02.2


def invert_if(is_bright):
    return lambda picture: 255 - picture if is_bright(picture) else picture


def border(picture):
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def with_pillow(picture):
    image = Image.fromarray(picture)
    return np.asarray(ImageOps.invert(image) if np.median(picture) > 128 else image)


def most_common(picture):
    return np.bincount(picture.ravel(), minlength=256).argmax()


# 02.3 and 02.4


def cut_out(sheet, threshold=50):
    ink = 255 - sheet
    rows = np.flatnonzero((ink > threshold).any(axis=1))
    columns = np.flatnonzero((ink > threshold).any(axis=0))
    if not len(rows):
        raise ValueError("the sheet is blank")
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resize(picture, height, width, resample=Image.Resampling.BICUBIC):
    return np.asarray(Image.fromarray(picture).resize((max(1, width), max(1, height)), resample))


def centre_of_mass(picture):
    return ndimage.center_of_mass(picture.astype(float))


def preprocess(
    *,
    side=20,
    middle=(14, 14),
    resample=Image.Resampling.BICUBIC,
    threshold=50,
    by=centre_of_mass,
    finish=lambda image: image,
):
    """Return the lesson's way from a sheet to an image, with one or another thing changed."""

    def way(sheet):
        digit = cut_out(sheet, threshold)
        scale = side / max(digit.shape)
        box = resize(digit, *(round(length * scale) for length in digit.shape), resample)
        image = np.zeros((28, 28), np.uint8)
        down, across = (
            min(max(round(centre - position), 0), 28 - length)
            for centre, position, length in zip(middle, by(box), box.shape, strict=True)
        )
        image[down : down + box.shape[0], across : across + box.shape[1]] = box
        return finish(image)

    return way


def centre_of_box(box):
    return box.shape[0] / 2, box.shape[1] / 2


def stretched(sheet):
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 4:24] = resize(cut_out(sheet), 20, 20)
    return image


def filled(sheet):
    return resize(cut_out(sheet), 28, 28)


def shrunk(sheet):
    return resize(255 - sheet, 28, 28)


def shrunk_as_it_is(sheet):
    return resize(sheet, 28, 28)


def blank_as_well(sheet):
    return preprocess()(sheet) if (sheet < 200).any() else np.zeros((28, 28), np.uint8)


def blank_by_accident(sheet):
    np.flatnonzero((sheet < 128).any(axis=1))[0]
    return preprocess()(sheet)


def moved_with_roll(sheet):
    digit = cut_out(sheet)
    scale = 20 / max(digit.shape)
    box = resize(digit, *(round(length * scale) for length in digit.shape))
    image = np.pad(box, [(0, 28 - length) for length in box.shape])
    shift = [round(14 - position) for position in centre_of_mass(image)]
    return np.roll(image, shift, axis=(0, 1))


def moved_by_fractions(sheet):
    digit = cut_out(sheet)
    scale = 20 / max(digit.shape)
    box = resize(digit, *(round(length * scale) for length in digit.shape))
    image = np.pad(box, [(4, 24 - length) for length in box.shape]).astype(float)
    shift = [14 - position for position in centre_of_mass(image)]
    return ndimage.shift(image, shift, order=1).round().clip(0, 255).astype(np.uint8)


def with_a_thumbnail(sheet):
    image = ImageOps.invert(Image.fromarray(sheet))
    if image.getbbox() is None:
        raise ValueError("the sheet is blank")
    digit = ImageOps.contain(image.crop(image.getbbox()), (20, 20))
    box = np.asarray(digit)
    row, column = centre_of_mass(box)
    target = Image.new("L", (28, 28))
    target.paste(digit, (round(14 - column), round(14 - row)))
    return np.asarray(target)


def deskewed(sheet):
    image = preprocess(side=21)(sheet).astype(float)
    rows, columns = np.indices(image.shape)
    row, column = centre_of_mass(image)
    covariance = ((rows - row) * (columns - column) * image).sum()
    slant = covariance / ((rows - row) ** 2 * image).sum()
    matrix, offset = [[1, 0], [slant / 3, 1]], [0, -slant / 3 * row]
    return ndimage.affine_transform(image, matrix, offset, order=1).clip(0, 255).astype(np.uint8)


def mean_of_sides(*sides):
    ways = [preprocess(side=side) for side in sides]
    return lambda sheet: np.mean([way(sheet) for way in ways], axis=0).astype(np.uint8)


def blurred(sheet):
    image = Image.fromarray(preprocess(side=21)(sheet)).filter(ImageFilter.GaussianBlur(0.5))
    return np.asarray(image)


WRONG = {
    "02.1": [
        ("a single digit", answer(lambda answers: answers.argmax())),
        ("probabilities", answer(lambda answers: answers.max(axis=1))),
        ("over the rows", answer(lambda answers: answers.argmax(axis=0))),
        ("the least probable", answer(lambda answers: answers.argmin(axis=1))),
        ("first 10 rows", answer(decode_rows(10))),
        ("first 64 rows", answer(decode_rows(64))),
        ("zeros after row 10", answer(padded_to_ten)),
        ("one too many", answer(lambda answers: answers.argmax(axis=1) + 1)),
        ("above one half", answer(above_a_half)),
        ("one-hot", answer(lambda answers: np.eye(10)[answers.argmax(axis=1)])),
        ("nine digits", answer(lambda answers: answers[:, :9].argmax(axis=1))),
        ("second place", answer(lambda answers: answers.argsort(axis=1)[:, -2])),
        ("a column", answer(lambda answers: answers.argmax(axis=1)[:, None])),
    ],
    "02.2": [
        ("always inverted", answer(lambda picture: 255 - picture)),
        ("never inverted", answer(lambda picture: picture)),
        ("by the mean", answer(invert_if(lambda picture: picture.mean() > 128))),
        ("by the sum", answer(invert_if(lambda picture: picture.sum() > 128 * picture.size))),
        ("by the first pixel", answer(invert_if(lambda picture: picture[0, 0] > 128))),
        ("by the last pixel", answer(invert_if(lambda picture: picture[-1, -1] > 128))),
        (
            "by the pixel in the middle",
            answer(invert_if(lambda p: p[len(p) // 2, len(p) // 2] > 128)),
        ),
        ("by white paper", answer(invert_if(lambda picture: picture.max() == 255))),
        ("by the maximum", answer(invert_if(lambda picture: picture.max() > 200))),
        ("the other way round", answer(invert_if(lambda picture: np.median(picture) < 128))),
        ("floats", answer(lambda picture: invert_if(lambda p: np.median(p) > 128)(picture) / 255)),
        (
            "from 254",
            answer(lambda p: 254 - p.clip(0, 254) if np.median(p) > 128 else p),
        ),
        (
            "two levels",
            answer(
                lambda p: np.where(invert_if(lambda p: np.median(p) > 128)(p) > 128, 255, 0).astype(
                    np.uint8
                )
            ),
        ),
        ("negative bytes", answer(lambda p: -p if np.median(p) > 128 else p)),
    ],
    "02.3": [
        *((f"box of {side}", answer(preprocess(side=side))) for side in (16, 18, 19, 21, 22, 24)),
        ("one too low", answer(preprocess(middle=(15, 14)))),
        ("one too high", answer(preprocess(middle=(13, 14)))),
        ("one too far right", answer(preprocess(middle=(14, 15)))),
        ("one too far left", answer(preprocess(middle=(14, 13)))),
        ("centre of the box", answer(preprocess(by=centre_of_box))),
        ("half brightness", answer(preprocess(finish=lambda image: image // 2))),
        (
            "two thirds of the brightness",
            answer(preprocess(finish=lambda i: (i * 0.67).astype("u1"))),
        ),
        ("inverted", answer(preprocess(finish=lambda image: 255 - image))),
        ("floats", answer(preprocess(finish=lambda image: image / 255))),
        ("transposed", answer(preprocess(finish=lambda image: image.T))),
        ("mirrored", answer(lambda sheet: preprocess()(sheet[:, ::-1]))),
        ("upside down", answer(lambda sheet: preprocess()(sheet[::-1]))),
        ("stretched", answer(stretched)),
        ("filled", answer(filled)),
        ("whole sheet", answer(shrunk)),
        ("whole sheet as it is", answer(shrunk_as_it_is)),
        ("a thicker pen", answer(lambda s: preprocess()(ndimage.minimum_filter(s, 25)))),
        ("an image of a blank sheet", answer(blank_as_well)),
        ("fails on a blank sheet", answer(blank_by_accident)),
    ],
    "02.4": [
        ("by_mass", answer(preprocess())),
        ("by_mass with another filter", answer(preprocess(resample=Image.Resampling.LANCZOS))),
        ("normalize", answer(normalize)),
        ("by_mass moved", answer(preprocess(middle=(13, 14)))),
        ("a box of 12", answer(preprocess(side=12))),
        ("whole sheet", answer(shrunk)),
        ("whole sheet as it is", answer(shrunk_as_it_is)),
        ("stretched", answer(stretched)),
        ("filled", answer(filled)),
        ("from 0 to 1", answer(lambda sheet: mean_of_sides(20, 21, 22)(sheet) / 255)),
        ("inverted", answer(lambda sheet: 255 - mean_of_sides(20, 21, 22)(sheet))),
        ("empty", answer(lambda sheet: np.zeros((28, 28), np.uint8))),
        ("centre of the box", answer(preprocess(by=centre_of_box))),
        ("another size", answer(lambda sheet: cut_out(sheet))),
    ],
}

RIGHT = {
    "02.1": [
        ("argmax", answer(lambda answers: answers.argmax(axis=1))),
        ("argmax of the last axis", answer(lambda answers: np.argmax(answers, -1))),
        ("a list", answer(lambda answers: [int(np.argmax(row)) for row in answers])),
        ("loops", answer(by_loops)),
        ("sorted", answer(lambda answers: answers.argsort(axis=1)[:, -1])),
        ("bytes", answer(lambda answers: answers.argmax(axis=1).astype(np.uint8))),
        ("index of the maximum", answer(lambda a: [list(row).index(max(row)) for row in a])),
    ],
    "02.2": [
        ("by the median", answer(invert_if(lambda picture: np.median(picture) > 128))),
        ("by counting", answer(invert_if(lambda picture: (picture > 128).mean() > 0.5))),
        ("by the most common level", answer(invert_if(lambda picture: most_common(picture) > 128))),
        ("by the border", answer(invert_if(lambda picture: np.median(border(picture)) > 128))),
        (
            "by the middle of the range",
            answer(invert_if(lambda p: np.median(p) > (int(p.max()) + int(p.min())) / 2)),
        ),
        ("with Pillow", answer(with_pillow)),
        ("np.invert", answer(lambda p: np.invert(p) if np.percentile(p, 50) > 128 else p.copy())),
    ],
    "02.3": [
        ("as in the lesson", answer(preprocess())),
        ("middle at 13.5", answer(preprocess(middle=(13.5, 13.5)))),
        ("LANCZOS", answer(preprocess(resample=Image.Resampling.LANCZOS))),
        ("BILINEAR", answer(preprocess(resample=Image.Resampling.BILINEAR))),
        ("BOX", answer(preprocess(resample=Image.Resampling.BOX))),
        ("all ink", answer(preprocess(threshold=0))),
        ("a high threshold", answer(preprocess(threshold=128))),
        ("normalize", answer(normalize)),
        ("np.roll", answer(moved_with_roll)),
        ("moved by fractions of a pixel", answer(moved_by_fractions)),
        ("with Pillow", answer(with_a_thumbnail)),
    ],
    "02.4": [
        ("mean of three sides", answer(mean_of_sides(20, 21, 22))),
        ("mean of two sides", answer(mean_of_sides(20, 22))),
        ("a box of 21", answer(preprocess(side=21))),
        ("a box of 22", answer(preprocess(side=22))),
        ("blurred", answer(blurred)),
        ("a box of 21, straightened", answer(deskewed)),
    ],
}
