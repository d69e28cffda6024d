from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistedu import Ink, Samples
from mnistedu import _atomic_files as files
from mnistedu._atomic_files import locked

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


def test_samples_may_be_empty() -> None:
    images, labels, inks = Samples()
    assert images.shape == (0, 28, 28)
    assert labels.shape == (0,)
    assert inks == []
    assert repr(Samples()) == "Samples(0 drawings)"


def test_changing_an_ink_does_not_change_its_sample() -> None:
    ink, samples = ONE.copy(), Samples()
    samples.add(ink, 1)
    ink.clear()
    assert samples.inks == [ONE]


def test_saved_samples_load(path: Path) -> None:
    samples = Samples()
    samples.add(ONE, 1)
    samples.add(SEVEN, 7)
    samples.save(path)
    assert same(Samples.load(path), samples)
    np.testing.assert_array_equal(Samples.load(path).images, samples.images)


def test_a_file_keeps_samples_at_once(path: Path) -> None:
    samples = Samples(path)
    for count, (ink, label) in enumerate([(ONE, 1), (SEVEN, 7)], start=1):
        samples.add(ink, label)
        assert len(Samples.load(path)) == count
    samples.remove(0)
    assert same(Samples(path), samples)
    assert samples.labels.tolist() == [7]


def test_loaded_samples_are_not_kept_in_the_file(path: Path) -> None:
    Samples(path).add(ONE, 1)
    loaded = Samples.load(path)
    loaded.add(SEVEN, 7)
    loaded.remove(0)
    assert len(Samples.load(path)) == 1


def test_files_without_removals_load(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"label": 1, "strokes": [[[100, 20], [100, 240.5]]]}\n')
    assert same(Samples.load(path), Samples(path))
    assert Samples.load(path).inks == [ONE]


def test_two_samples_on_one_file_lose_nothing(path: Path) -> None:
    first, second = Samples(path), Samples(path)
    for label in range(5):
        first.add(ONE, label)
    second.add(SEVEN, 7)
    second.remove()
    assert same(Samples.load(path), first)
    first.remove(0)
    second.add(SEVEN, 7)
    assert Samples.load(path).labels.tolist() == [1, 2, 3, 4, 7]


def test_changes_by_others_show_when_the_file_is_opened_again(path: Path) -> None:
    first, second = Samples(path), Samples(path)
    first.add(ONE, 1)
    assert len(second) == 0
    second.add(SEVEN, 7)
    assert second.labels.tolist() == [7]
    assert first.labels.tolist() == [1]
    assert Samples(path).labels.tolist() == [1, 7]


def test_removing_a_sample_that_another_removed_first(path: Path) -> None:
    first = Samples(path)
    first.add(ONE, 1)
    second = Samples(path)
    first.remove()
    second.remove()
    first.add(ONE, 1)
    assert Samples.load(path).labels.tolist() == [1]


@given(
    changes=st.lists(
        st.one_of(
            st.tuples(st.sampled_from([ONE, SEVEN]), st.integers(0, 1)), st.floats(0, 1, width=16)
        ),
        max_size=12,
    )
)
def test_a_file_and_its_samples_are_the_same_after_any_changes(changes, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("changes") / "samples.jsonl"
    samples = Samples(path)
    for change in changes:
        if isinstance(change, tuple):
            samples.add(*change)
        elif len(samples):
            samples.remove(min(int(change * len(samples)), len(samples) - 1))
    assert same(Samples(path), samples)


def test_saving_to_the_file_that_keeps_the_samples_changes_nothing(path: Path) -> None:
    first, second = Samples(path), Samples(path)
    first.add(ONE, 1)
    second.add(SEVEN, 7)
    first.save(path)
    assert Samples.load(path).labels.tolist() == [1, 7]


def test_removed_samples_are_not_saved_elsewhere(path: Path) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    samples.add(SEVEN, 7)
    samples.remove(0)
    other = path.with_name("other.jsonl")
    samples.save(other)
    assert other.read_text().count("\n") == 1
    assert same(Samples.load(other), samples)


@pytest.mark.parametrize("lost", [2, 20, 95])
def test_an_unfinished_last_line_is_skipped_and_stays_in_the_file(path: Path, lost: int) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    samples.add(SEVEN, 7)
    content = path.read_bytes()[:-lost]
    path.write_bytes(content)
    with pytest.warns(UserWarning, match="skipped damaged line 2 and loaded 1 sample;"):
        assert Samples.load(path).labels.tolist() == [1]
    with pytest.warns(UserWarning, match="Line 2 is not a sample"):
        kept = Samples(path)
    assert path.read_bytes() == content
    kept.add(SEVEN, 7)
    assert path.read_bytes().startswith(content + b"\n")
    with pytest.warns(UserWarning, match="damaged line 2 "):
        assert same(Samples.load(path), samples)


def test_a_last_line_without_a_newline_is_whole(path: Path) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    path.write_bytes(path.read_bytes()[:-1])
    kept = Samples(path)
    kept.add(SEVEN, 7)
    assert Samples.load(path).labels.tolist() == [1, 7]


def test_a_file_with_only_an_unfinished_line_loads(path: Path) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    for end in (3, 30):
        path.write_bytes(path.read_bytes()[:end])
        with pytest.warns(UserWarning, match="loaded 0 samples"):
            assert len(Samples(path)) == 0


def test_opening_during_an_append_loses_nothing(path: Path) -> None:
    Samples(path).add(ONE, 1)
    line = path.read_bytes()
    with path.open("ab", buffering=0) as file:
        file.write(line[:20])
        with pytest.warns(UserWarning, match="line 2 "):
            Samples(path)
        file.write(line[20:])
    assert Samples.load(path).labels.tolist() == [1, 1]


def test_opening_waits_for_an_append(path: Path) -> None:
    Samples(path).add(ONE, 1)
    line = path.read_bytes()
    with ThreadPoolExecutor() as pool, path.open("ab", buffering=0) as file:
        with locked(file):
            file.write(line[:20])
            loading = pool.submit(Samples.load, path)
            time.sleep(0.1)
            assert not loading.done()
            file.write(line[20:])
        assert loading.result().labels.tolist() == [1, 1]


def test_the_warning_lists_damaged_lines(path: Path) -> None:
    whole = b'{"label": 7, "strokes": [[[0, 0], [0, 9]]]}\n'
    bad = [b'{"label": 7}\n', b"\0\0\0\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b"7\n"] * 3
    path.parent.mkdir()
    path.write_bytes(whole + b"".join(bad) + b"\n" + whole)
    with pytest.warns(UserWarning, match=r"lines 2, 3, .* 12 and 4 more"):
        assert Samples.load(path).labels.tolist() == [7, 7]


@pytest.mark.parametrize("limit", [0, 1, 60])
def test_a_sample_that_does_not_fit_on_the_disk_is_not_added(path: Path, limit: int) -> None:
    resource = pytest.importorskip("resource")
    samples = Samples(path)
    samples.add(ONE, 1)
    content = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(content) + limit, hard))
    try:
        for change in (lambda: samples.add(SEVEN, 7), samples.remove):
            with pytest.raises(OSError, match=r"could not be written .* and is unchanged"):
                change()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == content
    assert samples.labels.tolist() == [1]
    samples.add(SEVEN, 7)
    assert same(Samples.load(path), samples)


def test_the_link_and_the_mode_of_the_file_are_kept(path: Path) -> None:
    target = path.with_name("elsewhere.jsonl")
    Samples(target).add(SEVEN, 7)
    target.chmod(0o640)
    path.symlink_to(target)
    samples = Samples(path)
    samples.add(ONE, 1)
    samples.remove(0)
    assert path.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert Samples.load(target).labels.tolist() == [1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "holds no samples: line 1"),
        (b"label,strokes\n7,x\n", "line 1 is not a sample"),
        (b"once upon a time", "line 1 is not a sample"),
        (b'{"label": 7}\n{"label": 8}\n', r"line 1 is .* \(there is no 'strokes'\)"),
        (b"[" * 100_000, "line 1"),
        (b'{"label": 1, "strokes": [[[1e39, 0]]]}\n', "finite"),
        (b'{"label": 1, "strokes": [[[1%s, 0]]]}\n' % (b"0" * 400), "line 1"),
        (b'{"label": 12, "strokes": [[[0, 0], [0, 9]]]}\n', "from 0 to 9, got 12"),
        (b'{"label": 1, "strokes": []}\n', "blank"),
        (b"[]\n", "line 1"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_not_changed(
    path: Path, content: bytes, message: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for read in (Samples, Samples.load):
        with pytest.raises(ValueError, match=message):
            read(path)
    assert path.read_bytes() == content


def test_a_missing_file_can_be_opened_but_not_loaded(path: Path) -> None:
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
def test_bad_samples_are_refused(
    path: Path, ink: object, label: object, error: type[Exception], message: str
) -> None:
    samples = Samples(path)
    with pytest.raises(error, match=message):
        samples.add(ink, label)
    assert len(samples) == 0
    assert not path.exists()


def test_removing_a_sample_that_does_not_exist() -> None:
    samples = Samples()
    samples.add(ONE, 1)
    with pytest.raises(IndexError, match="1 samples"):
        samples.remove(1)
    samples.remove()
    with pytest.raises(IndexError):
        samples.remove()


def test_a_folder_or_a_pipe_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe):
        for read in (Samples, Samples.load):
            with pytest.raises(OSError, match="file is needed"):
                read(path)


def test_a_file_that_stays_locked_is_an_error(path: Path, monkeypatch) -> None:
    samples = Samples(path)
    samples.add(ONE, 1)
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.05)
    with path.open("rb") as file, locked(file):
        with pytest.raises(TimeoutError, match=r"locked by another process for more than 0.05"):
            samples.add(SEVEN, 7)
        with pytest.raises(TimeoutError, match=r"mine\.jsonl"):
            Samples(path)
    assert samples.labels.tolist() == [1]
    assert len(Samples.load(path)) == 1


def test_samples_import_neither_the_network_nor_scikit_learn() -> None:
    code = "import sys, mnistedu.data.samples; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"keras", "jax", "matplotlib", "pooch", "requests", "scipy", "sklearn", "urllib3"}
    assert not heavy & set(output.stdout.split())
