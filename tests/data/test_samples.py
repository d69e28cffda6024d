"""Drawings with labels: what may be kept, and what a file survives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnistedu import Ink, Samples

ONE = Ink([[(100, 20), (100, 240.5)]])
SEVEN = Ink([[(40, 30), (200, 30), (90, 250)], [(80, 130), (190, 130)]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hands" / "mine.jsonl"


def same(samples: Samples, others: Samples) -> bool:
    return samples.inks == others.inks and samples.labels.tolist() == others.labels.tolist()


def test_samples_unpack_as_images_labels_and_inks() -> None:
    samples = Samples()
    samples.add(ONE, 1)
    samples.add(SEVEN, np.uint8(7))
    images, labels, inks = samples
    np.testing.assert_array_equal(images, [ONE.to_image(), SEVEN.to_image()])
    assert images.dtype == labels.dtype == np.uint8
    assert labels.tolist() == [1, 7]
    assert inks == [ONE, SEVEN]
    assert samples.counts.tolist() == [0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    assert len(samples) == 2


def test_no_samples_are_samples_too() -> None:
    images, labels, inks = Samples()
    assert images.shape == (0, 28, 28)
    assert labels.shape == (0,)
    assert inks == []
    assert repr(Samples()) == "Samples(0 drawings)"


def test_a_sample_stays_as_it_was_added() -> None:
    ink, samples = ONE.copy(), Samples()
    samples.add(ink, 1)
    ink.clear()
    assert samples.inks == [ONE]


def test_a_file_gives_back_what_was_saved(path: Path) -> None:
    samples = Samples()
    samples.add(ONE, 1)
    samples.add(SEVEN, 7)
    samples.save(path)
    assert same(Samples.load(path), samples)
    np.testing.assert_array_equal(Samples.load(path).images, samples.images)


def test_samples_kept_in_a_file_are_there_at_once(path: Path) -> None:
    samples = Samples(path)
    for count, (ink, label) in enumerate([(ONE, 1), (SEVEN, 7)], start=1):
        samples.add(ink, label)
        assert len(Samples.load(path)) == count
    samples.remove(0)
    assert same(Samples(path), samples)
    assert samples.labels.tolist() == [7]


def test_what_is_loaded_is_not_kept_in_the_file(path: Path) -> None:
    Samples(path).add(ONE, 1)
    loaded = Samples.load(path)
    loaded.add(SEVEN, 7)
    assert len(Samples.load(path)) == 1


@pytest.mark.parametrize("lost", [2, 20, 95])
def test_a_torn_last_line_is_left_out_and_written_over(path: Path, lost: int) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    samples.add(SEVEN, 7)
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.warns(UserWarning, match="not written to its end"):
        loaded = Samples.load(path)
    assert loaded.labels.tolist() == [1]
    with pytest.warns(UserWarning, match="the 1 before it"):
        kept = Samples(path)
    kept.add(SEVEN, 7)
    assert same(Samples.load(path), samples)


def test_only_the_end_of_the_last_line_is_missing(path: Path) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    path.write_bytes(path.read_bytes()[:-1])
    kept = Samples(path)
    kept.add(SEVEN, 7)
    assert Samples.load(path).labels.tolist() == [1, 7]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "no text file"),
        (b"label,strokes\n7,x\n", "line 1 of .* is no sample"),
        (b"once upon a time", "line 1 of .* is no sample"),
        (b'{"label": 7, "strokes": [[[0, 0], [0, 9]]]}\n{"label": 7}\n', "line 2"),
        (b'{"label": 12, "strokes": [[[0, 0], [0, 9]]]}\n', "from 0 to 9, got 12"),
        (b'{"label": 1, "strokes": []}\n', "blank"),
        (b"[]\n", "line 1"),
    ],
)
def test_a_foreign_file_is_refused_and_left_alone(path: Path, content: bytes, message: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for read in (Samples, Samples.load):
        with pytest.raises(ValueError, match=message):
            read(path)
    assert path.read_bytes() == content


def test_a_missing_file_is_no_samples_or_an_error(path: Path) -> None:
    assert len(Samples(path)) == 0
    with pytest.raises(FileNotFoundError):
        Samples.load(path)


@pytest.mark.parametrize(
    ("ink", "label", "error", "message"),
    [
        (ONE, 10, ValueError, "from 0 to 9, got 10"),
        (ONE, -1, ValueError, "from 0 to 9, got -1"),
        (ONE, "7", TypeError, "from 0 to 9, got '7'"),
        (ONE, True, TypeError, "got True"),
        (ONE, None, TypeError, "got None"),
        (Ink(), 7, ValueError, "blank"),
        (ONE.to_image(), 7, TypeError, "an Ink, got ndarray"),
    ],
)
def test_what_is_no_sample_is_refused(
    path: Path, ink: object, label: object, error: type[Exception], message: str
) -> None:
    samples = Samples(path)
    with pytest.raises(error, match=message):
        samples.add(ink, label)
    assert len(samples) == 0
    assert not path.exists()


def test_only_what_is_there_can_be_removed() -> None:
    samples = Samples()
    samples.add(ONE, 1)
    with pytest.raises(IndexError, match="1 samples"):
        samples.remove(1)
    samples.remove()
    with pytest.raises(IndexError):
        samples.remove()
