"""The one door to all exercises: ``check("04.2", answer)``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from mnistedu.exercises.check_result import CheckResult
from mnistedu.exercises.expectations import HINTS, Blank, Wrong, refuse_blank

_PREFIX = "exercise_"


def check(exercise: str, answer: object, *, hint: int | None = None) -> CheckResult:
    """Tell whether the answer to an exercise is right, or what is wrong with it.

    Nothing is remembered from one call to the next, and nothing is sent anywhere.

    Parameters
    ----------
    exercise : str
        The exercise's name as the lesson gives it: ``"04.2"`` is the second one of lesson 04.
    answer : object
        What the exercise asks for. A function is called with values of the checker's own.
    hint : {1, 2, 3}, optional
        How specific the hint shall be. Left out, a wrong answer gets the first hint, and a blank
        one none.

    Returns
    -------
    result : CheckResult
        Shows itself in a notebook, and is true if the answer is right.

    Raises
    ------
    ValueError
        If there is no such exercise or no such hint.

    Examples
    --------
    >>> import numpy as np
    >>> check("02.1", lambda answers: answers.argmax(axis=1))
    02.1: right. ...
    >>> check("02.1", lambda answers: answers.argmax())
    02.1: not yet. ...
    Hint 1 of 3: ...
    >>> check("02.1", ...)
    02.1: still blank. ...
    """
    checker = _find(exercise)
    if hint not in (None, *range(1, HINTS + 1)):
        raise ValueError(f"hint must be a number from 1 to {HINTS}, got {hint!r}")
    try:
        refuse_blank(answer)
        return CheckResult(exercise, "right", checker(answer))
    except Blank as blank:
        clue = checker.hints[hint - 1] if hint else ""
        return CheckResult(exercise, "blank", str(blank), clue, hint or 0)
    except Wrong as wrong:
        level = hint or 1
        clues = (*wrong.hints, *checker.hints[len(wrong.hints) :])
        return CheckResult(exercise, "wrong", str(wrong), clues[level - 1], level)


def exercises() -> dict[str, Callable[[object], str]]:
    """Give the checker of each exercise, in the order of the course.

    Returns
    -------
    checkers : dict of str to callable

    Examples
    --------
    >>> "02.1" in exercises()
    True
    """
    checkers = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("lesson_"):
            lesson = vars(importlib.import_module(f"{__package__}.{module.name}"))
            for name in sorted(name for name in lesson if name.startswith(_PREFIX)):
                number = f"{module.name.removeprefix('lesson_')}.{name.removeprefix(_PREFIX)}"
                checkers[number] = lesson[name]
    return checkers


def _find(exercise: str) -> Callable[[object], str]:
    checkers = exercises()
    if exercise not in checkers:
        lesson = str(exercise).partition(".")[0]
        near = [name for name in checkers if name.startswith(f"{lesson}.")] or list(checkers)
        raise ValueError(
            f"there is no exercise {exercise!r}; there are {', '.join(near)}. "
            'Write its name as text: check("02.1", answer)'
        )
    return checkers[exercise]
