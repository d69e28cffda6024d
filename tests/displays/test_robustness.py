import pytest

from mnistedu.displays import RobustnessDisplay
from mnistedu.evaluation import Robustness, RobustnessCurve


def make_robustness(*accuracies, names=("shift", "scale", "blur")):
    return Robustness(
        accuracies[0],
        tuple(RobustnessCurve(name, "pixels", (0, 1, 2), 0, accuracies) for name in names),
    )


def test_each_corruption_has_a_curve():
    display = RobustnessDisplay.from_robustness(make_robustness(0.9, 0.5, 0.25)).plot()
    assert display.axes_.shape == (2, 2)
    assert [ax.get_title(loc="left") for ax in display.axes_.flat] == ["shift", "scale", "blur", ""]
    (line,) = display.lines_["scale"]
    assert list(line.get_xdata()) == [0, 1, 2]
    assert list(line.get_ydata()) == [0.9, 0.5, 0.25]
    assert display.axes_[0, 1].get_xlabel() == "pixels"
    assert not display.figure_.legends
    assert "at worst 25% with shift, 25% with scale, 25% with blur." in display.alt_text


def test_several_models_have_a_curve_each_and_a_legend():
    display = RobustnessDisplay(
        {"CNN": make_robustness(0.9, 0.5, 0.25), "MLP": make_robustness(0.8, 0.4, 0.1)}
    ).plot()
    assert [line.get_label() for line in display.lines_["blur"]] == ["CNN", "MLP"]
    assert list(display.lines_["blur"][1].get_ydata()) == [0.8, 0.4, 0.1]
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == ["CNN", "MLP"]
    assert "MLP: 80.0% on the original images; at worst 10% with shift" in display.alt_text


def test_rejects_results_with_different_corruptions():
    with pytest.raises(ValueError, match="2 results with 2 different sets of corruptions"):
        RobustnessDisplay(
            {
                "one": make_robustness(0.9, 0.5, 0.2),
                "two": make_robustness(0.9, 0.5, 0.2, names=["blur"]),
            }
        )
    with pytest.raises(ValueError, match="at least one result"):
        RobustnessDisplay({})
