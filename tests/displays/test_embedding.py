"""Images on a plane, arranged by a model's features."""

import numpy as np

from mnistedu.displays import EmbeddingDisplay


def test_digits_are_drawn_at_their_points(digits, mlp):
    display = EmbeddingDisplay.from_model(mlp, digits.test[:60]).plot()
    labels = digits.test.labels[:60]
    assert sorted(display.points_) == sorted(set(labels.tolist()))
    for digit, points in display.points_.items():
        np.testing.assert_allclose(points.get_offsets(), display.points[labels == digit])
    assert display.ax_.get_title(loc="left") == "Images by similarity (principal components)"


def test_alt_text_names_the_closest_groups():
    points = [[0, 0], [0, 1], [9, 9]]
    text = EmbeddingDisplay(points, [4, 9, 1], method="tsne").alt_text
    assert text == (
        "Map of 3 images by t-SNE, each drawn as its digit. "
        "The groups closest to each other are 4 and 9."
    )
