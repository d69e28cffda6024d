import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

import mnistedu
from mnistedu.models.baselines import NearestNeighbours, build_baseline, flatten

BASELINES = ("most_frequent", "class_means", "logistic_regression", "knn")


@pytest.fixture(scope="module")
def results(digits):
    return {
        name: mnistedu.evaluate(build_baseline(name).fit(*digits.train), digits.test)
        for name in BASELINES
    }


def test_each_is_better_than_the_one_before(results):
    accuracies = [results[name].accuracy for name in BASELINES]
    assert accuracies == sorted(accuracies)
    assert accuracies[0] < 0.15
    assert accuracies[1] > 0.75
    assert accuracies[-1] > 0.9


def test_the_most_frequent_digit_is_always_the_answer(results, digits):
    assert set(results["most_frequent"].predicted) == {np.bincount(digits.train.labels).argmax()}


def test_the_nearest_mean_is_the_answer(results, digits):
    images, labels = digits.train
    means = np.array([flatten(images[labels == digit]).mean(axis=0) for digit in range(10)])
    distances = np.linalg.norm(flatten(digits.test.images)[:, None] - means, axis=2)
    np.testing.assert_array_equal(results["class_means"].predicted, distances.argmin(axis=1))


def test_the_neighbours_vote(results):
    thirds = np.unique(results["knn"].probabilities)
    np.testing.assert_allclose(thirds, [0, 1 / 3, 2 / 3, 1], atol=1e-6)


def test_the_nearest_mean_reads_mnist_as_others_measured(mnist):
    nearest = build_baseline("class_means").fit(*mnist.train)
    # 82.03 % with all 60,000 training images.
    assert mnistedu.evaluate(nearest, mnist.test).accuracy == pytest.approx(0.820, abs=0.003)


def test_the_neighbours_are_those_of_scikit_learn_in_less_memory(results, digits):
    images, labels = digits.train
    theirs = KNeighborsClassifier(n_neighbors=3).fit(flatten(images), labels)
    expected = theirs.predict_proba(flatten(digits.test.images))
    np.testing.assert_allclose(results["knn"].probabilities, expected, atol=1e-6)
    assert build_baseline("knn").fit(images, labels)[0].images_ is images


def test_the_neighbours_of_one_known_image():
    image = np.zeros((1, 28, 28), np.uint8)
    assert NearestNeighbours().fit(image, [7]).predict(image).tolist() == [7]


def test_a_baseline_that_is_none():
    with pytest.raises(ValueError, match=r"one of most_frequent, .* got 'svm'"):
        build_baseline("svm")
