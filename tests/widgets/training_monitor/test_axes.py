"""The axes of the charts."""

from __future__ import annotations

import numpy as np
import pytest

from mnistedu.widgets.training_monitor.axes import Axes, round_numbers


@pytest.mark.parametrize("low", [-3.7, 0, 0.00123, 0.98, 12_345])
@pytest.mark.parametrize("span", [1e-4, 0.0007, 0.2, 1, 3, 9.9, 100, 54_321])
def test_ticks_are_round_few_and_within(low: float, span: float) -> None:
    numbers = round_numbers(low, low + span)
    assert 3 <= len(numbers) <= 8
    assert numbers[0] >= low - 1e-9 * span
    assert numbers[-1] <= low + span * (1 + 1e-9)
    steps = np.diff(numbers)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    assert f"{steps[0]:.3e}"[:5] in ("1.000", "2.000", "5.000")


@pytest.mark.parametrize(("high", "log"), [(0.5, False), (2.3, True), (-1, False)])
def test_a_loss_that_falls_far_is_on_a_logarithmic_axis(high: float, log: bool) -> None:
    axes = Axes([[(1, high), (2, 0.1)]], log=True)
    assert axes.log == log
    ys = [axes.to_pixels((0, tick))[1] for tick in axes.ticks()]
    assert ys == sorted(ys, reverse=True)
    assert len(ys) >= 2


def test_the_horizontal_axis_ends_with_the_last_epoch() -> None:
    assert Axes([[(0.5, 1.0), (2.5, 0.5)]]).epochs == 3
    assert Axes([]).epochs == 1
