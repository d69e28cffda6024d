"""Undo and redo of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mnistedu.ink import Ink

Strokes = Sequence[np.ndarray]


class Edit(NamedTuple):
    """A change of a drawing: the last strokes before it, and those that took their place.

    Attributes
    ----------
    removed, added : sequence of ndarray of shape (n_points, 2)
    sample : (Ink, int) or None
        The sample that was kept with this change, and its label.
    """

    removed: Strokes
    added: Strokes
    sample: tuple[Ink, int] | None = None


class UndoStack:
    """The edits of a drawing, those that are done and those that were undone.

    The stack stores changes, not drawings: its memory grows with the number of strokes, not with
    its square.

    Attributes
    ----------
    strokes : list of ndarray of shape (n_points, 2)
        The drawing as the edits have made it.
    done, undone : list of Edit
        The last of each list is what :meth:`undo` or :meth:`redo` takes next.

    Examples
    --------
    >>> stack = UndoStack()
    >>> stack.push(Edit([], [np.zeros((2, 2))]))
    >>> stack.push(Edit(stack.strokes, []))
    >>> stack.undo()
    >>> len(stack.strokes), len(stack.done), len(stack.undone)
    (1, 1, 1)
    """

    def __init__(self) -> None:
        self.strokes: list[np.ndarray] = []
        self.done: list[Edit] = []
        self.undone: list[Edit] = []

    def push(self, edit: Edit) -> None:
        """Apply an edit, and drop those that were undone.

        Parameters
        ----------
        edit : Edit
            Its `removed` must be the last strokes of the drawing.
        """
        edit = Edit(tuple(edit.removed), tuple(edit.added), edit.sample)
        self._replace(edit.removed, edit.added)
        self.done.append(edit)
        self.undone.clear()

    def undo(self) -> None:
        """Revert the last edit that is done.

        Raises
        ------
        IndexError
            If there is none.
        """
        edit = self.done.pop()
        self._replace(edit.added, edit.removed)
        self.undone.append(edit)

    def redo(self) -> None:
        """Apply the edit again that was undone last.

        Raises
        ------
        IndexError
            If there is none.
        """
        edit = self.undone.pop()
        self._replace(edit.removed, edit.added)
        self.done.append(edit)

    def _replace(self, old: Strokes, new: Strokes) -> None:
        self.strokes[len(self.strokes) - len(old) :] = new
