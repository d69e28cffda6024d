"""The confusion explorer without a browser: what a page would set is set here."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from traitlets import TraitError

from mnistedu import ConfusionExplorer, Dataset, DrawingPad, Evaluation, Split, evaluate
from mnistedu.widgets.confusion_explorer.cell_grid import CellGrid
from tests.widgets.driver import button, shown, widgets


def answers(digits: list[int], confidences: list[float]) -> np.ndarray:
    """Probabilities with these answers; what is left goes to the digit that follows."""
    sure = np.array(confidences)[:, None]
    digits = np.array(digits)
    return np.eye(10)[digits] * sure + np.eye(10)[(digits + 1) % 10] * (1 - sure)


@pytest.fixture
def result() -> Evaluation:
    """Of six images: two 4s read as 9, a 4, two 9s, and a 1 read as 7."""
    levels = np.arange(10, 70, 10, np.uint8)
    images = np.broadcast_to(levels[:, None, None], (6, 28, 28)).copy()
    split = Split(images, np.array([4, 4, 4, 9, 9, 1]))
    sure = [0.6, 0.9, 0.8, 0.99, 0.7, 0.55]
    return Evaluation.from_predictions(split, answers([9, 9, 4, 9, 9, 7], sure))


@pytest.fixture
def explorer(result: Evaluation) -> ConfusionExplorer:
    return ConfusionExplorer(result)


def grids(explorer: ConfusionExplorer) -> tuple[CellGrid, CellGrid]:
    matrix, images = widgets(explorer, CellGrid)
    return matrix, images


def select(grid: CellGrid, label: str) -> None:
    """Do what a click on a cell does."""
    labels = [cell["label"] for cell in grid.cells]
    grid.selected = next(index for index, each in enumerate(labels) if each.startswith(label))


def gallery(explorer: ConfusionExplorer) -> list[str]:
    return [cell["label"] for cell in grids(explorer)[1].cells]


def test_it_opens_on_the_most_frequent_mistake(explorer: ConfusionExplorer) -> None:
    assert explorer.cell == (4, 9)
    matrix, _ = grids(explorer)
    assert matrix.cells[matrix.selected]["label"] == "4 read as 9: 2 images"
    assert "4 read as 9" in shown(explorer)


def test_images_come_with_the_most_confident_first(explorer: ConfusionExplorer) -> None:
    assert explorer.indices.tolist() == [1, 0]
    assert gallery(explorer) == [
        "Image 1: a 4, read as 9, 90.0 % sure",
        "Image 0: a 4, read as 9, 60.0 % sure",
    ]


def test_a_cell_shows_its_own_pixels(explorer: ConfusionExplorer, result: Evaluation) -> None:
    png = base64.b64decode(grids(explorer)[1].cells[0]["image"].partition(",")[2])
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png))), result.split.images[1])


@pytest.mark.parametrize(
    ("label", "cell", "indices"),
    [
        ("9 read as 9", (9, 9), [3, 4]),
        ("any digit read as 9", (None, 9), [3, 1, 4, 0]),
        ("4 read as any digit", (4, None), [1, 2, 0]),
        ("any digit read as any digit", (None, None), [3, 1, 2, 4, 0, 5]),
        ("3 read as 5", (3, 5), []),
    ],
)
def test_selecting_a_cell(
    explorer: ConfusionExplorer, label: str, cell: tuple, indices: list[int]
) -> None:
    select(grids(explorer)[0], label)
    assert explorer.cell == cell
    assert explorer.indices.tolist() == indices
    assert len(gallery(explorer)) == len(indices)


def test_the_matrix_counts_predictions_within_the_confidence(explorer: ConfusionExplorer) -> None:
    explorer.confidence = (0.0, 0.7)
    labels = [cell["label"] for cell in grids(explorer)[0].cells]
    assert "4 read as 9: 1 image" in labels
    assert "9 read as 9: 1 image" in labels
    assert "any digit read as any digit: 3 images" in labels
    assert explorer.indices.tolist() == [0]


def test_the_matrix_is_the_evaluations(digits: Dataset) -> None:
    rng = np.random.default_rng(0)
    result = evaluate(lambda images: rng.dirichlet(np.ones(10), len(images)), digits.test)
    matrix, _ = grids(ConfusionExplorer(result))
    counts = [int(cell["text"] or 0) for cell in matrix.cells if cell["tone"] != "head"]
    np.testing.assert_array_equal(np.reshape(counts, (10, 10)), result.confusion)


def test_many_images_come_in_pages(digits: Dataset) -> None:
    explorer = ConfusionExplorer(lambda images: np.eye(10)[np.zeros(len(images), int)], digits.test)
    explorer.cell = (None, 0)
    assert "1–40 of 400" in shown(explorer)
    assert button(explorer, "Previous").disabled
    first = gallery(explorer)
    button(explorer, "Next").click()
    assert "41–80 of 400" in shown(explorer)
    assert not set(first) & set(gallery(explorer))
    select(grids(explorer)[1], gallery(explorer)[5])
    assert explorer.index == explorer.indices[45]
    for missing in (40, 10**6, -5):
        grids(explorer)[1].selected = missing
    assert explorer.index == explorer.indices[45]
    for _ in range(12):  # some of them arrive before the button is disabled
        button(explorer, "Next").click()
    assert button(explorer, "Next").disabled
    assert "361–400 of 400" in shown(explorer)
    for _ in range(12):
        button(explorer, "Previous").click()
    assert "1–40 of 400" in shown(explorer)
    button(explorer, "Next").click()
    explorer.cell = (1, 0)
    assert button(explorer, "Previous").disabled, "another cell begins at its first page"


def test_a_selected_image_is_shown_with_its_probabilities(explorer: ConfusionExplorer) -> None:
    select(grids(explorer)[1], "Image 1")
    assert explorer.index == 1
    assert "Image 1: a 4" in shown(explorer)
    assert "90.0 % sure" in shown(explorer)
    assert shown(explorer).count("mnistedu-top") == 3


def test_a_selected_image_is_read_by_the_pad(digits: Dataset) -> None:
    seven = int(np.flatnonzero(digits.test.labels == 7)[0])
    images = []
    pad = DrawingPad(lambda batch: images.append(batch) or np.eye(10)[[2] * len(batch)])
    explorer = ConfusionExplorer(lambda x: np.eye(10)[[2] * len(x)], digits.test, pad=pad)
    explorer.cell = (7, 2)
    select(grids(explorer)[1], f"Image {seven}:")
    assert len(images) == 1
    assert pad.prediction.digit == 2


def test_a_model_without_mistakes_shows_all(digits: Dataset) -> None:
    perfect = Evaluation.from_predictions(digits.test, np.eye(10)[digits.test.labels])
    assert ConfusionExplorer(perfect).cell == (None, None)


def test_bad_input_is_refused(result: Evaluation, explorer: ConfusionExplorer) -> None:
    with pytest.raises(TypeError, match="a model needs images"):
        ConfusionExplorer(lambda images: images)
    with pytest.raises(TypeError, match="has its own split"):
        ConfusionExplorer(result, result.split)
    with pytest.raises(TraitError, match="from 0 to 9"):
        explorer.cell = (10, 0)
    with pytest.raises(TraitError, match="from 0 to 5"):
        explorer.index = 6


def test_a_picture_stands_in_where_no_widget_can_show(explorer: ConfusionExplorer) -> None:
    bundle, metadata = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("ConfusionExplorer(Evaluation on 6 images")
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert "4 read as 9, 2 times" in metadata["image/png"]["alt"]
