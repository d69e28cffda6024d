"""Exercises that tell whether an answer is right, or what is wrong with it.

Each lesson has a module of its own, ``lesson_04`` for one, with a function for each exercise:
``exercise_2(answer)`` checks exercise 04.2. It returns if the answer is right, with a word on what
it is good for, and raises :class:`mnistedu.exercises.expectations.Wrong` or ``Blank`` if it is not.
"""

from mnistedu.exercises.check_result import CheckResult
from mnistedu.exercises.checker import check

__all__ = ["CheckResult", "check"]
