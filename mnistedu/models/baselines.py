"""Baselines: four classifiers without a network, which a network should beat."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from mnistedu.preprocessing import to_input

_IMAGES_AT_ONCE = 1000


def build_baseline(name: str) -> Pipeline:
    """Build a scikit-learn classifier of images, not trained yet.

    Train it with ``classifier.fit(*data.train)``, and evaluate it with ``evaluate(classifier,
    data.test)`` like any network.

    Parameters
    ----------
    name : {"most_frequent", "class_means", "logistic_regression", "knn"}
        ``most_frequent`` always predicts the digit that occurs most often in training.
        ``class_means`` predicts the digit whose average image is nearest, pixel by pixel.
        ``logistic_regression`` weighs the pixels, like a network of one layer. ``knn`` takes the
        most frequent label of the three nearest training images.

    Returns
    -------
    classifier : sklearn.pipeline.Pipeline
        Takes images of shape (n, 28, 28) and dtype uint8.

    Raises
    ------
    ValueError
        If there is no baseline of that name.

    Examples
    --------
    >>> import mnistedu
    >>> digits = mnistedu.load_digits()
    >>> nearest = build_baseline("class_means").fit(*digits.train)
    >>> mnistedu.evaluate(nearest, digits.test).accuracy > 0.7
    True
    """
    classifiers = {
        "most_frequent": DummyClassifier(strategy="most_frequent"),
        "class_means": ClassMeans(),
        # It stops early: closer to the optimum takes minutes and gains nothing.
        "logistic_regression": LogisticRegression(solver="saga", tol=0.1, random_state=0),
    }
    if name == "knn":
        return make_pipeline(NearestNeighbours())
    if name not in classifiers:
        raise ValueError(f"name must be one of {', '.join([*classifiers, 'knn'])}, got {name!r}")
    return make_pipeline(FunctionTransformer(flatten), classifiers[name])


class ClassMeans(ClassifierMixin, BaseEstimator):
    """Compare each image with the average image of each class, pixel by pixel.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    means_ : ndarray of shape (n_classes, n_pixels)

    Examples
    --------
    >>> classifier = ClassMeans().fit(np.array([[0.0], [2.0], [9.0]]), [3, 3, 5])
    >>> classifier.means_.ravel()
    array([1., 9.])
    >>> classifier.predict([[4.0], [6.0]])
    array([3, 5])
    """

    def fit(self, X: np.ndarray, y: np.ndarray) -> ClassMeans:
        """Average the rows of each class.

        Parameters
        ----------
        X : ndarray of shape (n, n_pixels)
        y : ndarray of shape (n,)

        Returns
        -------
        classifier : ClassMeans
            Itself.
        """
        self.classes_ = np.unique(y)
        self.means_ = np.array([X[np.equal(y, label)].mean(axis=0) for label in self.classes_])
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each class: the nearer its mean, the higher.

        Parameters
        ----------
        X : ndarray of shape (n, n_pixels)

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
            As if each class were a normal distribution of variance 1 about its mean.
        """
        return softmax(-0.5 * pairwise_distances(X, self.means_) ** 2, axis=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the class whose mean is nearest.

        Parameters
        ----------
        X : ndarray of shape (n, n_pixels)

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class NearestNeighbours(ClassifierMixin, BaseEstimator):
    """Let the most similar training images vote, in little memory.

    The same as scikit-learn's ``KNeighborsClassifier``, except that the training images stay bytes
    and are compared with a thousand at a time.

    Parameters
    ----------
    n_neighbors : int, default=3
        Number of training images that vote.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    images_ : ndarray of shape (n_known, 28, 28), dtype uint8
    labels_ : ndarray of shape (n_known,)
        Indices of the labels in ``classes_``.

    Examples
    --------
    >>> import mnistedu
    >>> digits = mnistedu.load_digits()
    >>> neighbours = NearestNeighbours().fit(*digits.train)
    >>> neighbours.score(*digits.test) > 0.9
    True
    """

    def __init__(self, n_neighbors: int = 3) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: np.ndarray, y: np.ndarray) -> NearestNeighbours:
        """Keep the images and their labels.

        Parameters
        ----------
        X : ndarray of shape (n, 28, 28), dtype uint8
        y : ndarray of shape (n,)

        Returns
        -------
        classifier : NearestNeighbours
            Itself.
        """
        self.classes_, self.labels_ = np.unique(y, return_inverse=True)
        self.images_ = X
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the fraction of the votes for each class.

        Parameters
        ----------
        X : ndarray of shape (n, 28, 28), dtype uint8

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
        """
        rows = flatten(X)
        distances = np.empty((len(rows), 0), np.float32)
        nearest = np.empty((len(rows), 0), int)
        for start in range(0, len(self.images_), _IMAGES_AT_ONCE):
            known = flatten(self.images_[start : start + _IMAGES_AT_ONCE])
            # Squared distances, without the squares of the rows, which do not change the order.
            new = (known**2).sum(axis=1) - 2 * rows @ known.T
            last = min(self.n_neighbors, len(known)) - 1
            best = np.argpartition(new, last, axis=1)[:, : last + 1]
            distances = np.hstack([distances, np.take_along_axis(new, best, axis=1)])
            nearest = np.hstack([nearest, start + best])
            best = distances.argsort(axis=1)[:, : self.n_neighbors]
            distances = np.take_along_axis(distances, best, axis=1)
            nearest = np.take_along_axis(nearest, best, axis=1)
        votes = self.labels_[nearest][:, :, np.newaxis] == np.arange(len(self.classes_))
        return votes.mean(axis=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the class with the most votes, the first one of several.

        Parameters
        ----------
        X : ndarray of shape (n, 28, 28), dtype uint8

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def flatten(images: np.ndarray) -> np.ndarray:
    """Return images as rows of 784 numbers, as scikit-learn's classifiers take them.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28), dtype uint8

    Returns
    -------
    rows : ndarray of shape (n, 784), dtype float32
        From 0 to 1.

    Examples
    --------
    >>> flatten(np.full((2, 28, 28), 255, np.uint8)).shape
    (2, 784)
    """
    return to_input(images).reshape(len(images), -1)
