"""``check``, and properties of every exercise."""

import subprocess
import sys

import numpy as np
import pytest

from mnistedu.exercises import check
from mnistedu.exercises.checker import exercises

EXERCISES = list(exercises())
UNEXPECTED = [
    7,
    0.99,
    "seven",
    [],
    [1, "2"],
    {"digit": 7},
    np.zeros((28, 28)),
    np.array(["a"]),
    object(),
    (object(), object()),
    lambda: 1,
    lambda *arguments: 1,
    lambda *arguments: 0.5,
    lambda *arguments: "seven",
    lambda *arguments: np.full((28, 28), np.nan),
    lambda *arguments: object(),
    lambda *arguments: {}["key"],
    lambda *arguments: arguments[0],
    np.zeros,
    dict,
]


def returns_nothing(*arguments):
    arguments  # noqa: B018


def not_implemented(*arguments):
    raise NotImplementedError


def test_reports_a_right_answer_without_a_hint():
    result = check("02.1", lambda answers: answers.argmax(axis=1))
    assert result
    assert result.verdict == "right"
    assert "Hint" not in str(result)


def test_shows_the_requested_hint_for_a_wrong_answer():
    texts = [str(check("02.1", lambda answers: answers[0, 0], hint=level)) for level in (1, 2, 3)]
    assert [f"Hint {level} of 3" in text for level, text in enumerate(texts, 1)] == [True] * 3
    assert "`hint=2`" in texts[0]
    assert "more specific" not in texts[2]
    assert not check("02.1", lambda answers: answers[0, 0])


def test_keeps_no_state_between_calls():
    def wrong(answers):
        return answers.argmax()

    first, *_, last = (check("02.1", wrong, hint=level) for level in (None, 3, 2, None))
    assert first == last


def test_shows_a_hint_for_a_blank_only_on_request():
    assert "Hint" not in str(check("02.1", ...))
    assert "Hint 1 of 3" in str(check("02.1", ..., hint=1))


@pytest.mark.parametrize("name", ["02.9", "09.1", "2.1", 2.1, "decode", ""])
def test_rejects_an_unknown_exercise(name):
    with pytest.raises(ValueError, match=r"there is no exercise .*; there are .*02\.1.*check\("):
        check(name, 3)


@pytest.mark.parametrize("hint", [0, 4, "2", -1])
def test_rejects_an_unknown_hint(hint):
    with pytest.raises(ValueError, match="hint must be a number from 1 to 3"):
        check("02.1", 3, hint=hint)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_has_three_different_hints(exercise):
    assert len({*exercises()[exercise].hints}) == 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_reports_a_placeholder_as_blank(exercise):
    for answer in (..., None, NotImplemented, (..., 3)):
        result = check(exercise, answer)
        assert result.verdict == "blank"
        assert "cell above" in result.message


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_reports_an_unfinished_function_as_blank(exercise):
    for answer in (returns_nothing, not_implemented, lambda *_: ...):
        result = check(exercise, answer)
        if result.verdict == "wrong":  # the exercise does not expect a function
            assert "a function" in result.message
        else:
            assert "cell above" in result.message


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_rejects_unexpected_values_with_a_message_and_a_hint(exercise):
    for answer in UNEXPECTED:
        result = check(exercise, answer)
        assert result.verdict == "wrong", answer
        assert result.message
        assert result.hint


def test_checkers_import_neither_keras_nor_matplotlib():
    code = (
        "import sys; from mnistedu.exercises.checker import exercises; exercises();"
        "sys.exit(bool({'keras', 'jax', 'matplotlib'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
