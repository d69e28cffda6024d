"""Properties of every display."""

import html
import io
import itertools
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from mnistedu import displays
from mnistedu.evaluation import (
    Comparison,
    LearningCurve,
    ModelReport,
    Robustness,
    RobustnessCurve,
)
from mnistedu.evaluation.corruptions import CORRUPTIONS

CURVES = tuple(
    RobustnessCurve(each.name, each.unit, each.strengths, each.harmless, (0.9,) * 6)
    for each in CORRUPTIONS
)
ROBUSTNESS = Robustness(0.9, CURVES)
PHONE = 390  # CSS pixels, the width of a common phone


@pytest.fixture(params=displays.__all__)
def display(request, result, cnn):
    """Return a display of each class."""
    cls = getattr(displays, request.param)
    image = result.split.images[0]
    makers = {
        "ClassAveragesDisplay": lambda: cls.from_split(result.split),
        "ComparisonDisplay": lambda: cls(Comparison((ModelReport("it", 9, 1.0, result, 5, 9),))),
        "ConfusionDisplay": lambda: cls.from_evaluation(result),
        "DigitsDisplay": lambda: cls(*result.split[:20]),
        "EmbeddingDisplay": lambda: cls.from_model(cnn, result.split[:50]),
        "FeatureMapsDisplay": lambda: cls.from_model(cnn, image),
        "FiltersDisplay": lambda: cls.from_model(cnn),
        "HistoryDisplay": lambda: cls({"accuracy": [0.8, 0.9], "val_accuracy": [0.7, 0.9]}),
        "LearningCurveDisplay": lambda: cls(
            LearningCurve((10, 99), (1.0, 0.9), (0.5, 0.8), ((0.4, 0.6), (0.7, 0.9)))
        ),
        "MistakesDisplay": lambda: cls.from_evaluation(result, most=6),
        "OcclusionDisplay": lambda: cls.from_model(cnn, image),
        "PixelIntensityDisplay": lambda: cls.from_split(result.split),
        "PixelValuesDisplay": lambda: cls(image, rows=(8, 16), columns=(8, 20)),
        "PlotDisplay": lambda: cls(
            lambda ax: ax.set(xlabel="x", title="A line"),
            "A line chart of nothing, but for its test.",
        ),
        "PreprocessingDisplay": lambda: cls.from_bitmap(np.eye(90)),
        "ReliabilityDisplay": lambda: cls.from_evaluation(result),
        "RobustnessDisplay": lambda: cls({"model": ROBUSTNESS, "another": ROBUSTNESS}),
        "SaliencyDisplay": lambda: cls.from_model(cnn, image),
    }
    return makers[request.param]()


def test_is_displayed_once_with_its_alternative_text(display):
    assert display.plot() is display
    bundle, metadata = display._repr_mimebundle_()
    assert not plt.get_fignums()  # else Jupyter would display it again
    assert metadata["image/png"]["alt"] == display.alt_text
    assert bundle["text/plain"] == f"{type(display).__name__}: {display.alt_text}"
    image = Image.open(io.BytesIO(bundle["image/png"]))
    assert image.width > metadata["image/png"]["width"]  # for high-resolution screens

    light, dark = re.findall(r"<img [^>]*>", bundle["text/html"])
    assert "mnistedu-light" in light
    assert "mnistedu-dark" in dark
    assert " hidden " in dark
    for img in (light, dark):
        assert f'alt="{html.escape(display.alt_text)}"' in img


def test_alt_text_is_a_sentence(display):
    text = display.alt_text
    assert len(text) > 40
    assert text.endswith(".")
    assert "nan" not in text.split()


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_text_has_enough_contrast(display, style):
    with plt.style.context(style):
        display.plot()
    figure = display.figure_
    background = mpl.colors.to_rgb(figure.get_facecolor())
    assert (sum(background) < 1) == (style == "dark_background")
    for text in texts(figure):
        if not (text.axes and text.axes.images):  # text on images has its own tests
            assert contrast(background, mpl.colors.to_rgb(text.get_color())) > 4.5, text


def test_text_is_legible_on_a_phone(display):
    figure = display.plot().figure_
    for text in texts(figure):
        pixels = text.get_fontsize() / 72 * PHONE / figure.get_figwidth()
        assert pixels >= 9, text


def test_nothing_is_clipped_and_titles_do_not_overlap(display):
    figure = display.plot().figure_
    figure.canvas.draw()
    drawn, slack = figure.get_tightbbox(), 0.02
    assert min(drawn.x0, drawn.y0) > -slack
    assert drawn.x1 < figure.get_figwidth() + slack
    assert drawn.y1 < figure.get_figheight() + slack
    titles = [ax.title.get_window_extent() for ax in figure.axes if ax.get_title()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(titles, 2))


def test_figure_is_only_dark_if_the_user_chose_a_dark_style(result):
    with plt.style.context("dark_background"):
        display = displays.ConfusionDisplay.from_evaluation(result).plot()
        bundle, _ = display._repr_mimebundle_()
    assert bundle["text/html"].count("<img") == 1
    assert "mnistedu-light" not in bundle["text/html"]


def test_draws_on_given_axes_and_leaves_their_figure_open(result):
    figure, (left, right) = plt.subplots(ncols=2)
    display = displays.ReliabilityDisplay.from_evaluation(result).plot(ax=right)
    assert display.ax_ is right
    assert not left.lines
    bundle, _ = display._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]  # the user displays the figure
    assert plt.fignum_exists(figure.number)


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text().strip()]


def contrast(one, two):
    """Compute the contrast ratio of two sRGB colours as defined by WCAG 2."""
    linear = [
        np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        for c in (np.array(one), np.array(two))
    ]
    low, high = sorted(float(c @ [0.2126, 0.7152, 0.0722]) for c in linear)
    return (high + 0.05) / (low + 0.05)
