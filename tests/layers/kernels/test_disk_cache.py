"""Compiled kernels on disk."""

import hashlib
import os
import subprocess
import sys

import jax
import pytest

from mnistedu.layers.kernels import disk_cache
from mnistedu.layers.kernels.disk_cache import cached


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The user's own cache folder, for the length of a test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    """The folder for kernels in JAX's compilation cache, for the length of a test."""
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", str(tmp_path / "jax"))
    yield tmp_path / "jax" / "kernels"
    jax.config.update("jax_compilation_cache_dir", before)


@pytest.fixture
def without_jax_folder():
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", None)
    yield
    jax.config.update("jax_compilation_cache_dir", before)


def never():
    raise AssertionError("made a second time")


def test_made_once(folder, home):
    assert cached("a", lambda: b"code") == b"code"
    assert cached("a", never) == b"code"
    assert cached("b", lambda: b"other") == b"other"
    assert len(list(folder.iterdir())) == 2
    assert not list(home.iterdir())


def test_a_damaged_file_is_made_anew(folder):
    cached("a", lambda: b"code")
    (file,) = folder.iterdir()
    for damaged in (b"", b"short", file.read_bytes()[:-1], hashlib.sha256(b"").digest()):
        file.write_bytes(damaged)
        assert cached("a", lambda: b"anew") == b"anew"
        assert cached("a", never) == b"anew"


@pytest.mark.parametrize("part", ["target_description", "_source_digest"])
def test_for_another_processor_or_package_all_is_made_anew(folder, monkeypatch, part):
    cached("a", lambda: b"code")
    monkeypatch.setattr(disk_cache, part, lambda: "another")
    assert cached("a", lambda: b"anew") == b"anew"


def test_files_that_nobody_needed_for_long_are_removed(folder, monkeypatch):
    monkeypatch.setattr(disk_cache, "_MAX_FILES", 2)
    for name in "ab":
        cached(name, name.encode)
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    cached("a", never)
    cached("c", b"c".strip)
    assert cached("a", never) == b"a"
    assert cached("b", lambda: b"anew") == b"anew"


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
@pytest.mark.parametrize("choice", [None, "gs://bucket/programs"])
def test_without_a_folder_of_jax_the_users_cache_is_used(
    without_jax_folder, choice, monkeypatch, tmp_path, home
):
    monkeypatch.chdir(tmp_path)
    jax.config.update("jax_compilation_cache_dir", choice)
    assert cached("a", lambda: b"code") == b"code"
    assert cached("a", never) == b"code"
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert len(list((home / "mnistedu" / "programs" / "kernels").iterdir())) == 1


def test_nothing_is_kept_where_the_cache_of_jax_is_disabled(folder, home):
    jax.config.update("jax_enable_compilation_cache", False)
    try:
        assert cached("a", lambda: b"code") == b"code"
        assert cached("a", lambda: b"anew") == b"anew"
    finally:
        jax.config.update("jax_enable_compilation_cache", True)
    assert not folder.exists()
    assert not list(home.iterdir())


def test_folders_that_cannot_be_created_do_not_matter(folder, home):
    folder.parent.write_text("a file in place of the folder")
    home.rmdir()
    home.write_text("a file in place of the folder")
    assert cached("a", lambda: b"code") == b"code"
    assert cached("a", lambda: b"anew") == b"anew"


@pytest.mark.skipif(os.name != "posix", reason="Windows is not checked")
def test_code_in_a_folder_that_others_can_write_to_is_not_loaded(folder, home):
    cached("a", lambda: b"code")
    folder.chmod(0o777)
    home.chmod(0o777)
    before = [(file, file.read_bytes()) for file in folder.iterdir()]
    assert cached("a", lambda: b"anew") == b"anew"
    assert [(file, file.read_bytes()) for file in folder.iterdir()] == before
    assert not list(home.iterdir())


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can give files to other users"
)
def test_code_of_another_user_is_not_loaded(folder, home):
    cached("a", lambda: b"code")
    (file,) = folder.iterdir()
    os.chown(file, 12345, 12345)
    home.chmod(0o777)
    assert cached("a", lambda: b"anew") == b"anew"


@pytest.mark.skipif(os.name != "posix", reason="Windows is not checked")
def test_linked_code_is_not_loaded(folder, home, tmp_path):
    cached("a", lambda: b"code")
    (file,) = folder.iterdir()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    home.chmod(0o777)
    assert cached("a", lambda: b"anew") == b"anew"


def test_many_processes_at_once(folder, tmp_path):
    program = """
import sys, jax
from mnistedu.layers.kernels.disk_cache import cached
jax.config.update("jax_compilation_cache_dir", sys.argv[1])
for number in range(50):
    assert cached(str(number), lambda: b"code" * number or b"0") == (b"code" * number or b"0")
"""
    command = [sys.executable, "-c", program, str(folder.parent)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert len([path for path in folder.iterdir() if path.is_file()]) == 50
