"""Machine code that is kept on disk."""

import os
import subprocess
import sys

import jax
import pytest

from mnistedu.layers.kernels import disk_cache


@pytest.fixture
def folder(tmp_path):
    """The folder where JAX keeps programs, for the length of a test."""
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    yield tmp_path / "kernels"
    jax.config.update("jax_compilation_cache_dir", before)


def never():
    raise AssertionError("made a second time")


def test_made_once(folder):
    assert disk_cache.remember("a", lambda: b"code") == b"code"
    assert disk_cache.remember("a", never) == b"code"
    assert disk_cache.remember("b", lambda: b"other") == b"other"
    assert len(list(folder.iterdir())) == 2


def test_what_is_damaged_is_made_anew(folder):
    disk_cache.remember("a", lambda: b"code")
    (file,) = folder.iterdir()
    for damaged in (b"", b"short", file.read_bytes()[:-1]):
        file.write_bytes(damaged)
        assert disk_cache.remember("a", lambda: b"anew") == b"anew"
        assert disk_cache.remember("a", never) == b"anew"


@pytest.mark.parametrize("part", ["processor", "_sources"])
def test_for_another_processor_or_package_all_is_made_anew(folder, monkeypatch, part):
    disk_cache.remember("a", lambda: b"code")
    monkeypatch.setattr(disk_cache, part, lambda: "another")
    assert disk_cache.remember("a", lambda: b"anew") == b"anew"


def test_what_nobody_needed_for_long_is_removed(folder, monkeypatch):
    monkeypatch.setattr(disk_cache, "_MOST", 2)
    for name in "ab":
        disk_cache.remember(name, name.encode)
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    disk_cache.remember("a", never)
    disk_cache.remember("c", b"c".strip)
    assert disk_cache.remember("a", never) == b"a"
    assert disk_cache.remember("b", lambda: b"anew") == b"anew"


@pytest.mark.parametrize("choice", [None, "gs://bucket/programs"])
def test_without_a_folder_of_jax_nothing_is_kept(folder, choice, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    jax.config.update("jax_compilation_cache_dir", choice)
    assert disk_cache.remember("a", lambda: b"first") == b"first"
    assert disk_cache.remember("a", lambda: b"second") == b"second"
    assert not list(tmp_path.iterdir())


def test_where_jax_is_told_to_keep_nothing_nothing_is_kept(folder):
    jax.config.update("jax_enable_compilation_cache", False)
    try:
        disk_cache.remember("a", lambda: b"code")
    finally:
        jax.config.update("jax_enable_compilation_cache", True)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_does_not_matter(folder):
    folder.write_text("a file where the folder should be")
    assert disk_cache.remember("a", lambda: b"code") == b"code"


CONVOLVE = """
import sys
import jax, jax.numpy as jnp
from mnistedu.layers.kernels import primitives, registry
jax.config.update("jax_compilation_cache_dir", sys.argv[1])
make = registry.compile_module
registry.compile_module = lambda module: print("compiled") or make(module)
images, kernel = (jnp.arange(n).astype(float).reshape(1, 2, n // 4, 2) for n in (24, 8))
print(primitives.convolve(images, kernel, jnp.ones(2)).tolist())
"""


def test_a_second_process_takes_the_kernel_of_the_first(tmp_path):
    def run():
        command = [sys.executable, "-c", CONVOLVE, str(tmp_path)]
        return subprocess.check_output(command, text=True).splitlines()

    note, *first = run()
    assert note == "compiled"
    assert run() == first
