"""Errors of the exercise checkers: ``python -m benchmarks.checkers``, or ``... 04 06`` for some.

Checks the wrong and right answers of ``tests/exercises/mutants`` and prints, for each exercise, how
many wrong answers were accepted and how many right answers were rejected, and which.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

from mnistedu.exercises import check
from tests.exercises.mutants import forms


def measure(lessons: tuple[str, ...] | str = "") -> dict[str, dict[str, list[tuple[str, bool]]]]:
    """Check every answer.

    Parameters
    ----------
    lessons : tuple of str or str
        Prefixes of the names of the exercises. By default, all exercises.

    Returns
    -------
    judged : dict of str to dict
        The ``"wrong"`` and ``"right"`` answers to each exercise, with their description and whether
        `check` accepted them.
    """
    judged = defaultdict(lambda: {"wrong": [], "right": []})
    for form in forms():
        if form.exercise.startswith(lessons):
            accepted = bool(check(form.exercise, form.make()))
            judged[form.exercise][form.verdict].append((form.description, accepted))
    return dict(judged)


def main() -> None:
    """Check the answers and print the table."""
    parser = argparse.ArgumentParser(description="Count the misjudged answers of each exercise.")
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, such as 03 (default: all)")
    judged = measure(tuple(parser.parse_args().lessons) or "")
    print(f"{'exercise':8} {'wrong accepted':>15} {'right refused':>15}")
    for exercise, tables in judged.items():
        accepted = [name for name, ok in tables["wrong"] if ok]
        refused = [name for name, ok in tables["right"] if not ok]
        counts = (
            f"{len(names)} of {len(tables[verdict])}"
            for names, verdict in ((accepted, "wrong"), (refused, "right"))
        )
        print(f"{exercise:8} " + " ".join(f"{count:>15}" for count in counts))
        for verdict, names in (("accepted", accepted), ("refused", refused)):
            for name in names:
                print(f"         {verdict}: {name}")


if __name__ == "__main__":
    main()
