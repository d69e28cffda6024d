"""Adaptation to a handwriting: accuracy on it, accuracy on others, and the result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mnistedu
from mnistedu import Ink, Recognizer, Samples, to_input


def no_progress(fraction: float) -> None:
    pass


def odd_three(rng: np.random.Generator) -> Ink:
    """Return a 3 that looks like an M, unlike any in the training data."""
    points = [(20, 240), (30, 30), (120, 160), (210, 30), (220, 240)]
    return Ink([np.array(points) + rng.normal(0, 6, (5, 2))])


def odd_four(rng: np.random.Generator) -> Ink:
    """Return a 4 that looks like an A."""
    strokes = [[(30, 240), (120, 20), (210, 240)], [(70, 150), (170, 150)]]
    return Ink([np.array(stroke) + rng.normal(0, 6, (len(stroke), 2)) for stroke in strokes])


def make_samples(count: int, seed: int) -> Samples:
    rng, samples = np.random.default_rng(seed), Samples()
    for _ in range(count):
        samples.add(odd_three(rng), 3)
        samples.add(odd_four(rng), 4)
    return samples


def accuracy(recognizer: Recognizer, images: np.ndarray, labels: np.ndarray) -> float:
    return float((recognizer.predict_batch(images).argmax(axis=1) == labels).mean())


@pytest.fixture(scope="module")
def pretrained() -> Recognizer:
    return Recognizer()


@pytest.fixture(scope="module")
def adapted(pretrained: Recognizer) -> Recognizer:
    return pretrained.adapt(make_samples(5, seed=0), progress=no_progress)


def test_adapted_recognizer_reads_the_handwriting(
    pretrained: Recognizer, adapted: Recognizer
) -> None:
    images, labels, _ = make_samples(50, seed=1)
    assert accuracy(pretrained, images, labels) < 0.8
    assert accuracy(adapted, images, labels) > 0.97


def test_adapted_recognizer_still_reads_other_handwritings(
    pretrained: Recognizer, adapted: Recognizer, digits: mnistedu.Dataset
) -> None:
    lost = accuracy(pretrained, *digits.test) - accuracy(adapted, *digits.test)
    assert lost <= 0.01


def test_the_original_recognizer_is_not_changed(
    pretrained: Recognizer, adapted: Recognizer
) -> None:
    images = make_samples(5, seed=2).images
    expected = Recognizer().predict_batch(images)
    np.testing.assert_array_equal(pretrained.predict_batch(images), expected)
    assert np.abs(adapted.predict_batch(images) - expected).max() > 0.1
    assert adapted.threshold == pretrained.threshold
    assert pretrained.adaptation is None


def test_result_counts_correct_predictions_before_and_after(
    pretrained: Recognizer, adapted: Recognizer
) -> None:
    images, labels, _ = make_samples(5, seed=0)
    report = adapted.adaptation
    assert report.count == 10
    assert report.before == round(10 * accuracy(pretrained, images, labels))
    assert report.after > report.before
    assert str(report).startswith(f"Read correctly before: {report.before} of 10 drawings. After:")


def test_after_is_cross_validated(pretrained: Recognizer) -> None:
    samples = Samples()
    samples.add(odd_three(np.random.default_rng(0)), 8)
    adapted = pretrained.adapt(samples, progress=no_progress)
    assert adapted.predict(samples.inks[0]).digit == 8  # memorized
    assert adapted.adaptation.after == 0  # but not predicted without it


def test_the_same_seed_returns_the_same_network(
    pretrained: Recognizer, adapted: Recognizer
) -> None:
    again = pretrained.adapt(make_samples(5, seed=0), progress=no_progress)
    images = make_samples(5, seed=1).images
    np.testing.assert_allclose(
        again.predict_batch(images), adapted.predict_batch(images), atol=1e-5
    )


def test_progress_is_called_with_increasing_fractions(pretrained: Recognizer) -> None:
    fractions = []
    pretrained.adapt(make_samples(1, seed=0), progress=fractions.append)
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < 0.2
    assert fractions[-1] == 1


def test_progress_bar_ends_with_the_result(
    pretrained: Recognizer, capfd: pytest.CaptureFixture
) -> None:
    adapted = pretrained.adapt(make_samples(1, seed=0))
    shown = capfd.readouterr().err
    assert "100%" in shown
    assert str(adapted.adaptation) in shown


def test_to_keras_predicts_the_same(adapted: Recognizer) -> None:
    images, _, inks = make_samples(5, seed=1)
    np.testing.assert_allclose(
        adapted.to_keras()(to_input(images)), adapted.predict_batch(inks), atol=1e-4
    )


def test_a_keras_model_is_adapted_in_a_copy(digits: mnistedu.Dataset) -> None:
    model = mnistedu.build_mlp(units=(64,))
    mnistedu.train(model, digits, epochs=5, verbose=False)
    recognizer, samples = Recognizer(model), make_samples(50, seed=1)
    before = model(to_input(samples.images))
    adapted = recognizer.adapt(make_samples(5, seed=0), progress=no_progress)
    np.testing.assert_array_equal(model(to_input(samples.images)), before)
    assert adapted.model is adapted.to_keras() is not model
    assert accuracy(recognizer, samples.images, samples.labels) < 0.9
    assert accuracy(adapted, samples.images, samples.labels) > 0.95
    lost = accuracy(recognizer, *digits.test) - accuracy(adapted, *digits.test)
    assert lost <= 0.05


def test_rejects_functions_no_samples_and_models_with_another_head(pretrained: Recognizer) -> None:
    import keras

    function = Recognizer(lambda images: np.eye(10)[[3] * len(images)])
    with pytest.raises(TypeError, match="cannot be adapted"):
        function.adapt(make_samples(1, seed=0))
    with pytest.raises(TypeError, match="cannot be converted to a Keras model"):
        function.to_keras()
    with pytest.raises(ValueError, match="no drawings to adapt to"):
        pretrained.adapt(Samples())
    layers = [keras.layers.Flatten(), keras.layers.Dense(10), keras.layers.Softmax()]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    with pytest.raises(ValueError, match=r"Dense\(10, activation='softmax'\)"):
        Recognizer(model).adapt(make_samples(1, seed=0))


def test_an_adapted_recognizer_can_be_exported(adapted: Recognizer, tmp_path: Path) -> None:
    pages = [
        mnistedu.export_page(recognizer, tmp_path / f"{number}.html").read_text()
        for number, recognizer in enumerate([adapted, Recognizer()])
    ]
    assert pages[0] != pages[1]
