"""Wrong and right answers to the exercises of lesson 01."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

import mnistedu
from mnistedu.data import Split


def answer(function):
    """Return a factory of a function, as the tables need it."""
    return lambda: function


# 01.1


def by_loops(image):
    result = image.copy()
    for row in range(28):
        for column in range(28):
            result[row, column] = 255 - image[row, column]
    return result


def in_place(image):
    image[...] = 255 - image
    return image


# 01.2


def means(choose, how=np.mean):
    """Apply `how` to the chosen images of each digit."""
    return lambda images, labels: [
        how(part[part_labels == digit])
        for part, part_labels in [choose(images, labels)]
        for digit in range(10)
    ]


def first(count):
    return lambda images, labels: (images[:count], labels[:count])


def everything(images, labels):
    return images, labels


def by_bincount(images, labels):
    rows = images.reshape(len(images), -1).mean(axis=1)
    return np.bincount(labels, weights=rows, minlength=10) / np.bincount(labels, minlength=10)


def by_sums(images, labels):
    sums, counts = [0] * 10, [0] * 10
    for image, label in zip(images, labels, strict=True):
        sums[label] += int(image.sum())
        counts[label] += image.size
    return tuple(total / count for total, count in zip(sums, counts, strict=True))


def by_one_hot(images, labels):
    chosen = np.eye(10)[labels].T
    return chosen @ images.reshape(len(images), -1).mean(axis=1) / chosen.sum(axis=1)


# 01.3


def split_by(train, held_out, *, fits=lambda count, total: count <= total):
    """Return a split by functions that return what to take, given the total and the count."""

    def split(images, labels, count):
        total = len(images)
        if not fits(count, total):
            raise ValueError("too few images")
        one, other = train(total, count), held_out(total, count)
        return (images[one], labels[one]), (images[other], labels[other])

    return split


def rest(total, count):
    return slice(0, total - count)


def last(total, count):
    return slice(total - count, total)


def by_negative_slices(images, labels, count):
    if count > len(images):
        raise ValueError("too few images")
    return (images[:-count], labels[:-count]), (images[-count:], labels[-count:])


def without_a_check(images, labels, count):
    cut = len(images) - count
    return (images[:cut], labels[:cut]), (images[cut:], labels[cut:])


def by_assert(images, labels, count):
    assert count <= len(images)
    return without_a_check(images, labels, count)


def labels_from_the_front(images, labels, count):
    if count > len(images):
        raise ValueError("too few images")
    cut = len(images) - count
    return (images[:cut], labels[count:]), (images[cut:], labels[:count])


def four_values(images, labels, count):
    (train, train_labels), (held_out, held_out_labels) = checked(images, labels, count)
    return train, train_labels, held_out, held_out_labels


def scaled(images, labels, count):
    (train, train_labels), (held_out, held_out_labels) = checked(images, labels, count)
    return (train / 255, train_labels), (held_out / 255, held_out_labels)


def train_with_a_duplicate(total, count):
    kept = np.arange(total - count)
    kept[1:2] = 0
    return kept


def checked(images, labels, count):
    if count > len(images):
        raise ValueError("too few images")
    return without_a_check(images, labels, count)


def by_numpy_split(images, labels, count):
    if count > len(images):
        raise ValueError("too few images")
    cut = [len(images) - count]
    return list(zip(np.split(images, cut), np.split(labels, cut), strict=True))


def as_splits(images, labels, count):
    return tuple(Split(*part) for part in checked(images, labels, count))


def as_lists(images, labels, count):
    return [[list(values) for values in part] for part in checked(images, labels, count)]


# 01.4


def with_sklearn(classifier):
    """Return an answer that fits a classifier of scikit-learn."""

    def classify(known, images):
        rows = known.images.reshape(len(known.images), -1) / 255
        return classifier.fit(rows, known.labels).predict(images.reshape(len(images), -1) / 255)

    return classify


def with_baseline(name):
    return lambda known, images: mnistedu.build_baseline(name).fit(*known).predict(images)


def several_averages(known, images, groups=5):
    centres = [
        KMeans(groups, random_state=0)
        .fit(known.images[known.labels == digit].reshape(-1, 784) / 255)
        .cluster_centers_
        for digit in range(10)
    ]
    rows = images.reshape(-1, 1, 784) / 255
    return ((rows - np.concatenate(centres)) ** 2).sum(axis=2).argmin(axis=1) // groups


def neighbours_by_hand(known, images):
    rows = known.images.reshape(-1, 784).astype(float)
    nearest = [
        ((rows - image.reshape(784)) ** 2).sum(axis=1).argmin() for image in images.astype(float)
    ]
    return known.labels[nearest]


def own_network(known, images):
    model = mnistedu.build_mlp(units=(8,))
    return model.predict(mnistedu.to_input(images), verbose=0).argmax(axis=1)


def pretrained(known, images):
    recognizer = mnistedu.Recognizer()
    return recognizer.predict_batch(255 - images).argmax(axis=1)


def one_average(known, images):
    return several_averages(known, images, groups=1)


WRONG = {
    "01.1": [
        ("unchanged", answer(lambda image: image)),
        ("minus", answer(lambda image: -image)),
        ("from the maximum", answer(lambda image: image.max() - image)),
        ("between the extremes", answer(lambda image: image.max() - image + image.min())),
        ("from 254", answer(lambda image: 254 - image.clip(0, 254))),
        ("floats", answer(lambda image: 255.0 - image)),
        ("from 0 to 1", answer(lambda image: 1 - image / 255)),
        ("integers", answer(lambda image: 255 - image.astype(int))),
        ("two levels", answer(lambda image: np.where(image > 127, 0, 255).astype(np.uint8))),
        ("only background", answer(lambda image: np.where(image == 0, 255, image))),
        ("a row", answer(lambda image: 255 - image.ravel())),
        ("rows reversed, too", answer(lambda image: 255 - image[::-1])),
        ("in place", answer(in_place)),
    ],
    "01.2": [
        ("first 500 images", answer(means(first(500)))),
        ("first 5,000 images", answer(means(first(5000)))),
        ("sums", answer(means(everything, np.sum))),
        ("medians", answer(means(everything, np.median))),
        ("maxima", answer(means(everything, np.max))),
        ("standard deviations", answer(means(everything, np.std))),
        ("from 0 to 1", answer(means(everything, lambda part: part.mean() / 255))),
        ("ink per image", answer(means(everything, lambda part: part.sum() / len(part)))),
        ("only pixels with ink", answer(means(everything, lambda part: part[part > 0].mean()))),
        ("rounded", answer(means(everything, lambda part: round(part.mean())))),
        ("one image of each", answer(means(everything, lambda part: part[0].mean()))),
        ("sorted", answer(lambda images, labels: sorted(means(everything)(images, labels)))),
        ("backwards", answer(lambda images, labels: means(everything)(images, labels)[::-1])),
        ("a single mean", answer(lambda images, labels: images.mean())),
        (
            "of all images",
            answer(
                lambda images, labels: [
                    images[labels == digit].sum() / images.size for digit in range(10)
                ]
            ),
        ),
        ("average images", answer(means(everything, lambda part: part.mean(axis=0)))),
    ],
    "01.3": [
        ("first ones", answer(split_by(lambda n, c: slice(c, n), lambda n, c: slice(0, c)))),
        ("keeps all for training", answer(split_by(lambda n, c: slice(0, n), last))),
        ("overlap", answer(split_by(lambda n, c: slice(c, n), last))),
        ("every other", answer(split_by(rest, lambda n, c: slice(0, 2 * c, 2)))),
        ("one too few", answer(split_by(rest, lambda n, c: slice(n - c + 1, n)))),
        ("count held for training", answer(split_by(lambda n, c: slice(0, c), last))),
        ("nothing held out for 0", answer(by_negative_slices)),
        ("no error", answer(without_a_check)),
        ("error of another kind", answer(by_assert)),
        ("limit of 12", answer(split_by(rest, last, fits=lambda count, total: count <= 12))),
        ("limit of 5", answer(split_by(rest, last, fits=lambda count, total: count <= 5))),
        ("limit of 1000", answer(split_by(rest, last, fits=lambda count, total: count <= 1000))),
        ("labels from the front", answer(labels_from_the_front)),
        ("four values", answer(four_values)),
        ("images scaled", answer(scaled)),
        ("held out backwards", answer(split_by(rest, lambda n, c: slice(n - 1, n - c - 1, -1)))),
        ("an image lost", answer(split_by(train_with_a_duplicate, last))),
        ("error for 0", answer(split_by(rest, last, fits=lambda c, n: 0 < c <= n))),
    ],
    "01.4": [
        ("a network of scikit-learn", answer(with_sklearn(MLPClassifier(max_iter=30)))),
        ("a network of Keras", answer(own_network)),
        ("a network that was trained before", answer(pretrained)),
        ("class means", answer(with_baseline("class_means"))),
        ("one average per digit", answer(one_average)),
        ("the most frequent", answer(with_baseline("most_frequent"))),
        ("always 0", answer(lambda known, images: np.zeros(len(images)))),
        ("random", answer(lambda known, images: np.random.default_rng(0).integers(10, size=497))),
        ("labels of the known", answer(lambda known, images: known.labels)),
        ("one digit", answer(lambda known, images: 3)),
        ("probabilities", answer(lambda known, images: np.eye(10)[np.zeros(len(images), int)])),
        ("off by one", answer(lambda known, images: neighbours_by_hand(known, images) + 1)),
        ("text", answer(lambda known, images: neighbours_by_hand(known, images).astype(str))),
    ],
}

RIGHT = {
    "01.1": [
        ("subtraction", answer(lambda image: 255 - image)),
        ("invert", answer(np.invert)),
        ("bits", answer(lambda image: image ^ 255)),
        ("np.subtract", answer(lambda image: np.subtract(255, image))),
        ("loops", answer(by_loops)),
        ("a table", answer(lambda image: np.arange(255, -1, -1, dtype=np.uint8)[image])),
        ("integers and back", answer(lambda image: (255 - image.astype(int)).astype(np.uint8))),
        ("-1 - image", answer(lambda image: (-1 - image.astype(np.int16)).astype(np.uint8))),
    ],
    "01.2": [
        ("a list", answer(means(everything))),
        ("an array", answer(lambda images, labels: np.array(means(everything)(images, labels)))),
        ("np.bincount", answer(by_bincount)),
        ("a loop over images", answer(by_sums)),
        ("one-hot labels", answer(by_one_hot)),
        ("float32", answer(means(everything, lambda part: part.astype("float32").mean()))),
        ("mean of means", answer(means(everything, lambda part: part.mean(axis=(1, 2)).mean()))),
    ],
    "01.3": [
        ("slices", answer(split_by(rest, last))),
        ("np.split", answer(by_numpy_split)),
        ("splits", answer(as_splits)),
        ("lists", answer(as_lists)),
        (
            "masks",
            answer(
                split_by(
                    lambda n, c: np.arange(n) < n - c,
                    lambda n, c: np.arange(n) >= n - c,
                )
            ),
        ),
        (
            "indices",
            answer(split_by(lambda n, c: np.arange(n - c), lambda n, c: np.arange(n - c, n))),
        ),
        ("no empty training part", answer(split_by(rest, last, fits=lambda c, n: not c >= n))),
        ("negative counts refused", answer(split_by(rest, last, fits=lambda c, n: 0 <= c <= n))),
    ],
    "01.4": [
        ("several averages", answer(several_averages)),
        ("nearest neighbours by hand", answer(neighbours_by_hand)),
        ("a baseline", answer(with_baseline("knn"))),
        ("k-nearest-neighbours", answer(with_sklearn(KNeighborsClassifier(1)))),
        ("a support vector machine", answer(with_sklearn(SVC()))),
        ("a random forest", answer(with_sklearn(RandomForestClassifier(random_state=0)))),
        ("logistic regression", answer(with_sklearn(LogisticRegression(max_iter=500)))),
        ("a list", answer(lambda known, images: list(neighbours_by_hand(known, images)))),
    ],
}
