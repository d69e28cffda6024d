"""The result of checking an answer, shown as text and as HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from mnistedu.exercises.expectations import HINTS

Verdict = Literal["right", "wrong", "blank"]

_VERDICTS = {"right": "right", "wrong": "not yet", "blank": "still blank"}
_SIGNS = {"right": "✓", "wrong": "✗", "blank": "…"}
_COLOURS = {"right": "#2e9e44", "wrong": "#d9822b", "blank": "#8a8f98"}  # for light and dark pages


@dataclass(frozen=True)
class CheckResult:
    """Result of checking the answer to an exercise.

    Attributes
    ----------
    exercise : str
        Name of the exercise, such as ``"02.1"``.
    verdict : {"right", "wrong", "blank"}
        Whether the answer is right. Blank means that nothing has been filled in yet.
    message : str
        What is right or wrong about the answer, with code between backticks.
    hint : str
        Empty if there is none.
    level : {0, 1, 2, 3}
        How specific the hint is; 0 if there is none.

    Examples
    --------
    >>> result = CheckResult("02.1", "wrong", "It adds.", "What does the task ask for?", 1)
    >>> result
    02.1: not yet. It adds.
    Hint 1 of 3: What does the task ask for?
    For a more specific hint, add `hint=2` to the call of `check`.
    >>> bool(result)
    False
    """

    exercise: str
    verdict: Verdict
    message: str
    hint: str = ""
    level: int = 0

    def __bool__(self) -> bool:
        return self.verdict == "right"

    def __repr__(self) -> str:
        verdict = f"{self.exercise}: {_VERDICTS[self.verdict]}. {self.message}"
        return "\n".join(text for text in (verdict, self._hint_text, self._next_hint_text) if text)

    def _repr_html_(self) -> str:
        sign, colour = _SIGNS[self.verdict], _COLOURS[self.verdict]
        verdict = f"{sign} {self.exercise}: {_VERDICTS[self.verdict]}."
        texts = [self._hint_text, self._next_hint_text]
        rest = [f"<div>{_to_html(text)}</div>" for text in texts if text]
        return (
            f'<div role="status" style="border-left: 4px solid {colour}; padding: 2px 12px; '
            f'max-width: 46em; line-height: 1.5"><div><b>{verdict}</b> '
            f"{_to_html(self.message)}</div>{''.join(rest)}</div>"
        )

    @property
    def _hint_text(self) -> str:
        return f"Hint {self.level} of {HINTS}: {self.hint}" if self.hint else ""

    @property
    def _next_hint_text(self) -> str:
        if self.verdict == "right" or self.level == HINTS:
            return ""
        kind = "a more specific hint" if self.level else "a first hint"
        return f"For {kind}, add `hint={self.level + 1}` to the call of `check`."


def _to_html(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
