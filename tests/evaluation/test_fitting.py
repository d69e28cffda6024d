import numpy as np
import pytest

import mnistedu
from mnistedu.evaluation.fitting import fit


def test_fit_trains_networks_and_classifiers(digits):
    network, classifier = mnistedu.build_mlp(units=()), mnistedu.build_baseline("class_means")
    before = network.get_weights()[0]
    fit(network, digits, epochs=1)
    fit(classifier, digits, epochs=1)
    assert not np.allclose(network.get_weights()[0], before)
    assert mnistedu.evaluate(classifier, digits.test).accuracy > 0.5


def test_fit_rejects_a_function(digits):
    with pytest.raises(TypeError, match="can be trained here, got function"):
        fit(lambda images: images, digits, epochs=1)
