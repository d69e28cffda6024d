"""The cache of compiled programs, for this process and for the next one."""

import os
import stat
import subprocess
import sys

import jax
import pytest
from jax.experimental.compilation_cache import compilation_cache

from mnistedu.training.compilation_cache import enable_compilation_cache

COUNT = """
import jax
from jax import monitoring
hits = []
monitoring.register_event_listener(lambda name, **_: hits.append(name.endswith("cache_hits")))
"""
TRAIN = """
import mnistedu
digits = mnistedu.load_digits()
mnistedu.train(mnistedu.build_mlp(), digits, epochs=1, verbose=False)
"""
COMPILE = """
from mnistedu.training.compilation_cache import enable_compilation_cache
enable_compilation_cache()
jax.jit(lambda x: 2 * x)(1)
"""
REPORT = "print(sum(hits), jax.config.jax_compilation_cache_dir)"


@pytest.fixture
def run(tmp_path):
    """Run code in a new process whose cache folder is empty at first; return hits and folder."""

    def run_code(code, **environment):
        environment = {
            "XDG_CACHE_HOME": str(tmp_path),
            "HOME": str(tmp_path),
            "KERAS_BACKEND": "jax",
        } | environment
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("JAX_")
        }
        process = subprocess.run(
            [sys.executable, "-c", COUNT + code + REPORT],
            env=inherited | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        hits, folder = process.stdout.split()
        return int(hits), folder

    return run_code


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_a_second_process_finds_the_programs_of_the_first(run, tmp_path):
    hits, folder = run(TRAIN)
    assert hits == 0
    assert folder == str(tmp_path / "mnistedu" / "programs")
    assert stat.S_IMODE((tmp_path / "mnistedu" / "programs").stat().st_mode) == 0o700
    hits, _ = run(TRAIN)
    assert hits > 5


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_a_damaged_cache_does_no_harm(run, tmp_path):
    run(COMPILE)
    assert run(COMPILE)[0] == 1
    programs = list((tmp_path / "mnistedu" / "programs").glob("*-cache"))
    assert programs
    for program in programs:
        program.write_bytes(b"not a program")
    hits, _ = run(COMPILE)
    assert hits == 0


def test_a_folder_that_cannot_be_created_does_not_matter(run, tmp_path):
    (tmp_path / "mnistedu").write_text("a file where the folder should be")
    assert run(COMPILE) == (0, "None")


def test_the_users_own_choice_stands(run, tmp_path):
    own = str(tmp_path / "own")
    assert run(COMPILE, JAX_COMPILATION_CACHE_DIR=own)[1] == own
    assert not (tmp_path / "mnistedu").exists()


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Where programs would be kept, in a process that has not enabled the cache yet."""
    names = [
        "jax_compilation_cache_dir",
        "jax_compilation_cache_max_size",
        "jax_persistent_cache_min_compile_time_secs",
    ]
    before = {name: getattr(jax.config, name) for name in names}
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    jax.config.update("jax_compilation_cache_dir", None)
    yield tmp_path / "mnistedu" / "programs"
    for name, value in before.items():
        jax.config.update(name, value)
    compilation_cache.reset_cache()


def enabled_folder():
    enable_compilation_cache()
    return jax.config.jax_compilation_cache_dir


linux = pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
as_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can give files to other users"
)


@linux
def test_the_folder_is_enabled(programs):
    assert enabled_folder() == str(programs)


@linux
def test_a_folder_that_others_can_write_to_is_not_used(programs):
    programs.mkdir(parents=True)
    programs.chmod(0o777)
    assert enabled_folder() is None
    assert stat.S_IMODE(programs.stat().st_mode) == 0o777


@linux
@as_root
def test_programs_of_another_user_are_not_used(programs):
    programs.mkdir(0o700, parents=True)
    (programs / "jit_train-cache").write_bytes(b"code")
    os.chown(programs / "jit_train-cache", 12345, 12345)
    assert enabled_folder() is None


@linux
@as_root
def test_a_link_into_the_folder_of_another_user_is_not_followed(programs, tmp_path):
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 12345, 12345)
    programs.parent.mkdir()
    programs.symlink_to(tmp_path / "theirs", target_is_directory=True)
    assert enabled_folder() is None


@linux
def test_programs_that_a_killed_process_left_unfinished_are_kept_again(programs):
    def compile_programs():
        jax.config.update("jax_compilation_cache_dir", None)
        assert enabled_folder() == str(programs)
        for number in range(3):
            jax.jit(lambda x, number=number: x + number)(1.0)
        return {path.name: path.stat().st_size for path in programs.glob("*-cache")}

    before = compile_programs()
    unfinished, missing, _ = (programs / name for name in before)
    unfinished.write_bytes(unfinished.read_bytes()[:10])
    missing.unlink()
    for program in (unfinished, missing):
        program.with_name(program.name.replace("-cache", "-atime")).unlink()
    after = compile_programs()
    assert set(after) == set(before)
    assert after[unfinished.name] > 10
