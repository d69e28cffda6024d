"""Undo and redo."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")


class History(Generic[State]):
    """States in the order in which they came, and the one that holds now.

    Parameters
    ----------
    start : object
        The first state.

    Attributes
    ----------
    current : object
        The state that holds now.

    Examples
    --------
    >>> history = History("")
    >>> history.add("7")
    >>> history.add("")
    >>> history.step(-1)
    >>> history.current, history.can_step(-1), history.can_step(+1)
    ('7', True, True)
    """

    def __init__(self, start: State) -> None:
        self._states = [start]
        self._now = 0

    @property
    def current(self) -> State:
        """The state that is shown now."""
        return self._states[self._now]

    def add(self, state: State) -> None:
        """Make a new state hold, and forget those that had been undone."""
        self._states[self._now + 1 :] = [state]
        self._now += 1

    def can_step(self, by: int) -> bool:
        """Tell whether there is a state before (-1) or after (+1) the current one."""
        return 0 <= self._now + by < len(self._states)

    def step(self, by: int) -> None:
        """Undo (-1) or redo (+1); at either end, do nothing."""
        if self.can_step(by):
            self._now += by
