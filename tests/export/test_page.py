"""The exported page, as far as it can be checked without a browser."""

from __future__ import annotations

import re
from importlib import resources

import keras
import pytest

import mnistedu
from mnistedu.export import export_page


def test_what_is_no_digit_model(tmp_path):
    layers = [keras.layers.Flatten(), keras.layers.Dense(10)]
    without_softmax = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    with pytest.raises(ValueError, match="end in a softmax"):
        export_page(without_softmax, tmp_path / "page.html")
    with pytest.raises(TypeError, match=r"must be a keras.Model .*, got str; mnistedu.load_model"):
        export_page("model.keras", tmp_path / "page.html")
    with pytest.raises(TypeError, match="got NoneType"):
        export_page(None, tmp_path / "page.html")
    with pytest.raises(TypeError, match="cannot be converted to a Keras model"):
        export_page(mnistedu.Recognizer(lambda images: images), tmp_path / "page.html")
    layers = [keras.layers.UpSampling2D(), keras.layers.Flatten(), keras.layers.Dense(10)]
    upsampling = keras.Sequential([keras.Input((28, 28, 1)), *layers, keras.layers.Softmax()])
    with pytest.raises(ValueError, match="the page cannot run the layer 'up_sampling2d"):
        export_page(upsampling, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_weights_are_kept_as_precisely_as_fits(tmp_path):
    model = mnistedu.build_mlp(units=(512,))

    def planes(limit: int) -> int:
        path = export_page(model, tmp_path / "page.html", max_bytes=limit)
        assert path.stat().st_size <= limit
        return max(map(int, re.findall(r'"planes": (\d)', path.read_text(encoding="utf-8"))))

    assert [planes(limit) for limit in (2_000_000, 1_200_000, 700_000)] == [3, 2, 1]


def test_the_page_and_the_model_card_agree_on_the_number_of_weights(tmp_path):
    page = mnistedu.export_page(mnistedu.Recognizer(), tmp_path / "page.html")
    (count,) = re.findall(r"A network of ([\d,]+) weights", page.read_text(encoding="utf-8"))
    card = resources.files("mnistedu.pretrained").joinpath("MODEL_CARD.md")
    assert f"{count} weights" in card.read_text(encoding="utf-8")


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


@pytest.mark.parametrize(
    ("title", "escaped"),
    [
        ("<b>Ada & {{js}}</b>", "&lt;b&gt;Ada &amp; {{js}}&lt;/b&gt;"),
        (
            "</title><script>alert(1)</script>",
            "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        (
            "\"><img src=x onerror='alert(1)'>",
            "&quot;&gt;&lt;img src=x onerror=&#x27;alert(1)&#x27;",
        ),
        ("<!--", "&lt;!--"),
        ("\udcff", "?"),
    ],
)
def test_the_title_is_text(title, escaped, tmp_path):
    page = export_page(mnistedu.build_mlp(units=()), tmp_path / "page.html", title=title)
    plain = export_page(mnistedu.build_mlp(units=()), tmp_path / "plain.html", title="")
    text, without = (path.read_text(encoding="utf-8") for path in (page, plain))
    assert f"<title>{escaped}" in text
    assert f"<h1>{escaped}" in text
    for mark in "<>\"'":
        assert text.count(mark) == without.count(mark)


def test_names_in_a_model_are_not_in_the_page(tmp_path):
    markup = "<img src=x onerror=alert(1)>"
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), name=markup),
            keras.layers.Flatten(name=f"flatten {markup}"),
            keras.layers.Dense(10, "softmax", name=f"dense {markup}"),
        ],
        name=markup,
    )
    path = export_page(model, tmp_path / "page.html")
    assert "onerror" not in path.read_text(encoding="utf-8")
