import gzip
import os
import tracemalloc

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistedu.data import CorruptFileError
from mnistedu.data.idx import read_idx


def header(*shape):
    return bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()


def idx(values):
    return header(*values.shape) + values.tobytes()


@given(shape=st.lists(st.integers(0, 5), min_size=1, max_size=3), compress=st.booleans())
def test_written_values_are_read(shape, compress, tmp_path_factory):
    values = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    path = tmp_path_factory.mktemp("idx") / "values"
    path.write_bytes(gzip.compress(idx(values)) if compress else idx(values))
    np.testing.assert_array_equal(read_idx(path), values)


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD[:-1], r"states the shape \(2, 3\), which takes 18 bytes, but holds 17"),
        (GOOD + b"\0", "takes 18 bytes, but holds more"),
        (GOOD[:6], "ends within its header"),
        (b"", "not an IDX file .* got nothing"),
        (b"<html>", "not an IDX file .* got 3c 68 74"),
        (b"\0\0\x0d" + GOOD[3:], "not an IDX file of unsigned bytes"),
        (header(*[1] * 65) + b"\7", "a shape that no array can have"),
        (header(0, 2**32 - 1, 2**32 - 1, 2**32 - 1), "a shape that no array can have"),
        (header(2**32 - 1, 2**32 - 1), r"larger than any known set \(1,073,741,824 bytes\)"),
        (header(2**30, 1), "takes 1,073,741,836 bytes, but holds 12"),
        (gzip.compress(header(*[2] * 255), mtime=0), "larger than any known set"),
        (gzip.compress(GOOD, mtime=0)[:-9], "cut short or damaged"),
        (gzip.compress(GOOD, mtime=0)[:-4] + b"\1\2\3\4", "cut short or damaged"),
    ],
)
def test_damaged_files_are_refused(content, message, tmp_path):
    path = tmp_path / "damaged"
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=message):
        read_idx(path)


def test_no_more_is_decompressed_than_the_header_states(tmp_path):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header(10, 10))
        for _ in range(50):
            file.write(bytes(2**20))
    tracemalloc.start()
    with pytest.raises(CorruptFileError, match="takes 112 bytes, but holds more"):
        read_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


def test_a_pipe_or_a_missing_file_is_an_os_error(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="a pipe or a device"):
        read_idx(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "missing")


def test_jax_uses_the_images_without_a_copy_on_a_cpu(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]) + bytes(2 * 784))
    images = read_idx(path)
    on_device = jax.device_put(images, jax.devices("cpu")[0])
    assert on_device.unsafe_buffer_pointer() == images.ctypes.data
    assert not images.flags.writeable
