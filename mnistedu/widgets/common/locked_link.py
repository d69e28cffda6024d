"""Links between traits and controls that hold when several threads set them."""

from __future__ import annotations

import threading

from ipywidgets import Widget
from traitlets import HasTraits


def link_locked(owner: HasTraits, name: str, control: Widget, lock: threading.RLock) -> None:
    """Keep a trait and the value of a control equal.

    Unlike :func:`traitlets.link`, which raises when another thread sets a value meanwhile, this
    uses a lock. A control that limits its value, such as a slider, does not limit the trait.

    Parameters
    ----------
    owner : traitlets.HasTraits
    name : str
        The name of the trait; its value is used at first.
    control : ipywidgets.Widget
        A widget with a ``value``.
    lock : threading.RLock

    Examples
    --------
    >>> from ipywidgets import Checkbox, IntSlider
    >>> slider, box = IntSlider(), Checkbox()
    >>> link_locked(slider, "disabled", box, threading.RLock())
    >>> slider.disabled = True
    >>> box.value
    True
    """
    updating = False

    def update_control(_: object = None) -> None:
        nonlocal updating
        with lock:
            updating = True
            try:
                control.value = getattr(owner, name)
            finally:
                updating = False

    def update_owner(_: object) -> None:
        with lock:
            if not updating:
                setattr(owner, name, control.value)

    update_control()
    owner.observe(update_control, name)
    control.observe(update_owner, "value")
