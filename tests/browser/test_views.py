"""The explorers and the training monitor in JupyterLab, used as a person would."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.page import PHONE, SEVEN, Lab

pytestmark = pytest.mark.browser

EXPLORERS = """\
import mnistedu

digits = mnistedu.load_digits()
pad = mnistedu.DrawingPad()
layers = mnistedu.LayerExplorer(pad, mnistedu.build_cnn(filters=(8,)))
averages = mnistedu.build_baseline("class_means").fit(*digits.train)
confusion = mnistedu.ConfusionExplorer(averages, digits.test, pad=pad)"""

PAD = """\
import mnistedu

mnistedu.DrawingPad()"""

TRAINING = """\
digits = mnistedu.load_digits()
model = mnistedu.build_mlp(units=(32,))
monitor = mnistedu.TrainingMonitor(digits)
history = mnistedu.train(model, digits, epochs=100_000, callbacks=[monitor], verbose=False)"""

SAYS_BEST = """\
best = min(history.history["val_loss"])
print("best", abs(mnistedu.evaluate(model, digits.validation).loss - best) < 1e-3)"""


STRANGER = """\
import mnistedu
from mnistedu.displays import HistoryDisplay

MARKUP = '<img src=x onerror="window.scriptRan = true">'
digits = mnistedu.load_digits()
import keras

keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(4, 3, name=MARKUP + "maps"),
        keras.layers.Flatten(),
        keras.layers.Dense(10, "softmax", name=MARKUP),
    ],
    name=MARKUP,
).save("stranger.keras")
stranger = mnistedu.load_model("stranger.keras")
accuracy = keras.metrics.SparseCategoricalAccuracy(name=MARKUP)
stranger.compile("sgd", "sparse_categorical_crossentropy", metrics=[accuracy])
monitor = mnistedu.TrainingMonitor(digits)
history = mnistedu.train(stranger, digits, epochs=1, callbacks=[monitor], verbose=False)

def fail(image):
    raise type(MARKUP, (Exception,), {})(MARKUP)

pad = mnistedu.DrawingPad(fail)
pad.draw(mnistedu.Ink([[(140, 110), (420, 110), (240, 480)]]))
layers = mnistedu.LayerExplorer(pad, stranger)
pad.recognizer = stranger
failing = mnistedu.DrawingPad(fail)
failing.draw(pad.ink)"""


def test_markup_in_names_and_errors_is_shown_and_not_run(lab: Lab) -> None:
    picture = "HistoryDisplay(history.history).plot(metric=MARKUP)"
    lab.open("stranger.ipynb", STRANGER, "pad", "layers", "failing", picture)
    lab.run_all()
    lab.wait_for_cells()
    page = lab.page
    markup = '<img src=x onerror="window.scriptRan = true">'
    expect(page.locator(".mnistedu-curves b").last).to_have_text(markup)
    expect(page.locator(".mnistedu-layer", has_text=f"{markup}maps (Conv2D)")).to_be_visible()
    expect(page.locator(".mnistedu-alert")).to_have_text(f"{markup}: {markup}")
    expect(page.get_by_alt_text(markup).first).to_be_attached()
    page.get_by_label("Layer").select_option(index=1)
    expect(page.locator(".mnistedu-layer", has_text=f"{markup} (Dense)")).to_have_count(0)
    expect(page.locator('img[src="x"]')).to_have_count(0)
    assert page.evaluate("window.scriptRan") is None


def choose(grid: Locator, label: str) -> Locator:
    """Click on a cell of a grid."""
    cell = grid.get_by_role("option", name=re.compile(f"^{label}"))
    cell.click()
    return cell


def test_explore_a_networks_layers_and_mistakes(lab: Lab) -> None:
    lab.open("explorers.ipynb", EXPLORERS, "pad", "layers", "confusion")
    lab.run_all()
    lab.wait_for_cells()
    page = lab.page
    (pad,) = lab.pads()
    inside, mistakes = page.locator(".mnistedu-view").all()

    expect(inside).to_contain_text("Draw a digit on the pad")
    pad.mouse(*SEVEN)
    pad.expect("7")
    maps = inside.get_by_alt_text(re.compile("conv2d.* 8 maps of 26 × 26"))
    expect(maps).to_be_visible()
    expect(inside.get_by_alt_text(re.compile("What is lost when covered"))).to_be_visible()
    inside.get_by_label("Layer").select_option(index=2)
    expect(maps).to_have_count(0)
    expect(inside.get_by_alt_text(re.compile("8 maps of 13 × 13"))).to_be_visible()
    inside.get_by_label("Layer").select_option(index=0)
    expect(maps).to_be_visible()
    drawn = maps.get_attribute("src")

    matrix = mistakes.get_by_role("listbox", name="Confusion matrix")
    gallery = mistakes.get_by_role("listbox", name="Images of")
    choose(matrix, "3 read as 3:")
    expect(gallery).to_have_attribute("aria-label", re.compile("3 read as 3"))
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    chosen = matrix.get_by_role("option", selected=True)
    expect(chosen).to_have_attribute("aria-label", re.compile("^4 read as 4:"))
    expect(chosen).to_be_focused()
    expect(gallery.get_by_role("option").first).to_have_attribute(
        "aria-label", re.compile("a 4, read as 4")
    )

    gallery.get_by_role("option").first.click()
    expect(mistakes.get_by_role("heading", name=re.compile("Image .*: a 4"))).to_be_visible()
    pad.expect("4")
    expect(maps).not_to_have_attribute("src", drawn)
    page.keyboard.press("ArrowRight")
    expect(gallery.get_by_role("option", selected=True)).to_be_focused()

    mistakes.get_by_label("True digit").select_option("any digit")
    expect(matrix.get_by_role("option", selected=True)).to_have_attribute(
        "aria-label", re.compile("^any digit read as 4")
    )

    page.set_viewport_size(PHONE)
    for grid in (matrix, gallery):
        box = grid.bounding_box()
        assert box["x"] + box["width"] <= PHONE["width"]
    choose(matrix, "7 read as 7:").scroll_into_view_if_needed()
    expect(gallery).to_have_attribute("aria-label", re.compile("7 read as 7"))


def test_watch_a_training_draw_meanwhile_and_stop_it(lab: Lab) -> None:
    lab.open("monitor.ipynb", PAD, TRAINING, SAYS_BEST)
    page = lab.page
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")  # do not wait
    monitor = page.locator(".mnistedu-view")
    expect(monitor.get_by_role("img", name="The loss over")).to_be_visible(timeout=90_000)
    expect(monitor.get_by_role("table")).to_contain_text("on 200 validation images")
    expect(monitor.get_by_role("list").get_by_role("listitem")).to_have_count(10)
    status = monitor.locator(".mnistedu-progress h4")
    expect(status).to_contain_text(re.compile(r"Epoch .* images/s · about .* s left"))
    (pad,) = lab.pads()
    pad.mouse(*SEVEN)
    pad.expect("7")
    expect(status).to_contain_text("left")  # still training
    announcement = monitor.get_by_role("status")
    expect(announcement).to_have_text(re.compile(r"^Epoch \d+ of 100000: loss .*, validation loss"))
    announced = announcement.text_content()
    page.wait_for_timeout(2000)
    assert announcement.text_content() == announced, "while many more epochs end"
    monitor.get_by_role("button", name="Stop").click()
    expect(status).to_contain_text("Stopped; the model has the weights of epoch")
    expect(announcement).to_contain_text("Stopped; the model has the weights of epoch")
    expect(page.locator(".jp-OutputArea-output pre")).to_have_text(re.compile("best True"))

    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = nbformat.read(lab.root / "monitor.ipynb", as_version=4)
    (output,) = saved.cells[1].outputs
    assert output.data["image/png"]
