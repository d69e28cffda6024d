import numpy as np

from mnistedu.training.schedules import one_cycle


def test_one_cycle_increases_for_a_quarter_and_then_decreases_to_0():
    progress = np.linspace(0, 1, 101)
    factors = np.asarray(one_cycle(progress))
    assert factors.argmax() == 25
    assert factors.max() == 1
    assert abs(factors[-1]) < 1e-6
    assert (np.diff(factors[:26]) > 0).all()
    assert (np.diff(factors[25:]) < 0).all()
