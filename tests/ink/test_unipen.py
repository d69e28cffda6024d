from __future__ import annotations

import os

import pytest

from mnistedu import Ink

UNIPEN = """.INCLUDE        some.doc
.HIERARCHY      DIGIT

.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 267  333
 267  336
.PEN_UP
.DT 100
.PEN_DOWN
 100  100
.PEN_UP

.SEGMENT DIGIT    1 ? "2"
.PEN_DOWN
 1 2
.PEN_UP
"""


def test_text_and_file_are_read(tmp_path):
    path = tmp_path / "digits.tra"
    path.write_text(UNIPEN)
    eight, two = Ink.from_unipen(UNIPEN)
    assert (eight.label, eight.writer) == (8, 12)
    assert (two.label, two.writer) == (2, None)
    assert eight.ink == Ink([[(267, 167), (267, 164)], [(100, 400)]])
    for source in (path, str(path)):
        assert Ink.from_unipen(source) == [eight, two]


def test_bad_text_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        Ink.from_unipen(tmp_path / "missing.tra")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError, match="file is needed"):
            Ink.from_unipen(path)
    with pytest.raises(ValueError, match="finite numbers"):
        Ink.from_unipen('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 1e39\n.PEN_UP\n')
    with pytest.raises(ValueError, match=r"no \.SEGMENT"):
        Ink.from_unipen("a text\nof two lines")
    with pytest.raises(ValueError, match="DIGIT"):
        Ink.from_unipen('.SEGMENT WORD 0 ? "eight"\n')
    with pytest.raises(ValueError, match="two numbers, got ' 1 2 3'"):
        Ink.from_unipen('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 2 3\n.PEN_UP\n')


def test_an_overlong_number_of_the_writer_is_ignored():
    text = f'.SEGMENT DIGIT 0 ? "8"\n.COMMENT 8 {"9" * 5000} 1\n.PEN_DOWN\n 1 2\n.PEN_UP\n'
    assert Ink.from_unipen(text)[0].writer is None
