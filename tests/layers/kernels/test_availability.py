"""Which kernels are used: those that are switched on, where they work."""

import subprocess
import sys
import warnings

import jax
import numpy as np
import pytest

from mnistedu import layers
from mnistedu._backend import import_keras
from mnistedu.layers.kernels import availability, self_test
from mnistedu.layers.kernels.availability import NAMES, is_available, switched_on

keras = import_keras()


@pytest.fixture
def unchecked(tmp_path):
    """Kernels that have not been checked, in this process and on this machine."""
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    availability._kernels_work.cache_clear()
    yield
    availability._kernels_work.cache_clear()
    jax.config.update("jax_compilation_cache_dir", before)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, NAMES),
        ("", NAMES),
        ("0", ()),
        ("conv2d", ("conv2d",)),
        ("conv2d, matmul", ("conv2d", "matmul")),
    ],
)
def test_the_environment_switches_kernels_on(monkeypatch, setting, expected):
    if setting is None:
        monkeypatch.delenv("MNISTEDU_KERNELS", raising=False)
    else:
        monkeypatch.setenv("MNISTEDU_KERNELS", setting)
    assert switched_on() == expected
    assert [name for name in NAMES if is_available(name)] == [
        name for name in NAMES if name in expected
    ]


@pytest.mark.parametrize("setting", ["1", "conv", "conv2d,,matmul", "0,conv2d"])
def test_an_unknown_name_is_refused(monkeypatch, setting):
    monkeypatch.setenv("MNISTEDU_KERNELS", setting)
    with pytest.raises(ValueError, match=f"must be 0 or some of conv2d, .*, got '{setting}'"):
        is_available("conv2d")


def test_kernels_are_checked_once_on_a_machine(unchecked, monkeypatch):
    runs = []
    run = self_test.run_in_new_process
    monkeypatch.setattr(self_test, "run_in_new_process", lambda: runs.append(1) or run())
    for _ in range(2):
        availability._kernels_work.cache_clear()
        assert is_available("conv2d")
    assert len(runs) == 1


def test_a_crash_of_the_self_test_switches_the_kernels_off(unchecked, monkeypatch):
    monkeypatch.setattr(self_test, "_PROGRAM", "import os; os.abort()")
    images = np.random.default_rng(0).normal(size=(3, 11, 13, 4)).astype("float32")
    fast, stock = (kind.Conv2D(6, 3, activation="relu") for kind in (layers, keras.layers))
    for layer in (fast, stock):
        layer.build(images.shape)
    fast.set_weights(stock.get_weights())
    with pytest.warns(UserWarning, match="training will be slow: .* ended by SIGABRT"):
        slow = fast(images)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast(images)  # warns once
    np.testing.assert_allclose(slow, stock(images), rtol=1e-5, atol=1e-5)


def test_a_self_test_that_hangs_switches_the_kernels_off(unchecked, monkeypatch):
    monkeypatch.setattr(self_test, "_PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(self_test, "_TIMEOUT", 0.5)
    with pytest.warns(UserWarning, match="training will be slow: .* timed out"):
        assert not is_available("conv2d")


WITHOUT_LLVMLITE = """
import sys, warnings
import numpy as np
sys.path.insert(0, sys.argv[1])
from mnistedu import layers
from mnistedu._backend import import_keras
keras = import_keras()
images = np.random.default_rng(0).normal(size=(2, 9, 9, 3)).astype("float32")

def make_layers(kind):
    keras.utils.set_random_seed(0)
    yield kind.Conv2D(2, 3), {}
    yield kind.MaxPooling2D(), {}
    yield kind.Dense(2), {}
    yield kind.Dropout(0.5, seed=1), {"training": True}

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for (fast, options), (stock, _) in zip(make_layers(layers), make_layers(keras.layers)):
        inputs = images[:, 0, 0] if isinstance(fast, keras.layers.Dense) else images
        stock.build(inputs.shape)
        fast.build(inputs.shape)
        fast.set_weights(stock.get_weights())
        np.testing.assert_allclose(
            fast(inputs, **options), stock(inputs, **options), rtol=1e-5, atol=1e-5
        )
messages = [str(warning.message) for warning in caught if warning.category is UserWarning]
assert len(messages) == 1, messages
print(messages[0])
"""


def test_layers_are_slow_with_a_warning_where_llvmlite_does_not_load(tmp_path):
    (tmp_path / "llvmlite").mkdir()
    (tmp_path / "llvmlite" / "__init__.py").write_text("raise OSError('no libllvmlite.so')")
    command = [sys.executable, "-c", WITHOUT_LLVMLITE, str(tmp_path)]
    message = subprocess.check_output(command, text=True)
    assert message.startswith("training will be slow: ")
    assert "no libllvmlite.so" in message
