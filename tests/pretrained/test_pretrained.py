"""The file of the weights."""

import numpy as np

from mnistedu import Recognizer
from mnistedu.pretrained import WEIGHTS, load_weights, save_weights


def test_saved_weights_are_loaded_with_the_precision_of_16_bits(tmp_path):
    path = tmp_path / "weights.npz"
    pretrained, _ = load_weights()
    save_weights(path, pretrained | {"classes_bias": np.full(11, 1 / 3)}, threshold=0.75)
    weights, threshold = load_weights(path)
    assert threshold == 0.75
    assert weights["classes_bias"].dtype == np.float32
    np.testing.assert_allclose(weights["classes_bias"], 1 / 3, rtol=1e-3)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_the_file_is_at_most_a_megabyte():
    assert WEIGHTS.stat().st_size <= 1_000_000


def test_the_file_contains_the_threshold():
    assert Recognizer().threshold == load_weights()[1]
