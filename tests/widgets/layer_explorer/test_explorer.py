"""The layer explorer without a browser."""

from __future__ import annotations

import base64
import io

import pytest
from ipywidgets import Dropdown
from PIL import Image
from traitlets import TraitError

import mnistedu
from mnistedu import DrawingPad, Ink, LayerExplorer
from mnistedu.inspection.probe import Probe
from mnistedu.widgets.layer_explorer.pointing import MapClicks, PixelPicker
from tests.widgets.driver import always, shown, widgets

SEVEN = Ink([[(140, 110), (420, 110), (240, 480)]])
ONE = Ink([[(280, 100), (280, 450)]])


@pytest.fixture(scope="module")
def cnn():
    return mnistedu.build_cnn(filters=(8,))


@pytest.fixture
def pad() -> DrawingPad:
    return DrawingPad(always(7))


def draw(pad: DrawingPad, ink: Ink, *explorers: LayerExplorer) -> None:
    pad.draw(ink)
    settle(*explorers)


def settle(*explorers: LayerExplorer) -> None:
    for explorer in explorers:
        for worker in explorer._workers:
            worker.wait()


def test_each_layer_is_shown_and_follows_the_drawing(pad: DrawingPad, cnn) -> None:
    explorer = LayerExplorer(pad, cnn)
    assert "Draw a digit" in shown(explorer)
    draw(pad, SEVEN, explorer)
    seven = shown(explorer)
    for name in explorer.layers:
        assert name in seven
    assert "8 maps of 26 × 26" in seven
    assert "8 maps of 13 × 13" in seven
    assert "What moves the answer" in seven
    assert "What is lost when covered" in seven
    draw(pad, ONE, explorer)
    assert shown(explorer) != seven
    pad.clear()
    settle(explorer)
    assert "Draw a digit" in shown(explorer)
    assert "What is lost" not in shown(explorer)


def test_one_layer_can_be_selected(pad: DrawingPad, cnn) -> None:
    explorer = LayerExplorer(pad, cnn)
    draw(pad, SEVEN, explorer)
    menu, maps = widgets(explorer, Dropdown)
    assert maps.layout.display == "none"
    menu.value = explorer.layers[1]
    settle(explorer)
    assert explorer.layer == explorer.layers[1]
    assert "13 × 13" in shown(explorer)
    assert "26 × 26" not in shown(explorer)
    with pytest.raises(TraitError, match="layer must be one of"):
        explorer.layer = "flatten"


def test_a_map_that_is_clicked_is_enlarged_and_its_pixels_are_explained(
    pad: DrawingPad, cnn
) -> None:
    explorer = LayerExplorer(pad, cnn)
    draw(pad, SEVEN, explorer)
    (clicks,), (picker,) = widgets(explorer, MapClicks), widgets(explorer, PixelPicker)
    clicks._handle_custom_msg({"layer": explorer.layers[0], "map": 5}, [])
    settle(explorer)
    assert (explorer.layer, explorer.map) == (explorer.layers[0], 5)
    assert (picker.rows, picker.columns) == (26, 26)
    picker.row, picker.column = 12, 9
    assert explorer.pixel == (12, 9)
    value = explorer._activations.outputs[explorer.layer][12, 9, 5]
    assert f"Map 6, row 13, column 10: {value:.2f}" in shown(explorer)
    assert 'aria-label="The kernel"' in shown(explorer)
    with pytest.raises(TraitError, match="map must be from 0 to 7"):
        explorer.map = 8
    explorer.layer = explorer.layers[-1]
    settle(explorer)
    assert explorer.map is None
    pad.clear()
    settle(explorer)


def test_the_ten_outputs_have_digits(pad: DrawingPad, cnn) -> None:
    explorer = LayerExplorer(pad, cnn)
    draw(pad, SEVEN, explorer)
    digits = shown(explorer).split("mnistedu-output-digits")[1]
    assert "".join(f"<span>{digit}</span>" for digit in range(10)) in digits


def test_the_weights_of_an_mlp_are_pictures(pad: DrawingPad) -> None:
    explorer = LayerExplorer(pad, mnistedu.build_mlp())
    assert "32 filters of 28 by 28 weights" in shown(explorer)
    assert explorer.layers[-1] == "probabilities"


def test_the_shipped_network_is_explored_branch_by_branch() -> None:
    pad = DrawingPad()
    explorer = LayerExplorer(pad)
    draw(pad, SEVEN, explorer)
    columns = [name.split("_")[0] for name in explorer.layers]
    assert columns == sorted(columns, key=["shallow", "deep", "classes", "digits"].index)
    assert set(columns) == {"shallow", "deep", "classes", "digits"}
    assert "What moves the answer 7" in shown(explorer)


def test_another_model_on_the_pad_is_explored(cnn) -> None:
    pad = DrawingPad(mnistedu.build_mlp())
    explorer = LayerExplorer(pad)
    draw(pad, SEVEN, explorer)
    pad.recognizer = cnn
    settle(explorer)
    assert "maps" in shown(explorer)
    assert explorer.layers == tuple(Probe(cnn).kinds)
    pad.recognizer = always(3)
    settle(explorer)
    assert "a function has no layers" in shown(explorer)


def test_bad_input_is_refused(pad: DrawingPad, cnn) -> None:
    with pytest.raises(TypeError, match="pad must be"):
        LayerExplorer(cnn)
    with pytest.raises(TypeError, match="a function has no layers"):
        LayerExplorer(pad)


def test_a_picture_stands_in_where_no_widget_can_show(pad: DrawingPad, cnn) -> None:
    explorer = LayerExplorer(pad, cnn)
    sizes = []
    for ink in (Ink(), SEVEN):
        draw(pad, ink, explorer)
        bundle, metadata = explorer._repr_mimebundle_()
        assert "conv2d" in metadata["image/png"]["alt"]
        sizes.append(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size)
    assert sizes[0][0] == sizes[1][0]
    assert sizes[1][1] > 3 * sizes[0][1]
