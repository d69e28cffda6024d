import numpy as np

import mnistedu
from mnistedu.inspection import layer_output, occlusion, saliency
from mnistedu.inspection.probe import Probe


def test_activations_equal_those_of_the_model(digits):
    cnn = mnistedu.build_cnn(filters=(8, 16))
    image = digits.test.images[0]
    probe = Probe(cnn)
    activations = probe.activations(image)
    assert list(activations.outputs) == list(probe.kinds)
    for name, output in activations.outputs.items():
        expected = layer_output(cnn, image[None], name)[0]
        np.testing.assert_allclose(output, expected, atol=1e-5)
    np.testing.assert_allclose(activations.saliency, saliency(cnn, image), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(probe.occlusion(image), occlusion(cnn, image, step=2), atol=1e-5)
    np.testing.assert_array_equal(probe.filters()[3], np.asarray(cnn.layers[0].kernel)[:, :, 0, 3])


def test_probe_uses_new_weights_after_training(digits):
    model = mnistedu.build_mlp(units=())
    probe = Probe(model)
    before = probe.filters()
    mnistedu.train(model, digits, epochs=1, verbose=False)
    assert np.abs(probe.filters() - before).max() > 0
