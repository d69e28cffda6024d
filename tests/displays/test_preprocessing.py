import numpy as np
import pytest

from mnistedu.displays import PreprocessingDisplay
from mnistedu.preprocessing import steps


def test_each_step_is_drawn():
    paper = np.full((60, 40), 255, np.uint8)
    paper[10:50, 18:22] = 0
    display = PreprocessingDisplay.from_bitmap(paper).plot()
    pictures = steps(paper)
    assert [ax.get_title() for ax in display.axes_.flat] == list(pictures)
    for ax, picture in zip(display.axes_.flat, pictures.values(), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), picture)
    assert display.axes_[0, 0].get_xlabel() == "40 × 60"
    assert "grey (40 by 60 pixels)" in display.alt_text
    assert "image (28 by 28 pixels)" in display.alt_text


def test_a_blank_picture_has_fewer_steps():
    display = PreprocessingDisplay.from_bitmap(np.zeros((9, 9))).plot()
    assert [ax.get_title() for ax in display.axes_.flat] == ["grey", "ink", "image"]


def test_rejects_an_empty_mapping():
    with pytest.raises(ValueError, match="at least one picture"):
        PreprocessingDisplay({})
