"""The choice of Keras's backend, in processes that import Keras once, and its distribution."""

import os
import subprocess
import sys

import pytest

from mnistedu._backend import import_keras, without_distribution


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "", "KERAS_HOME": os.devnull, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_mnistedu_before_keras_selects_jax(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", "import mnistedu, keras; print(keras.backend.backend())"],
        env={**environment, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "jax"


def test_import_keras_rejects_another_backend_with_a_reason():
    code = """
import sys, types
keras = types.ModuleType("keras")
keras.backend = types.SimpleNamespace(backend=lambda: "torch")
sys.modules["keras"] = keras  # as if Keras had been imported on PyTorch, which is not needed here
from mnistedu._backend import import_keras
import_keras()
"""
    done = python(code)
    assert "RuntimeError: mnistedu needs Keras on the 'jax' backend" in done.stderr
    assert "restart the kernel" in done.stderr


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import mnistedu", "numpy keras jax matplotlib sklearn ipywidgets"),
        ("import mnistedu; mnistedu.Ink([[(0, 0), (9, 9)]]).to_image()", "keras jax matplotlib"),
        ("import mnistedu; mnistedu.load_digits", "keras jax matplotlib"),
        ("import mnistedu; mnistedu.DrawingPad(lambda images: [[0.1] * 10])", "keras jax"),
    ],
)
def test_libraries_are_imported_only_when_needed(code, absent):
    done = python(f"{code}\nimport sys\nprint(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert not set(absent.split()) & set(done.stdout.split())


def test_without_distribution_leaves_the_scope_and_restores_it():
    distribution = import_keras().distribution
    with distribution.DataParallel().scope():
        scope = distribution.distribution()
        with pytest.raises(ZeroDivisionError), without_distribution():
            assert distribution.distribution() is None
            _ = 1 / 0
        assert distribution.distribution() is scope
