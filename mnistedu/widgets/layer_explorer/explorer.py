"""The layer explorer: the layers of a network, live for the drawing on a pad."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ipywidgets import Box, Dropdown, VBox, link
from markupsafe import Markup
from traitlets import Int, TraitError, Tuple, Unicode, observe, validate

from mnistedu._backend import is_keras_model
from mnistedu.inspection.probe import LayerActivations, Probe
from mnistedu.recognition import Prediction, Recognizer
from mnistedu.widgets.common.answer_html import error_html
from mnistedu.widgets.common.pixel_images import levels, png_url
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.common.stylesheet import style
from mnistedu.widgets.common.view import View
from mnistedu.widgets.drawing_pad import DrawingPad
from mnistedu.widgets.layer_explorer.html import (
    COLORMAP,
    attribution_html,
    filters_html,
    layer_html,
)
from mnistedu.widgets.layer_explorer.latest_value_worker import LatestValueWorker
from mnistedu.widgets.layer_explorer.pointing import MapClicks, PixelPicker
from mnistedu.widgets.layer_explorer.still import layers_png
from mnistedu.widgets.layer_explorer.window_html import window_html

if TYPE_CHECKING:
    import keras


ALL = -1  # in the menu of maps, where None would leave it blank


class LayerExplorer(View):
    """The outputs of a network's layers for the drawing on a pad, while it is drawn.

    Shows the feature maps of each layer, the pixels that the answer depends on, and the weights of
    the first layer as pictures: the filters of a convolution, or the pattern of each neuron of a
    dense layer. The view follows the pen, and a network that is being trained.

    Click a map to enlarge it; point at one of its pixels, or move there with arrow keys, to see
    from which part of the input and which weights a convolution computes it.

    Parameters
    ----------
    pad : DrawingPad
        The pad to follow.
    model : keras.Model, optional
        The network to explore. By default the one that reads the pad's drawings, even after it has
        been replaced.

    Attributes
    ----------
    layer : str
        The layer that is shown; ``""`` for the first maps of all layers; a trait.
    layers : tuple of str
        The names of the layers that can be shown.
    map : int or None
        The number of the map that is enlarged, from 0, if the layer has maps; a trait.
    pixel : tuple of (int, int)
        The row and column of its pixel whose computation is shown; a trait.

    Raises
    ------
    TypeError
        If `pad` is not a pad, or its model is a function, which has no layers.

    Examples
    --------
    >>> import mnistedu
    >>> pad = mnistedu.DrawingPad()
    >>> explorer = LayerExplorer(pad, mnistedu.build_cnn(filters=(8,)))
    >>> len(explorer.layers)
    4
    >>> explorer.layer = explorer.layers[0]
    """

    layer = Unicode("")
    map = Int(None, allow_none=True)
    pixel = Tuple(Int(), Int(), default_value=(12, 12))

    def __init__(self, pad: DrawingPad, model: keras.Model | None = None) -> None:
        if not isinstance(pad, DrawingPad):
            raise TypeError(f"pad must be a mnistedu.DrawingPad, got {type(pad).__name__}")
        self._pad = pad
        self._lock = threading.RLock()
        self._recognizer = None if model is not None else pad.recognizer
        self._probe = Probe(model if model is not None else _model_of(pad.recognizer))
        self._activations: LayerActivations | None = None
        self._layer_menu = Dropdown(description="Layer", style={"description_width": "4em"})
        self._map_menu = Dropdown(description="Map", style={"description_width": "4em"})
        self._maps = SafeHTML()
        self._clicks, self._picker, self._window = (
            MapClicks(),
            PixelPicker(),
            SafeHTML(),
        )
        self._closer = VBox([self._picker, self._window]).add_class("mnistedu-closer")
        self._gradient = SafeHTML()
        self._occlusion = SafeHTML()
        self._weights = SafeHTML()
        super().__init__()
        self._fill_layer_menu()
        link((self, "layer"), (self._layer_menu, "value"))
        self._fill_map_menu()
        menus = [self._layer_menu, self._map_menu]
        maps = VBox([*menus, self._closer, self._maps]).add_class("mnistedu-layers")
        attributions = Box([self._gradient, self._occlusion]).add_class("mnistedu-row")
        rest = VBox([attributions, self._weights]).add_class("mnistedu-layers")
        self.children = [style("views.css"), maps, rest, self._clicks]
        self.add_class("mnistedu-view")
        self._workers = LatestValueWorker(self._show), LatestValueWorker(self._show_occlusion)
        self.observe(self._submit, "layer")
        self.observe(self._show_closer, ["map", "pixel"])
        self._map_menu.observe(self._choose_map, "value")
        self._clicks.on_msg(lambda _, content, __: self._click(content))
        self._picker.observe(self._pick, ["row", "column"])
        pad.observe(self._submit, "prediction")
        self._show(pad.prediction)
        self._show_occlusion(pad.prediction)

    @property
    def layers(self) -> tuple[str, ...]:  # noqa: D102 - see the class
        return tuple(self._probe.kinds)

    @validate("layer")
    def _check_layer(self, proposal: dict) -> str:
        if proposal["value"] not in ("", *self.layers):
            raise TraitError(
                f"layer must be one of {', '.join(self.layers)}, or '' for all, "
                f"got {proposal['value']!r}"
            )
        return proposal["value"]

    @validate("map")
    def _check_map(self, proposal: dict) -> int | None:
        index, count = proposal["value"], self._count_maps()
        if index is not None and not 0 <= index < count:
            raise TraitError(f"map must be from 0 to {count - 1}, got {index}")
        return index

    def _fill_layer_menu(self) -> None:
        self._layer_menu.options = [
            ("all layers", ""),
            *((f"{name} ({kind})", name) for name, kind in self._probe.kinds.items()),
        ]

    def _count_maps(self) -> int:
        """Return the number of maps of the layer that is shown, 0 if it has none."""
        shape = self._probe.shapes.get(self.layer, ())
        return shape[2] if len(shape) == 3 else 0

    @observe("layer")
    def _fill_map_menu(self, _: object = None) -> None:
        self.map = None
        count = self._count_maps()
        self._map_menu.options = [("all maps", ALL), *((str(i + 1), i) for i in range(count))]
        self._map_menu.layout.display = "" if count else "none"

    def _choose_map(self, change: dict) -> None:
        self.map = None if change["new"] == ALL else change["new"]

    def _click(self, content: object) -> None:
        match content:
            case {"layer": layer, "map": index}:
                self.layer, self.map = layer, index
            case _:
                raise ValueError(f"a page must send a layer and a map, got {content!r:.50}")

    def _pick(self, _: object) -> None:
        self.pixel = self._picker.row, self._picker.column

    def _show_closer(self, _: object = None) -> None:
        """Enlarge the selected map, and show how one of its pixels is computed."""
        with self._lock:
            self._map_menu.value = ALL if self.map is None else self.map
            activations = self._activations
            self._closer.layout.display = "none" if self.map is None or not activations else ""
            if self.map is None or not activations:
                return
            output = activations.outputs[self.layer]
            rows, columns, _ = output.shape
            row, column = (min(i, n - 1) for i, n in zip(self.pixel, (rows, columns), strict=True))
            large = levels(output[..., self.map], min(output.min(), 0), output.max())
            with self._picker.hold_sync():
                self._picker.url = png_url(large, colormap=COLORMAP)
                self._picker.label = f"Map {self.map + 1} of {self.layer}"
                self._picker.rows, self._picker.columns = rows, columns
                self._picker.row, self._picker.column = row, column
            window = self._probe.window(activations, self.layer, self.map, row, column)
            head = Markup("<h4>Map {}, row {}, column {}: {:.2f}</h4>").format(
                self.map + 1, row + 1, column + 1, output[row, column, self.map]
            )
            activation = self._probe.activation(self.layer)
            self._window.value = head + (window_html(window, activation) if window else "")

    def _submit(self, _: object) -> None:
        for worker in self._workers:
            worker.submit(self._pad.prediction)

    def _show(self, prediction: Prediction | None) -> None:
        """Show what is quick to compute: the layers, the gradient and the weights."""
        with self._lock:
            try:
                self._follow_pads_model()
                self._activations = self._show_activations(prediction)
                self._show_closer()
            except Exception as error:  # of any model that a learner may bring
                self._maps.value = error_html(error)

    def _follow_pads_model(self) -> None:
        """Explore the pad's model, if it has been replaced."""
        recognizer = self._pad.recognizer
        if self._recognizer is None or recognizer is self._recognizer:
            return
        self._probe = Probe(_model_of(recognizer))
        self._recognizer = recognizer
        self._fill_layer_menu()

    def _show_activations(self, prediction: Prediction | None) -> LayerActivations | None:
        filters = self._probe.filters()
        self._weights.value = "" if filters is None else filters_html(filters)
        if prediction is None or prediction.digit is None:
            self._maps.value = Markup("<p>Draw a digit on the pad to see each layer's output.</p>")
            self._gradient.value = ""
            return None
        image = prediction.image
        activations = self._probe.activations(image)
        shown = [self.layer] if self.layer else self.layers
        self._maps.value = Markup().join(
            layer_html(
                name, self._probe.kinds[name], activations.outputs[name], first_row=not self.layer
            )
            for name in shown
        )
        self._gradient.value = attribution_html(
            f"What moves the answer {activations.digit}", activations.saliency, image
        )
        return activations

    def _show_occlusion(self, prediction: Prediction | None) -> None:
        """Show what takes many predictions to compute."""
        if prediction is None or prediction.digit is None:
            self._occlusion.value = ""
            return
        try:
            loss = self._probe.occlusion(prediction.image)
        except Exception as error:  # of any model that a learner may bring
            self._occlusion.value = error_html(error)
        else:
            self._occlusion.value = attribution_html(
                "What is lost when covered", loss, prediction.image
            )

    def __repr__(self) -> str:
        return f"LayerExplorer({', '.join(self.layers)})"

    def _still(self) -> tuple[bytes, str]:
        outputs = self._activations.outputs if self._activations else {}
        alt = f"The layers of a network: {', '.join(self.layers)}."
        return layers_png(self._probe.kinds, outputs), alt


def _model_of(recognizer: Recognizer) -> keras.Model:
    if recognizer.model is not None and not is_keras_model(recognizer.model):
        raise TypeError(
            "a function has no layers to explore: give the pad a Keras model, or LayerExplorer "
            "one of its own"
        )
    return recognizer.to_keras()
