from dataclasses import replace

import pytest

import mnistedu
from mnistedu.evaluation import learning_curve


def means():
    return mnistedu.build_baseline("class_means")


def test_accuracy_increases_with_the_number_of_images(digits):
    curve = learning_curve(means, digits, sizes=[1000, 20, 200])
    assert curve.sizes == (20, 200, 1000)
    assert list(curve.validation) == sorted(curve.validation)
    assert curve.training[0] > curve.validation[0]  # few images are easy to memorize
    for accuracy, (low, high) in zip(curve.validation, curve.intervals, strict=True):
        assert low < accuracy < high


def test_default_sizes_end_with_all_images(digits):
    curve = learning_curve(means, digits)
    assert len(curve.sizes) == 5
    assert curve.sizes[-1] == len(digits.train)
    full = mnistedu.evaluate(means().fit(*digits.train), digits.validation)
    assert curve.validation[-1] == full.accuracy


def test_networks_train_for_the_same_number_of_steps(digits):
    built = []

    def build():
        built.append(mnistedu.build_mlp(units=()))
        return built[-1]

    learning_curve(build, digits, sizes=[32, 256], steps=16, batch_size=64)
    # A batch is never larger than the number of images.
    assert [int(model.optimizer.iterations.numpy()) for model in built] == [32, 16]


@pytest.mark.parametrize("sizes", [[], [0], [5, 10_000]])
def test_rejects_invalid_sizes(digits, sizes):
    with pytest.raises(ValueError, match="sizes must be from 1 to 1197"):
        learning_curve(means, digits, sizes=sizes)


def test_rejects_a_data_set_without_validation_images(digits):
    with pytest.raises(ValueError, match=r"data\.validation is empty"):
        learning_curve(means, replace(digits, validation=digits.validation[:0]))
