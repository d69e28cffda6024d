import numpy as np
import pytest

import mnistedu
from mnistedu.inspection import embed, layer_output


def test_layer_output_equals_that_of_keras(digits):
    model = mnistedu.build_mlp(units=(16,))
    images = digits.test.images[:9]
    expected = model.layers[1](model.layers[0](mnistedu.to_input(images)))
    output = layer_output(model, images, model.layers[1].name)
    np.testing.assert_allclose(output, expected, atol=1e-5)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_embed_keeps_images_of_the_same_digit_together(model, digits, method):
    points = embed(model, digits.test.images[:150], method=method)
    labels = digits.test.labels[:150]
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (labels[distances.argmin(axis=1)] == labels).mean() > 0.3
    np.testing.assert_array_equal(embed(model, digits.test.images[:150], method=method), points)


def test_embed_rejects_other_methods_and_too_few_images(model, digits):
    with pytest.raises(ValueError, match="method must be 'pca' or 'tsne', got 'umap'"):
        embed(model, digits.test.images, method="umap")
    with pytest.raises(ValueError, match="at least three images, got 2"):
        embed(model, digits.test.images[:2])
