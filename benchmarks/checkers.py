"""Count the answers that checkers misjudge: ``python -m benchmarks.checkers``, or ``... 04 06``.

Passes the wrong and the right forms of ``tests/exercises/mutants`` to ``check`` and prints, for
each exercise, how many wrong ones were accepted and how many right ones were refused, and which.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

from mnistedu.exercises import check
from tests.exercises.mutants import forms


def measure(lessons: tuple[str, ...] | str = "") -> dict[str, dict[str, list[tuple[str, bool]]]]:
    """Check every form.

    Parameters
    ----------
    lessons : tuple of str or str
        What the names of the exercises start with; all by default.

    Returns
    -------
    judged : dict of str to dict
        For each exercise the forms that are ``"wrong"`` and those that are ``"right"``, each with
        its description and whether `check` accepted it.
    """
    judged = defaultdict(lambda: {"wrong": [], "right": []})
    for form in forms():
        if form.exercise.startswith(lessons):
            accepted = bool(check(form.exercise, form.make()))
            judged[form.exercise][form.verdict].append((form.description, accepted))
    return dict(judged)


def main() -> None:
    """Measure the lessons that the command line names, or all of them."""
    parser = argparse.ArgumentParser(description="Count the misjudged answers of each exercise.")
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, 03 for one; default: all")
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
