"""The cache of compiled programs, each time in processes of their own."""

import os
import stat
import subprocess
import sys

import pytest

TRAIN = """
import mnistedu, jax
from jax import monitoring
hits = []
monitoring.register_event_listener(lambda name, **_: hits.append(name.endswith("cache_hits")))
digits = mnistedu.load_digits()
mnistedu.train(mnistedu.build_mlp(), digits, epochs=1, verbose=False)
print(sum(hits), jax.config.jax_compilation_cache_dir)
"""


@pytest.fixture
def train(tmp_path):
    """Train in a new process whose cache folder is empty at first; give hits and folder."""

    def run(**environment):
        environment = {
            "XDG_CACHE_HOME": str(tmp_path),
            "HOME": str(tmp_path),
            "KERAS_BACKEND": "jax",
        } | environment
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("JAX_")
        }
        process = subprocess.run(
            [sys.executable, "-c", TRAIN],
            env=inherited | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        hits, folder = process.stdout.split()
        return int(hits), folder

    return run


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_a_second_process_finds_the_programs_of_the_first(train, tmp_path):
    hits, folder = train()
    assert hits == 0
    assert folder == str(tmp_path / "mnistedu" / "programs")
    assert stat.S_IMODE((tmp_path / "mnistedu" / "programs").stat().st_mode) == 0o700
    hits, _ = train()
    assert hits > 5


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is elsewhere")
def test_a_damaged_cache_does_no_harm(train, tmp_path):
    train()
    programs = list((tmp_path / "mnistedu" / "programs").glob("*-cache"))
    assert programs
    for program in programs:
        program.write_bytes(b"not a program")
    hits, _ = train()
    assert hits == 0


def test_a_folder_that_cannot_be_made_does_not_matter(train, tmp_path):
    (tmp_path / "mnistedu").write_text("a file where the folder should be")
    assert train() == (0, "None")


def test_the_users_own_choice_stands(train, tmp_path):
    own = str(tmp_path / "own")
    assert train(JAX_COMPILATION_CACHE_DIR=own)[1] == own
    assert not (tmp_path / "mnistedu").exists()
