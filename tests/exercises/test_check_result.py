"""``CheckResult``, shown as text and as HTML."""

import re

from mnistedu.exercises import CheckResult


def test_html_contains_the_same_texts():
    result = CheckResult("04.2", "wrong", "It is `a` & <b>.", "Look at `a`.", 2)
    shown = re.sub(r"<[^>]+>", " ", result._repr_html_())
    for text in ("04.2: not yet.", "&amp; &lt;b&gt;", "Hint 2 of 3:", "hint=3"):
        assert text in shown
    assert "<code>a</code>" in result._repr_html_()


def test_verdicts_differ_by_sign_and_not_only_by_colour():
    pages = [
        CheckResult("04.2", verdict, "")._repr_html_() for verdict in ("right", "wrong", "blank")
    ]
    assert [next(sign for sign in "✓✗…" if sign in page) for page in pages] == list("✓✗…")


def test_html_is_announced_by_screen_readers():
    assert 'role="status"' in CheckResult("04.2", "right", "Well done.")._repr_html_()
