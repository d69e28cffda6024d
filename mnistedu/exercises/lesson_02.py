"""The exercises of lesson 02: from ink to a picture that a model can read."""

from __future__ import annotations

import numpy as np

from mnistedu.exercises.answers import Wrong, call, expect_array, hints


@hints(
    "Each row holds ten numbers, one for each digit. Which place in the row is the answer?",
    "NumPy has a function for the place of the largest number; the lesson has used it.",
    "`argmax` takes an `axis`. Which one runs along the ten numbers of a row?",
)
def exercise_1(answer: object) -> str:
    """`decode(answers)`: from rows of ten probabilities to digits."""
    rng = np.random.default_rng(21)
    for n in (1, 6, 10):
        answers = rng.dirichlet(np.ones(10), size=n)
        result = call(answer, answers, form="decode(answers)")
        if np.ndim(result) == 0 and n > 1:
            raise Wrong(
                f"Your function gives one number for {n} rows.",
                "Each row is the answer for an image of its own, so there are as many digits.",
            )
        digits = expect_array(result, (n,))
        if np.allclose(digits, answers.max(axis=1)):
            raise Wrong("Your function gives the largest numbers, and not the digits.")
        if not np.array_equal(digits, answers.argmax(axis=1)):
            raise Wrong(f"For {n} rows some digits are not the most probable ones.")
    return "Ten numbers in, a digit out, for as many images as you like."
