"""Exercises that report whether an answer is right and, if not, what is wrong with it.

Each lesson has a module, such as ``lesson_04``, with one function per exercise: ``exercise_2``
checks exercise 04.2. It returns a message if the answer is right. Otherwise it raises
:class:`~mnistedu.exercises.expectations.WrongAnswer` or
:class:`~mnistedu.exercises.expectations.BlankAnswer`.
"""

from mnistedu.exercises.check_result import CheckResult
from mnistedu.exercises.checker import check

__all__ = ["CheckResult", "check"]
