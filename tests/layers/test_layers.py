"""The layers as a whole: imported on first use, and with kernels switched off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mnistedu.layers

ROOT = Path(__file__).parents[2]


def test_the_kernels_are_imported_without_keras():
    program = (
        "import sys; import mnistedu.layers.kernels.primitives; assert 'keras' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_unknown_layer():
    with pytest.raises(AttributeError, match="no attribute 'Conv3D'"):
        mnistedu.layers.Conv3D  # noqa: B018


def test_layers_agree_with_keras_where_kernels_are_switched_off():
    tests = "float32 or forward_mode or empty_batch"
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/layers/test_cpu_layers.py", "-k", tests],
        cwd=ROOT,
        env=os.environ | {"MNISTEDU_KERNELS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout
    assert " passed" in process.stdout
