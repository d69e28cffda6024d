import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mnistedu
from mnistedu import Evaluation, Split
from mnistedu.evaluation import wilson_interval


@pytest.fixture
def split():
    return Split(np.zeros((4, 28, 28), np.uint8), np.array([0, 1, 2, 2]))


@pytest.fixture
def result(split):
    """Two right, a 1 taken for a 7 at 60 %, a 2 taken for a 3 at 90 %."""
    probabilities = np.zeros((4, 10))
    probabilities[0, 0] = 1
    probabilities[1, [7, 1]] = 0.6, 0.4
    probabilities[2, [2, 5]] = 0.8, 0.2
    probabilities[3, [3, 2]] = 0.9, 0.1
    return Evaluation.from_predictions(split, probabilities)


def test_the_figures_are_right(result):
    assert result.accuracy == 0.5
    assert result.loss == pytest.approx(-np.log([1, 0.4, 0.8, 0.1]).mean(), rel=1e-5)
    assert result.confusion.sum() == 4
    assert result.confusion[1, 7] == result.confusion[2, 3] == 1
    two = result.per_class[2]
    assert (two.precision, two.recall, two.support) == (1.0, 0.5, 2)
    assert two.f1 == pytest.approx(2 / 3)


def test_mistakes_are_sorted_by_confidence(result):
    first, second = result.mistakes
    assert (first.index, first.label, first.predicted) == (3, 2, 3)
    assert first.confidence == pytest.approx(0.9)
    assert (second.index, second.label, second.predicted) == (1, 1, 7)


def test_it_shows_itself(result):
    assert repr(result).startswith("Evaluation on 4 images: accuracy 50.00% (95 % interval 15.00%")
    html = result._repr_html_()
    assert "<b>50.00%</b> of 4 images" in html
    assert html.count("<tr>") == 11


def test_a_model_is_measured_as_keras_measures_it(digits):
    model = mnistedu.build_mlp(units=(16,))
    mnistedu.train(model, digits, epochs=2, verbose=False)
    result = mnistedu.evaluate(model, digits.test)
    loss, accuracy = model.evaluate(
        mnistedu.to_input(digits.test.images), digits.test.labels, verbose=0
    )
    assert result.accuracy == pytest.approx(accuracy, abs=1e-6)
    assert result.loss == pytest.approx(loss, rel=1e-3)
    assert result.probabilities.dtype == np.float32


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (np.full((3, 10), 0.1), r"shape \(4, 10\), .* got \(3, 10\)"),
        (np.full((4, 9), 1 / 9), r"shape \(4, 10\), .* got \(4, 9\)"),
        (np.full((4, 10), np.nan), "must be finite, .* did the training diverge"),
        (np.full((4, 10), 0.5), "sum to 1, .* end in a softmax"),
        (np.eye(10)[:4] * 3 - 0.2, "at least 0 and sum to 1"),
    ],
)
def test_answers_that_are_no_probabilities(split, probabilities, message):
    with pytest.raises(ValueError, match=rf"(?s){message}"):
        Evaluation.from_predictions(split, probabilities)


def test_an_empty_split(split):
    with pytest.raises(ValueError, match="holds no images"):
        mnistedu.evaluate(mnistedu.build_mlp(), split[:0])
    with pytest.raises(ValueError, match="holds no images"):
        Evaluation.from_predictions(split[:0], np.zeros((0, 10)))


def test_something_that_is_no_split():
    with pytest.raises(TypeError, match=r"mnistedu\.Split such as data\.test, got list"):
        mnistedu.evaluate(mnistedu.build_mlp(), [])


@given(trials=st.integers(1, 10_000), share=st.floats(0, 1))
def test_the_interval_holds_the_proportion(trials, share):
    successes = round(share * trials)
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert high - low < 1


def test_the_interval_is_wilsons():
    low, high = wilson_interval(8, 10)
    # Newcombe, Statistics in Medicine 17 (1998), gives 0.490 to 0.943 for 8 of 10.
    assert (low, high) == (pytest.approx(0.490, abs=1e-3), pytest.approx(0.943, abs=1e-3))
