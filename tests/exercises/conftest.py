"""Fixtures that run the lessons' solutions and check wrong answers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import jupytext
import pytest

from mnistedu.exercises import check

SOURCES = Path(__file__).parents[2] / "notebooks" / "source"


@pytest.fixture
def solve() -> Callable[..., object]:
    """Return a function that computes the answer of the lesson's solution to an exercise.

    It runs the imports and functions of the lesson and the exercise's first solution cell; any
    other variables that these need are passed by name.
    """

    def answer(exercise: str, **variables: object) -> object:
        (source,) = SOURCES.glob(f"{exercise[:2]}-*.py")
        cells = jupytext.read(source, fmt="py:percent").cells
        titles = [cell.source.startswith(f"### {exercise} ") for cell in cells]
        calls = [cell.source.startswith(f'check("{exercise}"') for cell in cells]
        start, end = titles.index(True), calls.index(True)
        for cell in cells[:start]:
            if cell.cell_type == "code":
                exec(_definitions(cell.source), variables)
        solution, *_ = (
            cell.source
            for cell in cells[start:end]
            if cell.cell_type == "code" and "solution" in cell.metadata.get("tags", [])
        )
        exec(solution, variables)
        call = ast.parse(cells[end].source).body[0].value
        return eval(ast.unparse(call.args[1]), variables)

    return answer


@pytest.fixture
def expect_wrong() -> Callable[[str, object, str], None]:
    """Return a function that checks that an answer is wrong, with this message and three hints."""

    def expect(exercise: str, answer: object, message: str) -> None:
        results = [check(exercise, answer, hint=level) for level in (1, 2, 3)]
        assert [result.verdict for result in results] == ["wrong"] * 3
        assert message in results[0].message
        assert len({result.hint for result in results}) == 3

    return expect


def _definitions(code: str) -> str:
    kinds = (ast.FunctionDef, ast.Import, ast.ImportFrom)
    return "\n".join(ast.unparse(node) for node in ast.parse(code).body if isinstance(node, kinds))
