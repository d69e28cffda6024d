"""The way to the shipped weights, on a small scale: the bundled digits and a few writers' ink."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mnistedu import Ink, Recognizer, to_input
from mnistedu._backend import import_keras
from mnistedu.data import Dataset
from mnistedu.ink import UnipenSample
from mnistedu.pretrain import __main__ as command
from mnistedu.pretrain import negatives, sources, views
from mnistedu.pretrain.__main__ import calibrate, main, pretrain
from mnistedu.pretrained import load_weights, save_weights
from mnistedu.pretrained.architecture import FILTERS, FRAMINGS, NO_DIGIT, framing_matrix
from mnistedu.pretrained.forward import answer
from mnistedu.pretrained.network import build_shipped, build_trainable, fold

SEVEN = Ink([[(40, 30), (120, 30), (200, 30), (90, 250)]])
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


def test_folding_the_normalization_changes_no_answer(digits, rng):
    model = build_trainable()
    for number in range(len(FILTERS)):
        layer = model.get_layer(f"normalization_{number}")
        shape = layer.get_weights()[0].shape
        layer.set_weights(
            [rng.normal(0, 0.1, shape), rng.normal(0, 0.1, shape), rng.uniform(0.5, 2, shape)]
        )
    x = to_input(digits.test.images[:20])
    framed = [np.einsum("ij,njkc,lk->nilc", m, x, m) for m in map(framing_matrix, FRAMINGS)]
    eleven = np.mean([model(images) for images in framed], axis=0)
    expected = eleven[:, :10] + eleven[:, 10:] / 10
    weights = fold(model)
    np.testing.assert_allclose(answer(weights, x), expected, atol=1e-5)
    np.testing.assert_allclose(build_shipped(weights)(x), expected, atol=1e-5)


def test_a_higher_temperature_is_less_confident(digits):
    model = build_trainable()
    x = to_input(digits.test.images[:20])
    cool, hot = (answer(fold(model, temperature=value), x).max(axis=1) for value in (0.5, 2))
    assert (hot < cool).all()


def test_a_model_that_is_right_gets_a_low_temperature_and_a_wrong_one_a_high_one(digits):
    import_keras().utils.set_random_seed(0)
    model = build_trainable()
    images = digits.test.images[:50]
    answers = answer(fold(model), to_input(images))
    for labels, is_low in ((answers.argmax(axis=1), True), (answers.argmin(axis=1), False)):
        chosen = calibrate(model, sources.Views(images, labels))["classes_kernel"]
        assert (np.abs(chosen).sum() > np.abs(fold(model)["classes_kernel"]).sum()) == is_low


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
    with caplog.at_level(logging.INFO, "mnistedu.pretrain"):
        pretrain(few, pens, path, epochs=2)
    assert "threshold" in caplog.text
    weights, threshold = load_weights(path)
    assert 0 < threshold < 1
    probabilities = answer(weights, to_input(few.validation.images))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


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
            pretrain(few, pens, path, epochs=2)
    assert not path.exists()
    reported = []
    monkeypatch.setattr(command, "_report", lambda epoch, logs: reported.append(epoch))
    pretrain(few, pens, path, epochs=2, seed=1)
    assert reported == [0, 1]
    pretrain(few, pens, path, epochs=2)
    assert reported == [0, 1, 1]
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_a_training_that_ended_before_its_weights_were_written_is_not_done_again(
    tmp_path, few, pens, monkeypatch
):
    path = tmp_path / "weights.npz"
    with monkeypatch.context() as change:
        change.setattr(command, "save_weights", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pretrain(few, pens, path, epochs=1)
    reported = []
    monkeypatch.setattr(command, "_report", lambda epoch, logs: reported.append(epoch))
    pretrain(few, pens, path, epochs=1)
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
