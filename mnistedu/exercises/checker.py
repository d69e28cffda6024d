"""The function that checks answers: ``check("04.2", answer)``."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from mnistedu.exercises.check_result import CheckResult
from mnistedu.exercises.expectations import (
    HINTS,
    BlankAnswer,
    Checker,
    WrongAnswer,
    check_not_blank,
)

_PREFIX = "exercise_"


def check(exercise: str, answer: object, *, hint: int | None = None) -> CheckResult:
    """Check the answer to an exercise.

    No state is kept between calls, and nothing is sent anywhere.

    Parameters
    ----------
    exercise : str
        Name of the exercise as in the lesson: ``"04.2"`` is the second one of lesson 04.
    answer : object
        The answer. A function is called with values that the checker chooses.
    hint : {1, 2, 3}, optional
        How specific a hint to show. By default, a wrong answer gets the first hint and a blank
        one none.

    Returns
    -------
    result : CheckResult
        Displays itself in a notebook. True in a boolean context if the answer is right.

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
        check_not_blank(answer)
        return CheckResult(exercise, "right", checker(answer))
    except BlankAnswer as blank:
        text = checker.hints[hint - 1] if hint else ""
        return CheckResult(exercise, "blank", str(blank), text, hint or 0)
    except WrongAnswer as wrong:
        level = hint or 1
        texts = (*wrong.hints, *checker.hints[len(wrong.hints) :])
        return CheckResult(exercise, "wrong", str(wrong), texts[level - 1], level)


def exercises() -> dict[str, Checker]:
    """Return the checkers of all exercises.

    Returns
    -------
    checkers : dict of str to callable
        Maps the name of each exercise to its checker, in the order of the course.

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


def _find(exercise: str) -> Checker:
    checkers = exercises()
    if exercise not in checkers:
        lesson = str(exercise).partition(".")[0]
        names = [name for name in checkers if name.startswith(f"{lesson}.")] or list(checkers)
        raise ValueError(
            f"there is no exercise {exercise!r}; there are {', '.join(names)}. "
            'Pass the name as a string: check("02.1", answer)'
        )
    return checkers[exercise]
