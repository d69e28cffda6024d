"""Wrong and right answers to every exercise, to test the checkers with.

Each lesson has a module, ``lesson_04`` for one, with two tables, ``WRONG`` and ``RIGHT``. Both are
dicts from the name of an exercise to a list of pairs: what is special about an answer, and a
function without arguments that returns it::

    WRONG = {"04.1": [("suppresses the diagonal", lambda: -np.eye(3)), ...]}
    RIGHT = {"04.1": [("rounded to three digits", lambda: np.eye(3).round(3)), ...]}
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple


class Form(NamedTuple):
    """One answer to an exercise."""

    exercise: str
    verdict: Literal["right", "wrong"]  # what the checker has to return
    description: str
    make: Callable[[], object]

    def __str__(self) -> str:
        return f"{self.exercise}-{self.verdict}-{self.description}"


def forms() -> Iterator[Form]:
    """Yield the answers of all tables, in the order of the course."""
    for module in sorted(
        module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    ):
        lesson = importlib.import_module(f"{__name__}.{module}")
        for exercise in sorted(lesson.WRONG | lesson.RIGHT):
            for verdict, table in (("right", lesson.RIGHT), ("wrong", lesson.WRONG)):
                for description, make in table.get(exercise, []):
                    yield Form(exercise, verdict, description, make)
