"""The trial of the kernels in a process of its own."""

import os
import signal
import sys

import numpy as np
import pytest

from mnistedu.layers.kernels import primitives, registry, self_test


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Make Python code run at the start of new processes."""

    def write(code):
        (tmp_path / "sitecustomize.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))

    return write


def test_every_kernel_is_tried():
    assert {name for name, _, _ in self_test._results()} == registry._KERNELS.keys()


def test_kernels_pass_without_importing_keras(child):
    child(
        "import atexit, os, sys\n"
        "atexit.register(lambda: {'keras', 'matplotlib'} & set(sys.modules) and os._exit(3))"
    )
    assert self_test.run_in_new_process() == b"passed"


def test_a_kernel_that_is_wrong_is_named(monkeypatch):
    correct = primitives.matmul
    monkeypatch.setattr(primitives, "matmul", lambda left, right: correct(left, right) * 1.01)
    with pytest.raises(ArithmeticError, match=r"^matmul computes something else than NumPy"):
        self_test.run()


def test_a_crash_is_an_error(child):
    child("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(RuntimeError, match=f"ended by {signal.SIGSEGV.name}"):
        self_test.run_in_new_process()


def test_an_error_is_reported_in_one_line(child):
    child("import sys\nsys.modules['llvmlite'] = None")
    with pytest.raises(RuntimeError, match=r"self-test failed: .*llvmlite"):
        self_test.run_in_new_process()


def test_wrong_numbers_are_noticed(monkeypatch):
    monkeypatch.setattr(
        self_test, "_results", lambda: iter([("dropout", np.full(3, np.nan), np.zeros(3))])
    )
    with pytest.raises(ArithmeticError, match="dropout"):
        self_test.run()
