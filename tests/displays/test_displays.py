"""What holds for every picture, whatever it shows."""

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
    """One of each."""
    show = getattr(displays, request.param)
    image = result.split.images[0]
    makers = {
        "ClassAveragesDisplay": lambda: show.from_split(result.split),
        "ComparisonDisplay": lambda: show(Comparison((ModelReport("it", 9, 1.0, result, 5, 9),))),
        "ConfusionDisplay": lambda: show.from_evaluation(result),
        "DigitsDisplay": lambda: show(*result.split[:20]),
        "EmbeddingDisplay": lambda: show.from_model(cnn, result.split[:50]),
        "FeatureMapsDisplay": lambda: show.from_model(cnn, image),
        "FiltersDisplay": lambda: show.from_model(cnn),
        "HistoryDisplay": lambda: show({"accuracy": [0.8, 0.9], "val_accuracy": [0.7, 0.9]}),
        "LearningCurveDisplay": lambda: show(
            LearningCurve((10, 99), (1.0, 0.9), (0.5, 0.8), ((0.4, 0.6), (0.7, 0.9)))
        ),
        "MistakesDisplay": lambda: show.from_evaluation(result, most=6),
        "OcclusionDisplay": lambda: show.from_model(cnn, image),
        "PixelIntensityDisplay": lambda: show.from_split(result.split),
        "PixelValuesDisplay": lambda: show(image, rows=(8, 16), columns=(8, 20)),
        "PreprocessingDisplay": lambda: show.from_bitmap(np.eye(90)),
        "ReliabilityDisplay": lambda: show.from_evaluation(result),
        "RobustnessDisplay": lambda: show({"model": ROBUSTNESS, "another": ROBUSTNESS}),
        "SaliencyDisplay": lambda: show.from_model(cnn, image),
    }
    return makers[request.param]()


def test_it_shows_itself_once_with_its_text(display):
    assert display.plot() is display
    bundle, metadata = display._repr_mimebundle_()
    assert not plt.get_fignums()  # or Jupyter would show it again
    assert metadata["image/png"]["alt"] == display.alt_text
    assert bundle["text/plain"] == f"{type(display).__name__}: {display.alt_text}"
    image = Image.open(io.BytesIO(bundle["image/png"]))
    assert image.width > metadata["image/png"]["width"]  # finer than the page, for sharp screens

    light, dark = re.findall(r"<img [^>]*>", bundle["text/html"])
    assert "mnistedu-light" in light
    assert "mnistedu-dark" in dark
    assert " hidden " in dark
    for picture in (light, dark):
        assert f'alt="{html.escape(display.alt_text)}"' in picture


def test_its_text_says_what_it_shows(display):
    text = display.alt_text
    assert len(text) > 40
    assert text.endswith(".")
    assert "nan" not in text.split()


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_its_words_stand_out_from_the_ground(display, style):
    with plt.style.context(style):
        display.plot()
    figure = display.figure_
    ground = mpl.colors.to_rgb(figure.get_facecolor())
    assert (sum(ground) < 1) == (style == "dark_background")
    for text in words(figure):
        if not (text.axes and text.axes.images):  # what stands on a picture is tested with it
            assert contrast(ground, mpl.colors.to_rgb(text.get_color())) > 4.5, text


def test_its_words_are_legible_on_a_phone(display):
    figure = display.plot().figure_
    for text in words(figure):
        pixels = text.get_fontsize() / 72 * PHONE / figure.get_figwidth()
        assert pixels >= 9, text


def test_nothing_is_cut_off_and_no_title_covers_another(display):
    figure = display.plot().figure_
    figure.canvas.draw()
    drawn, slack = figure.get_tightbbox(), 0.02
    assert min(drawn.x0, drawn.y0) > -slack
    assert drawn.x1 < figure.get_figwidth() + slack
    assert drawn.y1 < figure.get_figheight() + slack
    titles = [ax.title.get_window_extent() for ax in figure.axes if ax.get_title()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(titles, 2))


def test_a_figure_that_the_user_made_dark_stays_dark(result):
    with plt.style.context("dark_background"):
        display = displays.ConfusionDisplay.from_evaluation(result).plot()
        bundle, _ = display._repr_mimebundle_()
    assert bundle["text/html"].count("<img") == 1
    assert "mnistedu-light" not in bundle["text/html"]


def test_axes_of_the_users_own_are_drawn_on_and_left_open(result):
    figure, (left, right) = plt.subplots(ncols=2)
    display = displays.ReliabilityDisplay.from_evaluation(result).plot(ax=right)
    assert display.ax_ is right
    assert not left.lines
    bundle, _ = display._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]  # the figure is the user's to show
    assert plt.fignum_exists(figure.number)


def words(figure):
    return [text for text in figure.findobj(Text) if text.get_text().strip()]


def contrast(one, two):
    """WCAG 2's contrast ratio of two sRGB colours."""
    linear = [
        np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        for c in (np.array(one), np.array(two))
    ]
    low, high = sorted(float(c @ [0.2126, 0.7152, 0.0722]) for c in linear)
    return (high + 0.05) / (low + 0.05)
