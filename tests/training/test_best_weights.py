import numpy as np

from mnistedu.training.best_weights import BestWeights
from tests.training.helpers import build_dense, train


def test_restore_sets_the_weights_and_optimizer_of_the_best_epoch(small):
    model = build_dense()
    train(model, small)
    best = BestWeights(model)
    expected = model.get_weights()
    best.update(0, {"loss": 2.0, "val_loss": 0.3})
    train(model, small)
    best.update(1, {"loss": 1.0, "val_loss": 0.5})
    assert not np.allclose(model.get_weights()[0], expected[0])
    best.restore()
    assert best.epoch == 0
    for actual, weights in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(actual, weights)
    assert int(model.optimizer.iterations.numpy()) == 10


def test_training_loss_is_used_without_validation():
    best = BestWeights(build_dense())
    best.update(0, {"loss": 0.5})
    best.update(1, {"loss": 0.3})
    assert best.epoch == 1


def test_a_loss_of_nan_is_never_the_best():
    best = BestWeights(build_dense())
    best.update(0, {"loss": float("nan")})
    assert best.epoch is None
