"""The confusion explorer: from a cell of the confusion matrix to its images."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from ipywidgets import Box, Dropdown, FloatRangeSlider, VBox, link
from markupsafe import Markup
from traitlets import Float, Int, TraitError, Tuple, observe, validate

from mnistedu.evaluation import Evaluation, evaluate
from mnistedu.recognition import Prediction
from mnistedu.widgets.common.answer_html import answer_html, percent
from mnistedu.widgets.common.button import make_button
from mnistedu.widgets.common.control_names import ControlNames
from mnistedu.widgets.common.live_region import LiveRegion
from mnistedu.widgets.common.pixel_images import picture_html, png_url
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.common.stylesheet import style
from mnistedu.widgets.common.view import View
from mnistedu.widgets.confusion_explorer.cell_grid import CellGrid
from mnistedu.widgets.confusion_explorer.cells import (
    SIDE,
    Pair,
    describe_pair,
    find_images,
    gallery_cells,
    index_of,
    matrix_cells,
    most_frequent_mistake,
    pair_at,
)

if TYPE_CHECKING:
    from mnistedu.data import Split
    from mnistedu.inference.any_model import Model
    from mnistedu.widgets.drawing_pad import DrawingPad

PAGE = 40  # images shown at once

_ANY = -1  # in the menus, where None would leave them blank
_MENU = [("any digit", _ANY), *((str(digit), digit) for digit in range(10))]


class ConfusionExplorer(View):
    """A confusion matrix that shows the images of each of its cells.

    Rows are true digits, columns are predicted ones; the cells before them stand for any digit.
    Select a cell by click, by touch or with the arrow keys to see its images, the most confident
    first. Select an image to see it enlarged with all ten probabilities, and in the pad.

    Parameters
    ----------
    result : Evaluation, or a model as for :func:`mnistedu.evaluate`
        The evaluation to explore. A model is evaluated first.
    split : Split, optional
        The images to evaluate a model on. An evaluation has its own.
    pad : DrawingPad, optional
        A pad that reads the selected image, and shows it together with the views that follow it.

    Attributes
    ----------
    result : Evaluation
    cell : tuple of (int or None, int or None)
        The true digit and the predicted one whose images are shown; None for any; a trait.
        Initially the most frequent mistake.
    confidence : tuple of (float, float)
        The lowest and the highest probability of the predictions to show; a trait.
    index : int or None
        The index of the selected image in ``result.split``; a trait.

    Raises
    ------
    TypeError
        If a model comes without a split, or an evaluation with one.

    Examples
    --------
    >>> import mnistedu
    >>> data = mnistedu.load_digits()
    >>> model = mnistedu.build_baseline("class_means").fit(*data.train)
    >>> explorer = ConfusionExplorer(model, data.test)
    >>> explorer.cell = (9, 3)
    >>> images, labels = explorer.result.split[explorer.indices]
    >>> set(labels.tolist()) <= {9}
    True
    """

    cell = Tuple(Int(allow_none=True), Int(allow_none=True))
    confidence = Tuple(Float(), Float(), default_value=(0.0, 1.0))
    index = Int(None, allow_none=True)

    def __init__(
        self,
        result: Evaluation | Model,
        split: Split | None = None,
        *,
        pad: DrawingPad | None = None,
    ) -> None:
        self.result = _as_evaluation(result, split)
        self._pad = pad
        self._lock = threading.RLock()
        self._page = 0
        self._matrix = CellGrid(label="Confusion matrix", columns=SIDE)
        self._gallery = CellGrid(label="Images")
        self._title, self._caption, self._live = SafeHTML(), SafeHTML(), LiveRegion()
        self._details = SafeHTML()
        self._previous = make_button(lambda: self._turn(-1), "Previous", "The previous images")
        self._next = make_button(lambda: self._turn(+1), "Next", "The next images")
        super().__init__(cell=most_frequent_mistake(self.result))
        self.children = [
            style("views.css"),
            ControlNames(),
            self._live,
            *self._lay_out(),
        ]
        self.add_class("mnistedu-view")
        self._matrix.observe(self._select_cell, "selected")
        self._gallery.observe(self._select_image, "selected")
        self._show_matrix()
        self._show_images()

    @property
    def indices(self) -> np.ndarray:
        """The cell's images as indices into ``result.split``, the most confident first."""
        return find_images(self.result, self.cell, self.confidence)

    @validate("cell")
    def _check_cell(self, proposal: dict) -> tuple:
        for digit in proposal["value"]:
            if digit not in (None, *range(10)):
                raise TraitError(f"cell must hold digits from 0 to 9 or None, got {digit}")
        return proposal["value"]

    @validate("index")
    def _check_index(self, proposal: dict) -> int | None:
        index, count = proposal["value"], len(self.result.split)
        if index is not None and not 0 <= index < count:
            raise TraitError(f"index must be from 0 to {count - 1}, got {index}")
        return index

    def _lay_out(self) -> list[VBox]:
        options = {"style": {"description_width": "6em"}}
        menus = []
        for position, description in enumerate(("True digit", "Read as")):
            menus.append(Dropdown(description=description, options=_MENU, **options))
            self._link_menu(menus[-1], position)
        confidence = FloatRangeSlider(
            description="Confidence", min=0, max=1, step=0.01, readout_format=".0%", **options
        )
        link((self, "confidence"), (confidence, "value"))
        axes = [
            SafeHTML(Markup('<div class="mnistedu-axis">{}</div>').format(text))
            for text in ("read as", "true digit")
        ]
        matrix = Box([*axes, self._matrix]).add_class("mnistedu-matrix-and-axes")
        filters = Box([*menus, confidence]).add_class("mnistedu-filters")
        pages = Box([self._caption, self._previous, self._next]).add_class("mnistedu-pages")
        return [
            VBox([self._title, matrix, filters]).add_class("mnistedu-matrix"),
            VBox([pages, self._gallery]).add_class("mnistedu-gallery"),
            VBox([self._details]).add_class("mnistedu-details"),
        ]

    def _link_menu(self, menu: Dropdown, position: int) -> None:
        """Keep a menu and one of the cell's two digits equal."""

        def from_cell(cell: Pair) -> int:
            digit = cell[position]
            return _ANY if digit is None else digit

        def to_cell(value: int) -> Pair:
            pair = list(self.cell)
            pair[position] = None if value == _ANY else value
            return pair[0], pair[1]

        link((self, "cell"), (menu, "value"), (from_cell, to_cell))

    def _select_cell(self, change: dict) -> None:
        self.cell = pair_at(change["new"])

    def _select_image(self, change: dict) -> None:
        with self._lock:
            shown = self.indices[self._page * PAGE :][:PAGE]
            if 0 <= change["new"] < len(shown):
                self.index = int(shown[change["new"]])

    def _turn(self, by: int) -> None:
        with self._lock:
            last = max(len(self.indices) - 1, 0) // PAGE
            self._page = min(max(self._page + by, 0), last)  # two clicks may arrive for one page
            self._show_page()

    @observe("confidence")
    def _show_matrix(self, _: object = None) -> None:
        with self._lock:
            self._matrix.cells = matrix_cells(self.result, self.confidence)
            counted = find_images(self.result, (None, None), self.confidence)
            right = self.result.predicted[counted] == self.result.split.labels[counted]
            accuracy = f", {percent(right.mean())} of them read correctly" if len(right) else ""
            self._title.value = Markup(
                "<h4>Which digit is read as which</h4><p>{} image{}{}. Select a cell by click or "
                "arrow keys.</p>"
            ).format(f"{len(counted):,}", "s" * (len(counted) != 1), accuracy)

    @observe("cell", "confidence")
    def _show_images(self, _: object = None) -> None:
        with self._lock:
            self._matrix.selected = index_of(self.cell)
            self._page = 0
            self._show_page()

    def _show_page(self) -> None:
        indices = self.indices
        first = self._page * PAGE
        shown = indices[first : first + PAGE]
        self._gallery.selected = -1
        self._gallery.label = f"Images of {describe_pair(self.cell)}, the most confident first"
        self._gallery.cells = gallery_cells(self.result, shown)
        count = f"{first + 1}–{first + len(shown)} of {len(indices):,}" if len(shown) else "none"
        pair = describe_pair(self.cell)
        self._caption.value = Markup("<b>{}</b><br>images: {}").format(pair, count)
        self._live.text = f"{pair}, images: {count}"
        self._previous.disabled = not self._page
        self._next.disabled = first + PAGE >= len(indices)

    @observe("index")
    def _show_image(self, change: dict) -> None:
        with self._lock:
            index = change["new"]
            if index is None:
                self._details.value = ""
                return
            image, label = self.result.split.images[index], self.result.split.labels[index]
            answer = Prediction(self.result.probabilities[index], image, confident=True)
            self._details.value = Markup("<h4>Image {}: a {}</h4>{}{}").format(
                index,
                label,
                picture_html(png_url(image), alt=f"The image, a {label}", width=168),
                answer_html(answer),
            )
            if self._pad is not None and image.any():  # it reads no blank
                self._pad.read(image)

    def __repr__(self) -> str:
        return f"ConfusionExplorer({self.result!r})"

    def _still(self) -> tuple[bytes, str]:
        from mnistedu.displays import ConfusionDisplay

        display = ConfusionDisplay.from_evaluation(self.result).plot()
        still, metadata = display._repr_mimebundle_()
        return still["image/png"], metadata["image/png"]["alt"]


def _as_evaluation(result: Evaluation | Model, split: Split | None) -> Evaluation:
    if isinstance(result, Evaluation):
        if split is not None:
            raise TypeError("an evaluation has its own split: leave it out, or give a model")
        return result
    if split is None:
        raise TypeError(
            "a model needs images to be evaluated on: ConfusionExplorer(model, data.test); "
            f"got {type(result).__name__} and no split"
        )
    return evaluate(result, split)
