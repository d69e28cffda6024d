"""Teaching a hand: what is learnt, what is not forgotten, and what stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mnistedu
from mnistedu import Ink, Recognizer, Samples, to_input


def silent(share: float) -> None:
    pass


def odd_three(rng: np.random.Generator) -> Ink:
    """A 3 that has fallen on its face, like an M: nobody's digit before."""
    points = [(20, 240), (30, 30), (120, 160), (210, 30), (220, 240)]
    return Ink([np.array(points) + rng.normal(0, 6, (5, 2))])


def odd_four(rng: np.random.Generator) -> Ink:
    """A 4 like an A."""
    strokes = [[(30, 240), (120, 20), (210, 240)], [(70, 150), (170, 150)]]
    return Ink([np.array(stroke) + rng.normal(0, 6, (len(stroke), 2)) for stroke in strokes])


def write(count: int, seed: int) -> Samples:
    rng, samples = np.random.default_rng(seed), Samples()
    for _ in range(count):
        samples.add(odd_three(rng), 3)
        samples.add(odd_four(rng), 4)
    return samples


def accuracy(recognizer: Recognizer, images: np.ndarray, labels: np.ndarray) -> float:
    return float((recognizer.predict_batch(images).argmax(axis=1) == labels).mean())


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer()


@pytest.fixture(scope="module")
def adapted(shipped: Recognizer) -> Recognizer:
    return shipped.adapt(write(5, seed=0), progress=silent)


def test_the_hand_is_learnt(shipped: Recognizer, adapted: Recognizer) -> None:
    images, labels, _ = write(50, seed=1)
    assert accuracy(shipped, images, labels) < 0.8
    assert accuracy(adapted, images, labels) > 0.97


def test_other_hands_are_not_forgotten(
    shipped: Recognizer, adapted: Recognizer, digits: mnistedu.Dataset
) -> None:
    lost = accuracy(shipped, *digits.test) - accuracy(adapted, *digits.test)
    assert lost <= 0.01


def test_the_first_recogniser_stays_as_it_is(shipped: Recognizer, adapted: Recognizer) -> None:
    images = write(5, seed=2).images
    expected = Recognizer().predict_batch(images)
    np.testing.assert_array_equal(shipped.predict_batch(images), expected)
    assert np.abs(adapted.predict_batch(images) - expected).max() > 0.1
    assert adapted.threshold == shipped.threshold
    assert shipped.adaptation is None


def test_what_was_learnt_is_told_honestly(shipped: Recognizer, adapted: Recognizer) -> None:
    images, labels, _ = write(5, seed=0)
    report = adapted.adaptation
    assert report.count == 10
    assert report.before == round(10 * accuracy(shipped, images, labels))
    assert report.after > report.before
    assert str(report).startswith(f"Read right before: {report.before} of 10 drawings. After:")


def test_a_drawing_does_not_vouch_for_itself(shipped: Recognizer) -> None:
    samples = Samples()
    samples.add(odd_three(np.random.default_rng(0)), 8)
    adapted = shipped.adapt(samples, progress=silent)
    assert adapted.predict(samples.inks[0]).digit == 8, "learnt by heart"
    assert adapted.adaptation.after == 0, "but not known before it was told"


def test_the_same_seed_gives_the_same(shipped: Recognizer, adapted: Recognizer) -> None:
    again = shipped.adapt(write(5, seed=0), progress=silent)
    images = write(5, seed=1).images
    np.testing.assert_allclose(
        again.predict_batch(images), adapted.predict_batch(images), atol=1e-5
    )


def test_progress_is_told(shipped: Recognizer) -> None:
    shares = []
    shipped.adapt(write(1, seed=0), progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1


def test_a_bar_ends_with_what_it_brought(shipped: Recognizer, capfd: pytest.CaptureFixture) -> None:
    adapted = shipped.adapt(write(1, seed=0))
    shown = capfd.readouterr().err
    assert "100%" in shown
    assert str(adapted.adaptation) in shown


def test_as_a_keras_model_it_answers_the_same(adapted: Recognizer) -> None:
    images, _, inks = write(5, seed=1)
    np.testing.assert_allclose(
        adapted.to_keras()(to_input(images)), adapted.predict_batch(inks), atol=1e-4
    )


def test_a_keras_model_is_taught_in_a_copy(digits: mnistedu.Dataset) -> None:
    model = mnistedu.build_mlp(units=(64,))
    mnistedu.train(model, digits, epochs=5, verbose=False)
    recognizer, hand = Recognizer(model), write(50, seed=1)
    before = model(to_input(hand.images))
    adapted = recognizer.adapt(write(5, seed=0), progress=silent)
    np.testing.assert_array_equal(model(to_input(hand.images)), before)
    assert adapted.model is adapted.to_keras() is not model
    assert accuracy(recognizer, hand.images, hand.labels) < 0.9
    assert accuracy(adapted, hand.images, hand.labels) > 0.95
    lost = accuracy(recognizer, *digits.test) - accuracy(adapted, *digits.test)
    assert lost <= 0.05


def test_what_cannot_learn_says_so(shipped: Recognizer) -> None:
    import keras

    function = Recognizer(lambda images: np.eye(10)[[3] * len(images)])
    with pytest.raises(TypeError, match="cannot be adapted"):
        function.adapt(write(1, seed=0))
    with pytest.raises(TypeError, match="cannot become a Keras model"):
        function.to_keras()
    with pytest.raises(ValueError, match="no drawings to learn from"):
        shipped.adapt(Samples())
    layers = [keras.layers.Flatten(), keras.layers.Dense(10), keras.layers.Softmax()]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    with pytest.raises(ValueError, match=r"Dense\(10, activation='softmax'\)"):
        Recognizer(model).adapt(write(1, seed=0))


def test_what_was_learnt_goes_into_a_web_page(adapted: Recognizer, tmp_path: Path) -> None:
    pages = [
        mnistedu.export_page(recognizer, tmp_path / f"{number}.html").read_text()
        for number, recognizer in enumerate([adapted, Recognizer()])
    ]
    assert pages[0] != pages[1]
