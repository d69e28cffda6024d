"""The page to share, as far as it can be looked at without a browser."""

from __future__ import annotations

import base64
import gzip
import json
import re

import keras
import numpy as np
import pytest

import mnistedu
from mnistedu.export import export_page
from mnistedu.export.graph import read_graph
from mnistedu.export.packing import pack, quantize


def model_of(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def classifier(*layers: keras.Layer) -> keras.Model:
    return model_of(*layers, keras.layers.Flatten(), keras.layers.Dense(10, "softmax"))


def restore(planes: np.ndarray, scales: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    whole = sum(plane.astype(float) * 256**i for i, plane in enumerate(planes[::-1]))
    return (whole - 2.0 ** (8 * len(planes) - 1)).reshape(shape) * scales


@pytest.mark.parametrize("bits", [8, 12, 16, 24])
@pytest.mark.parametrize("shape", [(3, 3, 2, 5), (40, 7), (6,)])
def test_weights_come_back_to_within_half_a_step_of_their_channel(bits, shape):
    array = np.random.default_rng(0).normal(size=shape)
    planes, scales = quantize(array, bits)
    assert planes.shape == (-(-bits // 8), array.size)
    steps = np.abs(array).reshape(-1, shape[-1]).max(axis=0) / (2 ** (bits - 1) - 1)
    assert (abs(restore(planes, scales, shape) - array) <= 0.51 * steps + 1e-7).all()


def test_zeros_stay_zeros():
    planes, scales = quantize(np.zeros((4, 2)), 16)
    assert not restore(planes, scales, (4, 2)).any()


def test_arrays_that_are_the_same_are_stored_once():
    kernel = np.ones((5, 3))
    packed = pack({"steps": [{"kernel": kernel}, {"kernel": kernel.copy()}]}, bits=16)
    first, second = (step["kernel"] for step in json.loads(packed.description)["steps"])
    assert first == second
    assert len(gzip.decompress(base64.b64decode(packed.weights))) == 5 * 3 * 2 + 3 * 4


def test_a_description_cannot_close_its_script():
    assert "<" not in pack({"name": "</script><script>"}, bits=8).description


def test_layers_that_only_train_leave_no_step():
    model = classifier(keras.layers.Dropout(0.5), keras.layers.GaussianNoise(0.1))
    assert [step["operation"] for step in read_graph(model)] == ["reshape", "dense", "softmax"]


def test_a_model_inside_a_model_is_opened():
    inner = model_of(keras.layers.Flatten(), keras.layers.Dense(10, "softmax"))
    image = keras.Input((28, 28, 1))
    twice = keras.layers.Average()([inner(image), inner(image)])
    steps = read_graph(keras.Model(image, twice))
    assert [step["operation"] for step in steps] == [
        *["reshape", "dense", "softmax"] * 2,
        "average",
    ]
    assert [step["inputs"] for step in steps] == [[0], [1], [2], [0], [4], [5], [3, 6]]


def test_models_side_by_side_are_put_together():
    image = keras.Input((28, 28, 1))
    columns = [keras.layers.Flatten()(keras.layers.ReLU()(image)), keras.layers.Flatten()(image)]
    joined = keras.layers.Concatenate()(columns)
    steps = read_graph(keras.Model(image, keras.layers.Dense(10, "softmax")(joined)))
    assert [step["inputs"] for step in steps] == [[0], [1], [0], [2, 3], [4], [5]]
    assert steps[3]["operation"] == "concatenate"


class Doubled(keras.layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (keras.layers.Reshape((28, 28)), None),
        (keras.layers.UpSampling2D(), r"the layer 'up_sampling2d\w*' \(UpSampling2D\). It can run"),
        (Doubled(1), r"\(Doubled\)"),
        (keras.layers.Conv2D(2, 3, activation=keras.ops.sin), "the activation 'sin'"),
        (keras.layers.Softmax(axis=1), "axis=1"),
        (keras.layers.BatchNormalization(axis=1), "axis=1"),
    ],
)
def test_a_layer_that_the_page_cannot_run_is_named(layer, reason, tmp_path):
    model = classifier(layer)
    if reason is None:
        export_page(model, tmp_path / "page.html")
        return
    with pytest.raises(ValueError, match=f"the page cannot run .*{reason}"):
        export_page(model, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_model_with_code_of_its_own(tmp_path):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = classifier()

        def call(self, x):
            return self.inner(x)

    model = Own()
    model(np.zeros((1, 28, 28, 1)))
    with pytest.raises(ValueError, match="of the class Own, with code of its own"):
        export_page(model, tmp_path / "page.html")


def test_what_is_no_digit_model(tmp_path):
    without_softmax = model_of(keras.layers.Flatten(), keras.layers.Dense(10))
    with pytest.raises(ValueError, match="end in a softmax"):
        export_page(without_softmax, tmp_path / "page.html")
    with pytest.raises(TypeError, match=r"must be a keras.Model .*, got str; mnistedu.load_model"):
        export_page("model.keras", tmp_path / "page.html")
    with pytest.raises(TypeError, match="got function"):
        export_page(
            mnistedu.Recognizer(lambda images: np.eye(10)[[4] * len(images)]),
            tmp_path / "page.html",
        )


def test_weights_are_kept_as_precisely_as_fits(tmp_path):
    model = mnistedu.build_mlp(units=(512,))

    def planes(limit: int) -> int:
        path = export_page(model, tmp_path / "page.html", max_bytes=limit)
        assert path.stat().st_size <= limit
        return max(map(int, re.findall(r'"planes": (\d)', path.read_text(encoding="utf-8"))))

    assert [planes(limit) for limit in (2_000_000, 1_200_000, 700_000)] == [3, 2, 1]


def test_a_model_that_cannot_fit_is_refused_with_its_size(tmp_path):
    (tmp_path / "page.html").write_text("the last one")
    with pytest.raises(
        ValueError, match=r"would have [\d,]+ bytes, more than the 100,000 .*101,770"
    ):
        export_page(mnistedu.build_mlp(), tmp_path / "page.html", max_bytes=100_000)
    assert (tmp_path / "page.html").read_text() == "the last one"


@pytest.mark.parametrize("name", ["gradio-cnn", "flask-mlp"])
def test_classic_recipes_fit(name, tmp_path):
    path = export_page(mnistedu.build_recipe(name), tmp_path / "page.html")
    assert path.stat().st_size < 1_500_000


def test_the_title_is_text(tmp_path):
    path = export_page(mnistedu.build_cnn(), tmp_path / "page.html", title="<b>Ada & {{js}}</b>")
    page = path.read_text(encoding="utf-8")
    assert page.count("&lt;b&gt;Ada &amp; {{js}}&lt;/b&gt;") == page.count("{{") == 2
