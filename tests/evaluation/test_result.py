import json

import numpy as np
import pytest

import mnistedu
from mnistedu import Evaluation, Split


def test_metrics_of_a_small_example(result):
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


def test_top_k_accuracy_and_calibration_of_a_small_example(result):
    assert [result.top_k_accuracy(k) for k in (1, 2, 9)] == [0.5, 1.0, 1.0]
    bins = {round(each.low, 1): each for each in result.reliability(bins=10)}
    assert sorted(bins) == [0.6, 0.8, 0.9]
    assert bins[0.6].accuracy == 0
    assert (bins[0.9].count, bins[0.9].accuracy) == (2, 0.5)
    assert sum(each.count for each in bins.values()) == 4
    assert result.calibration_error == pytest.approx((0.6 + 0.2 + 0.9 + 0) / 4)


@pytest.mark.parametrize("k", [0, 10, 1.5])
def test_top_k_accuracy_rejects_other_k(result, k):
    with pytest.raises(ValueError, match=rf"k must be a whole number from 1 to 9, got {k}"):
        result.top_k_accuracy(k)


def test_likely_label_errors_contain_the_wrong_labels(digits):
    images, labels = digits.test
    wrong = labels.copy()
    wrong[[3, 8]] = (labels[[3, 8]] + 1) % 10
    probabilities = 0.9 * np.eye(10)[labels] + 0.01
    result = Evaluation.from_predictions(Split(images, wrong), probabilities)
    errors = result.likely_label_errors
    assert {error.index for error in errors} == {3, 8}
    assert all(error.predicted == labels[error.index] for error in errors)


def test_mcnemar_counts_where_two_models_disagree(split, result):
    perfect = Evaluation.from_predictions(split, np.eye(10)[split.labels])
    test = perfect.mcnemar(result)
    assert (test.only_first, test.only_second, test.p_value) == (2, 0, 0.5)
    assert perfect.mcnemar(perfect).p_value == 1


def test_mcnemar_rejects_evaluations_of_different_images(split, result):
    fewer = Evaluation.from_predictions(split[:2], np.eye(10)[[0, 1]])
    other = Evaluation.from_predictions(
        Split(split.images + np.uint8(1), split.labels), np.eye(10)[split.labels]
    )
    for different in (fewer, other):
        with pytest.raises(ValueError, match="the same images in the same order"):
            result.mcnemar(different)


def test_repr_contains_the_metrics(result):
    assert repr(result).startswith("Evaluation on 4 images: accuracy 50.00% (95 % interval 15.00%")


def test_to_json_contains_all_metrics(result):
    figures = json.loads(result.to_json())
    assert figures == result.to_dict()
    assert figures["accuracy"] == result.accuracy
    assert figures["interval"] == list(result.interval)
    assert np.array_equal(figures["confusion"], result.confusion)
    assert figures["mistakes"][0]["predicted"] == 3
    assert figures["per_class"][2]["support"] == 2


def test_evaluate_equals_keras_evaluate(digits):
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
        (np.full((3, 10), 0.1), r"shape \(4, 10\) .* got \(3, 10\)"),
        (np.full((4, 9), 1 / 9), r"shape \(4, 10\) .* got \(4, 9\)"),
        (np.full((4, 10), np.nan), "must be finite, .* did the training diverge"),
        (np.full((4, 10), 0.5), "sum to 1, .* end in a softmax"),
        (np.eye(10)[:4] * 3 - 0.2, "at least 0 and sum to 1"),
    ],
)
def test_rejects_values_that_are_not_probabilities(split, probabilities, message):
    with pytest.raises(ValueError, match=rf"(?s){message}"):
        Evaluation.from_predictions(split, probabilities)


def test_rejects_an_empty_split(split):
    with pytest.raises(ValueError, match="at least one image, got none"):
        mnistedu.evaluate(mnistedu.build_mlp(), split[:0])
    with pytest.raises(ValueError, match="at least one image, got none"):
        Evaluation.from_predictions(split[:0], np.zeros((0, 10)))


def test_rejects_other_types_than_a_split():
    with pytest.raises(TypeError, match=r"mnistedu\.Split such as data\.test, got tuple"):
        Evaluation.from_predictions(([], []), [])
    with pytest.raises(TypeError, match=r"mnistedu\.Split such as data\.test, got list"):
        mnistedu.evaluate(mnistedu.build_mlp(), [])
