import os
import stat
import sys
import time

import pytest

from mnistedu._atomic_files import (
    LEFTOVER_SECONDS,
    append_line,
    atomic_path,
    atomic_write,
    check_regular,
    check_writable,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX's modes, links and pipes")


def test_the_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with atomic_write(path, "w") as file:
        file.write("café")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "café"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    with pytest.raises(error), atomic_write(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_temporary_name_keeps_its_suffix(tmp_path):
    with atomic_path(tmp_path / "model.keras") as temporary:
        assert temporary.suffix == ".keras"
        temporary.touch()


@posix
def test_a_new_file_has_the_mode_of_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "file") as file:
            file.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@posix
def test_replacing_a_file_keeps_its_mode_and_owner_and_the_link_to_it(tmp_path):
    target, link = tmp_path / "target", tmp_path / "folder" / "link"
    link.parent.mkdir()
    target.write_bytes(b"old")
    target.chmod(0o604)
    if os.geteuid() == 0:
        os.chown(target, 12345, 23456)
    before = target.stat()
    link.symlink_to(target)
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    after = target.stat()
    assert after.st_mode == before.st_mode
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


@posix
def test_a_link_to_a_missing_file_creates_that_file(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_old_leftovers_are_deleted_and_running_writes_are_not(tmp_path):
    old, young, running = (tmp_path / f".writing-{name}" for name in ("old", "young", "running"))
    for folder in (old, young, running):
        folder.mkdir()
        (folder / "half").write_bytes(b"half")
    other = tmp_path / ".writing-notes"
    other.write_text("a file of the user's")
    long_ago = time.time() - LEFTOVER_SECONDS - 60
    for path in (old / "half", old, running, other):
        os.utime(path, (long_ago, long_ago))
    with atomic_write(tmp_path / "file") as file:
        file.write(b"new")
    assert {path.name for path in tmp_path.iterdir()} == {
        "file",
        young.name,
        running.name,
        other.name,
    }


@pytest.mark.parametrize("write", [check_writable, lambda path: atomic_path(path).__enter__()])
def test_what_cannot_be_written_is_known_before_any_work(tmp_path, write):
    with pytest.raises(IsADirectoryError, match="is a folder, but a file is needed"):
        write(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="cannot be written"):
        write(tmp_path / "file" / "model.keras")
    with pytest.raises(OSError, match="cannot be written"):
        write(tmp_path / ("n" * 1000))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@posix
def test_a_pipe_and_a_device_are_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/null"):
        for check in (check_regular, check_writable, lambda path: append_line(path, "line")):
            with pytest.raises(OSError, match="pipe or a device"):
                check(path)


@posix
def test_a_full_disk_leaves_the_old_file(tmp_path):
    import resource

    path = tmp_path / "file"
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with (
            pytest.raises(OSError, match=r"file could not be written .* and is unchanged"),
            atomic_write(path) as file,
        ):
            file.write(bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_lines_are_appended(tmp_path):
    path = tmp_path / "new" / "log.txt"
    append_line(path, "one")
    append_line(path, "zwölf")
    assert path.read_text(encoding="utf-8") == "one\nzwölf\n"


def test_an_unfinished_line_is_ended_before_the_next(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"one\ntw")
    append_line(path, "three")
    assert path.read_bytes() == b"one\ntw\nthree\n"
