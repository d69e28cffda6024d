"""The way to the shipped weights, on a small scale: the bundled digits and a few writers' ink."""

from __future__ import annotations

import logging

import jax
import keras
import numpy as np
import pytest
from scipy.special import softmax

from mnistedu import Ink, Recognizer, to_input
from mnistedu.data import Dataset
from mnistedu.ink import UnipenSample
from mnistedu.pretrained import load_weights, save_weights
from mnistedu.pretrained.architecture import (
    COLUMNS,
    DEEP,
    NO_DIGIT,
    SHALLOW,
    Column,
    framing_matrix,
    weight_shapes,
)
from mnistedu.pretrained.forward import answer, features
from mnistedu.pretrained.network import build_shipped, build_trainable, cool, fold, join
from mnistedu.pretraining import __main__ as command
from mnistedu.pretraining import negatives, sources, views
from mnistedu.pretraining.__main__ import calibrate, main, pretrain
from mnistedu.pretraining.recipe import RECIPES, Cycle, Recipe

SEVEN = Ink([[(40, 30), (120, 30), (200, 30), (90, 250)]])
TWO_CYCLES = (Recipe(SHALLOW, 1, 1.0, 0.01, (Cycle(17, 3e-3), Cycle(17, 1e-3, crisp=0.3))),)
BOTH = (*RECIPES[:1], Recipe(DEEP, plain=2, times=1.0, weight_decay=0.02, cycles=(Cycle(1, 3e-3),)))
PENS = [UnipenSample(SEVEN, 7, writer) for writer in range(1, 31)]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def pens() -> sources.PenDigits:
    return sources.PenDigits(train=PENS[:4], validation=PENS[4:6], test=PENS[6:])


@pytest.fixture
def few(digits) -> Dataset:
    return Dataset(digits.train[:100], digits.validation[:50], digits.test[:0], "few digits")


def to_unipen(samples: list[UnipenSample]) -> str:
    lines = []
    for sample in samples:
        lines += [f'.SEGMENT DIGIT 0 ? "{sample.label}"', f".COMMENT 0 {sample.writer} 0"]
        for points in sample.ink.strokes:
            lines += [".PEN_DOWN", *(f" {x} {500 - y}" for x, y in points.tolist()), ".PEN_UP"]
    return "\n".join(lines)


def test_no_writer_is_in_two_parts(tmp_path):
    path = tmp_path / "pens.tra"
    path.write_text(to_unipen(PENS))
    digits = sources.read_pendigits(path)
    writers = [
        {sample.writer for sample in part}
        for part in (digits.train, digits.validation, digits.test)
    ]
    assert [len(part) for part in writers] == [20, 4, 6]
    assert set.union(*writers) == set(range(1, 31))


def test_a_file_without_all_writers_is_refused(tmp_path):
    path = tmp_path / "pens.tra"
    path.write_text(to_unipen(PENS[:2]))
    with pytest.raises(ValueError, match="writers 1 to 30"):
        sources.read_pendigits(path)


@pytest.mark.parametrize(
    "view", [views.vector_view, views.canvas_view, sources._coarse_ink, views.photo_view]
)
def test_every_view_shows_the_digit(view, rng):
    image = np.mean([view(SEVEN, rng) for _ in range(20)], axis=0)
    assert np.corrcoef(image.ravel(), SEVEN.to_image().ravel())[0, 1] > 0.6


@pytest.mark.parametrize("view", [views.pasted_view, views.coarse_view])
def test_a_changed_image_still_shows_the_digit(view, rng, digits):
    for image in digits.test.images[:20]:
        again = view(image, rng)
        assert np.corrcoef(again.ravel(), image.ravel())[0, 1] > 0.6


def test_another_hand_writes_as_many_strokes(rng):
    ink = Ink([[(0, 0)], [(0, 0), (5, 9), (10, 10)]])
    assert [len(points) > 0 for points in views.restyle(ink, rng).strokes] == [True, True]


def test_every_shape_can_be_drawn(rng):
    for name in negatives.SHAPES:
        assert views.vector_view(negatives.draw_shape(name), rng).any()


def test_the_shapes_for_validation_are_not_trained_on():
    assert set(sources.VALIDATION_SHAPES) < set(negatives.SHAPES)


def test_two_digits_stand_side_by_side(rng):
    two = negatives.side_by_side(SEVEN, SEVEN, rng)
    first, second = two.strokes
    assert first[:, 0].max() < second[:, 0].min()


def test_training_views_are_digits_and_others(rng, few):
    drawn = sources.training_views(few.train, PENS[:4], rng)
    assert drawn.images.shape == (len(drawn), 28, 28)
    assert drawn.images.dtype == np.uint8
    assert set(drawn.labels.tolist()) == set(range(11))
    assert (drawn.labels == NO_DIGIT).sum() == 10
    again = sources.training_views(few.train, PENS[:4], np.random.default_rng(0))
    np.testing.assert_array_equal(drawn.images, again.images)


def test_each_image_is_among_the_views_as_often_as_asked(rng, few):
    drawn = sources.training_views(few.train, PENS[:4], rng, plain=3)
    for image in few.train.images[:5]:
        assert (drawn.images == image).all(axis=(1, 2)).sum() >= 3


def test_crisp_images_are_moved_by_whole_pixels():
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, 13, 9:19] = 200
    moved = np.asarray(Cycle(1, 1e-3, crisp=1.0).distort(jax.random.key(0), images))
    assert set(np.unique(moved)) == {0, 200}
    assert (moved.sum(axis=(1, 2)) == 2000).all()
    assert set(moved.any(axis=2).argmax(axis=1)) == {11, 12, 13, 14, 15}
    assert set(moved.any(axis=1).argmax(axis=1)) == {7, 8, 9, 10, 11}


def test_a_share_of_the_images_stays_crisp():
    images = np.zeros((500, 28, 28), np.uint8)
    images[:, 13, 9:19] = 200
    for crisp in (0.0, 0.3):
        moved = np.asarray(Cycle(1, 1e-3, crisp=crisp).distort(jax.random.key(0), images))
        sharp = np.isin(moved, [0, 200]).all(axis=(1, 2))
        assert sharp.mean() == pytest.approx(crisp, abs=0.06)


def untrained(column: Column, rng: np.random.Generator) -> keras.Model:
    """Give a column whose normalization does something."""
    model = build_trainable(column)
    for layer in model.layers:
        if "normalization" in layer.name:
            shape = layer.get_weights()[0].shape
            layer.set_weights(
                [rng.normal(0, 0.1, shape), rng.normal(0, 0.1, shape), rng.uniform(0.5, 2, shape)]
            )
    return model


@pytest.mark.parametrize("column", COLUMNS)
def test_folding_the_normalization_changes_no_answer(column, digits, rng):
    model = untrained(column, rng)
    scores = keras.Model(model.inputs[0], model.layers[-1].input)
    kernel, bias = model.layers[-1].get_weights()
    x = to_input(digits.test.images[:20])
    framed = [np.einsum("ij,njkc,lk->nilc", m, x, m) for m in map(framing_matrix, column.framings)]
    seen = np.mean([scores(images) for images in framed], axis=0)
    eleven = softmax(seen @ kernel + bias, axis=1)
    expected = eleven[:, :10] + eleven[:, 10:] / 10
    weights = fold(model, column)
    np.testing.assert_allclose(answer(weights, x), expected, atol=1e-5)
    np.testing.assert_allclose(build_shipped(weights)(x), expected, atol=1e-5)


def test_columns_side_by_side_average_their_scores(digits, rng):
    parts = [fold(untrained(column, rng), column) for column in COLUMNS]
    joined = join(parts)
    assert {name: array.shape for name, array in joined.items()} == weight_shapes(COLUMNS)
    x = to_input(digits.test.images[:20])
    seen = [features(part, x) @ part["classes_kernel"] + part["classes_bias"] for part in parts]
    eleven = softmax(np.mean(seen, axis=0), axis=1)
    expected = eleven[:, :10] + eleven[:, 10:] / 10
    np.testing.assert_allclose(answer(joined, x), expected, atol=1e-5)
    np.testing.assert_allclose(build_shipped(joined)(x), expected, atol=1e-5)


def test_a_higher_temperature_is_less_confident(digits):
    weights = fold(build_trainable(SHALLOW), SHALLOW)
    x = to_input(digits.test.images[:20])
    cold, hot = (answer(cool(weights, value), x).max(axis=1) for value in (0.5, 2))
    assert (hot < cold).all()


def test_a_model_that_is_right_gets_a_low_temperature_and_a_wrong_one_a_high_one(digits):
    keras.utils.set_random_seed(0)
    weights = fold(build_trainable(SHALLOW), SHALLOW)
    images = digits.test.images[:50]
    answers = answer(weights, to_input(images))
    for labels, is_low in ((answers.argmax(axis=1), True), (answers.argmin(axis=1), False)):
        chosen = calibrate(weights, sources.Views(images, labels))["classes_kernel"]
        assert (np.abs(chosen).sum() > np.abs(weights["classes_kernel"]).sum()) == is_low


def test_weights_are_written_whole_in_16_bits(tmp_path):
    path = tmp_path / "weights.npz"
    shipped, _ = load_weights()
    save_weights(path, shipped | {"classes_bias": np.full(11, 1 / 3)}, threshold=0.75)
    weights, threshold = load_weights(path)
    assert threshold == 0.75
    assert weights["classes_bias"].dtype == np.float32
    np.testing.assert_allclose(weights["classes_bias"], 1 / 3, rtol=1e-3)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_a_small_training_ends_with_weights_that_run(tmp_path, few, pens, caplog):
    path = tmp_path / "weights.npz"
    with caplog.at_level(logging.INFO, "mnistedu.pretraining"):
        pretrain(few, pens, path, recipes=BOTH, epochs=1)
    assert "threshold" in caplog.text
    weights, threshold = load_weights(path)
    assert 0 < threshold < 1
    assert weights.keys() == weight_shapes(COLUMNS).keys()
    probabilities = answer(weights, to_input(few.validation.images))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_a_column_may_be_trained_by_itself(tmp_path, few, pens):
    path = tmp_path / "weights.npz"
    pretrain(few, pens, path, recipes=RECIPES[:1], epochs=1)
    assert load_weights(path)[0].keys() == weight_shapes([SHALLOW]).keys()
    assert Recognizer(weights=path).predict(SEVEN).probabilities.shape == (10,)


def test_an_interrupted_training_goes_on_where_it_was(tmp_path, few, pens, monkeypatch):
    path = tmp_path / "weights.npz"

    def interrupt(epoch: int, logs: dict[str, float]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as change:
        change.setattr(command, "_report", interrupt)
        with (
            pytest.warns(UserWarning, match="interrupted in epoch 1 of 2"),
            pytest.raises(KeyboardInterrupt, match="run again"),
        ):
            pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=2)
    assert not path.exists()
    reported = []
    monkeypatch.setattr(command, "_report", lambda epoch, logs: reported.append(epoch))
    pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=2, seed=1)
    assert reported == [0, 1, 0, 1]
    reported.clear()
    pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=2)
    assert reported == [1, 0, 1]
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_a_training_that_ended_before_its_weights_were_written_is_not_done_again(
    tmp_path, few, pens, monkeypatch
):
    path = tmp_path / "weights.npz"
    with monkeypatch.context() as change:
        change.setattr(command, "save_weights", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=1)
    reported = []
    monkeypatch.setattr(command, "_report", lambda epoch, logs: reported.append(epoch))
    pretrain(few, pens, path, recipes=TWO_CYCLES, epochs=1)
    assert reported == []
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_the_command_asks_for_the_ink(capsys):
    with pytest.raises(SystemExit):
        main([])
    assert "--pendigits" in capsys.readouterr().err


def test_the_command_says_which_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        main(["--mnist", "digits", "--pendigits", str(tmp_path / "missing.tra")])


def test_the_shipped_threshold_comes_with_the_weights():
    assert Recognizer().threshold == load_weights()[1]
