"""Every checker accepts all right forms of an answer and refuses all wrong ones."""

from collections import Counter

import pytest

from mnistedu.exercises import check
from mnistedu.exercises.checker import exercises
from tests.exercises.mutants import forms

FORMS = list(forms())
COUNTS = Counter((form.exercise, form.verdict) for form in FORMS)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_checker_returns_the_verdict(form):
    result = check(form.exercise, form.make())
    assert result.verdict == form.verdict, result


@pytest.mark.parametrize("exercise", exercises())
def test_an_exercise_has_at_least_eight_wrong_and_five_right_forms(exercise):
    assert COUNTS[exercise, "wrong"] >= 8
    assert COUNTS[exercise, "right"] >= 5


def test_descriptions_are_unique_within_an_exercise():
    assert max(Counter(map(str, FORMS)).values()) == 1
