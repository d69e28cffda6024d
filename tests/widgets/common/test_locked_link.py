"""A trait and a control stay equal, whichever thread sets them."""

from __future__ import annotations

import threading

from ipywidgets import IntSlider
from traitlets import HasTraits, Int

from mnistedu.widgets.common.locked_link import link_locked


class Owner(HasTraits):
    pen = Int(3)


def linked() -> tuple[Owner, IntSlider]:
    owner, slider = Owner(), IntSlider(max=100)
    link_locked(owner, "pen", slider, threading.RLock())
    return owner, slider


def test_either_side_sets_the_other() -> None:
    owner, slider = linked()
    assert slider.value == 3
    owner.pen = 5
    assert slider.value == 5
    slider.value = 7
    assert owner.pen == 7


def test_a_limit_of_the_control_is_no_limit_of_the_trait() -> None:
    owner, slider = linked()
    owner.pen = 1000
    assert (owner.pen, slider.value) == (1000, 100)


def test_threads_that_set_both_sides_end_with_equal_values() -> None:
    owner, slider = linked()

    def set_owner() -> None:
        for value in range(500):
            owner.pen = value % 100

    def set_slider() -> None:
        for value in range(500):
            slider.value = value % 77

    threads = [threading.Thread(target=work) for work in (set_owner, set_slider, set_owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    owner.pen = 50
    assert slider.value == 50
