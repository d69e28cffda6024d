import pytest

import mnistedu


@pytest.fixture(scope="package")
def model(digits):
    """Return a softmax regression, whose saliency follows from its weights."""
    model = mnistedu.build_mlp(units=())
    mnistedu.train(model, digits, epochs=5, verbose=False)
    return model
