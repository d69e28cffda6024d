"""Images on a plane, by what the model finds alike."""

import numpy as np

from mnistedu.displays import EmbeddingDisplay


def test_a_map_has_each_digit_in_its_place(digits, mlp):
    display = EmbeddingDisplay.from_model(mlp, digits.test[:60]).plot()
    labels = digits.test.labels[:60]
    assert sorted(display.points_) == sorted(set(labels.tolist()))
    for digit, points in display.points_.items():
        np.testing.assert_allclose(points.get_offsets(), display.places[labels == digit])
    assert display.ax_.get_title(loc="left") == "Who looks like whom (principal components)"


def test_a_map_says_which_groups_are_neighbours():
    places = [[0, 0], [0, 1], [9, 9]]
    text = EmbeddingDisplay(places, [4, 9, 1], method="tsne").alt_text
    assert text == (
        "Map of 3 images by t-SNE, each drawn as its digit. "
        "The groups nearest each other are 4 and 9."
    )
