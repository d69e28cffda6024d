"""The cells of the confusion explorer: those of the matrix, and the images of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnistedu.widgets.common.answer_html import percent
from mnistedu.widgets.common.pixel_images import png_url
from mnistedu.widgets.confusion_explorer.cell_grid import cell

if TYPE_CHECKING:
    from mnistedu.evaluation import Evaluation

SIDE = 11  # cells in a row of the matrix: one for any digit, then the ten digits

Pair = tuple[int | None, int | None]
"""A true digit and a predicted one; None for any."""

Range = tuple[float, float]


def find_images(result: Evaluation, pair: Pair, confidence: Range = (0.0, 1.0)) -> np.ndarray:
    """Return the images of one digit that were read as another.

    Parameters
    ----------
    result : Evaluation
    pair : tuple of (int or None, int or None)
        The true digit and the predicted one; None for any.
    confidence : tuple of (float, float), default=(0, 1)
        The lowest and the highest probability of the predicted digit.

    Returns
    -------
    indices : ndarray of shape (n,), dtype int64
        Indices into ``result.split``; the most confident first.

    Examples
    --------
    >>> from mnistedu import Evaluation, Split
    >>> split = Split(np.zeros((3, 28, 28), np.uint8), np.array([7, 7, 3]))
    >>> answers = np.eye(10)[[1, 1, 1]] * [[0.7], [0.9], [0.8]] + np.eye(10)[7] * 0.1
    >>> answers[[0, 2], 2] = 0.2, 0.1
    >>> find_images(Evaluation.from_predictions(split, answers), (7, 1))
    array([1, 0])
    """
    true, answer = pair
    sure = result.probabilities.max(axis=1)
    wanted = (sure >= confidence[0]) & (sure <= confidence[1])
    if true is not None:
        wanted &= result.split.labels == true
    if answer is not None:
        wanted &= result.predicted == answer
    indices = np.flatnonzero(wanted)
    return indices[np.argsort(-sure[indices], kind="stable")]


def most_frequent_mistake(result: Evaluation) -> Pair:
    """Return the pair that was confused most often, or any pair if there are no mistakes.

    Examples
    --------
    >>> from mnistedu import Evaluation, Split
    >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
    >>> most_frequent_mistake(Evaluation.from_predictions(split, np.eye(10)[[7, 5]]))
    (3, 5)
    """
    mistakes = result.confusion - np.diag(np.diag(result.confusion))
    if not mistakes.any():
        return None, None
    true, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)
    return int(true), int(answer)


def pair_at(index: int) -> Pair:
    """Return the pair of a cell of the matrix; the inverse of :func:`index_of`.

    Examples
    --------
    >>> pair_at(0), pair_at(11), pair_at(14)
    ((None, None), (0, None), (0, 2))
    """
    row, column = divmod(index, SIDE)
    return row - 1 if row else None, column - 1 if column else None


def index_of(pair: Pair) -> int:
    """Return the index of a pair's cell in the matrix; the inverse of :func:`pair_at`.

    Examples
    --------
    >>> index_of((0, 2))
    14
    """
    row, column = (0 if digit is None else digit + 1 for digit in pair)
    return row * SIDE + column


def describe_pair(pair: Pair) -> str:
    """Return a pair in words.

    Examples
    --------
    >>> describe_pair((4, 9)), describe_pair((None, 9)), describe_pair((4, None))
    ('4 read as 9', 'any digit read as 9', '4 read as any digit')
    """
    true, answer = ("any digit" if digit is None else str(digit) for digit in pair)
    return f"{true} read as {answer}"


def matrix_cells(result: Evaluation, confidence: Range = (0.0, 1.0)) -> list[dict]:
    """Return the cells of the matrix, which begins with a row and a column for any digit.

    Parameters
    ----------
    result : Evaluation
    confidence : tuple of (float, float), default=(0, 1)
        The lowest and the highest probability of the predictions that are counted.

    Returns
    -------
    cells : list of dict
        121 of them, row by row; see :func:`mnistedu.widgets.confusion_explorer.cell_grid.cell`.

    Examples
    --------
    >>> from mnistedu import Evaluation, Split
    >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
    >>> cells = matrix_cells(Evaluation.from_predictions(split, np.eye(10)[[7, 5]]))
    >>> cells[index_of((3, 5))]["label"]
    '3 read as 5: 1 image'
    """
    counted = find_images(result, (None, None), confidence)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (result.split.labels[counted], result.predicted[counted]), 1)
    # Logarithms, so that three mistakes are visible next to a thousand correct predictions.
    shades = np.log1p(counts) / np.log1p(max(counts.max(), 1))
    return [_matrix_cell(pair_at(index), counts, shades) for index in range(SIDE * SIDE)]


def gallery_cells(result: Evaluation, indices: np.ndarray) -> list[dict]:
    """Return a cell for each of some images, with the predicted digit and its probability.

    Parameters
    ----------
    result : Evaluation
    indices : ndarray of shape (n,)
        Indices into ``result.split``.

    Returns
    -------
    cells : list of dict

    Examples
    --------
    >>> from mnistedu import Evaluation, Split
    >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
    >>> result = Evaluation.from_predictions(split, np.eye(10)[[7, 5]])
    >>> [cell["label"] for cell in gallery_cells(result, [1])]
    ['Image 1: a 3, read as 5, > 99.9 % sure']
    """
    cells = []
    for index in indices:
        true, answer = result.split.labels[index], result.predicted[index]
        sure = percent(result.probabilities[index, answer])
        cells.append(
            cell(
                f"Image {index}: a {true}, read as {answer}, {sure} sure",
                text=f"{true} → {answer}\n{sure}" if true != answer else f"{answer}\n{sure}",
                image=png_url(result.split.images[index]),
                tone="right" if true == answer else "wrong",
            )
        )
    return cells


def _matrix_cell(pair: Pair, counts: np.ndarray, shades: np.ndarray) -> dict:
    true, answer = pair
    chosen = tuple(slice(None) if digit is None else digit for digit in pair)
    count = int(counts[chosen].sum())
    label = f"{describe_pair(pair)}: {count:,} image{'s' * (count != 1)}"
    if None in pair:
        text = "all" if true == answer else str(true if answer is None else answer)
        return cell(label, text=text, tone="head")
    tone = "plain" if not count else "right" if true == answer else "wrong"
    return cell(label, text=str(count or ""), tone=tone, shade=float(shades[chosen]))
