"""The answers that the lessons' solutions give, and what a wrong one must be told."""

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
    """Give an exercise's answer as its solution has it.

    What runs for it are the imports and functions of the lesson and the exercise's first solution
    cell; whatever else that needs is passed by name.
    """

    def answer(exercise: str, **known: object) -> object:
        (source,) = SOURCES.glob(f"{exercise[:2]}-*.py")
        cells = jupytext.read(source, fmt="py:percent").cells
        names = [cell.source.startswith(f"### {exercise} ") for cell in cells]
        calls = [cell.source.startswith(f'check("{exercise}"') for cell in cells]
        start, end = names.index(True), calls.index(True)
        for cell in cells[:start]:
            if cell.cell_type == "code":
                exec(_definitions(cell.source), known)
        solution, *_ = (
            cell.source
            for cell in cells[start:end]
            if cell.cell_type == "code" and "solution" in cell.metadata.get("tags", [])
        )
        exec(solution, known)
        call = ast.parse(cells[end].source).body[0].value
        return eval(ast.unparse(call.args[1]), known)

    return answer


@pytest.fixture
def expect_wrong() -> Callable[[str, object, str], None]:
    """Require that an answer is called wrong, and why, and that the hints get more specific."""

    def expect(exercise: str, answer: object, says: str) -> None:
        results = [check(exercise, answer, hint=level) for level in (1, 2, 3)]
        assert [result.verdict for result in results] == ["wrong"] * 3
        assert says in results[0].message
        assert len({result.hint for result in results}) == 3

    return expect


def _definitions(code: str) -> str:
    kinds = (ast.FunctionDef, ast.Import, ast.ImportFrom)
    return "\n".join(ast.unparse(node) for node in ast.parse(code).body if isinstance(node, kinds))
