import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistedu.data import CorruptFileError
from mnistedu.data.idx import read_idx


def idx(values):
    shape = np.array(values.shape, ">u4").tobytes()
    return bytes([0, 0, 8, values.ndim]) + shape + values.tobytes()


@given(shape=st.lists(st.integers(0, 5), min_size=1, max_size=3), compress=st.booleans())
def test_what_is_written_is_read(shape, compress, tmp_path_factory):
    values = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    path = tmp_path_factory.mktemp("idx") / "values"
    path.write_bytes(gzip.compress(idx(values)) if compress else idx(values))
    np.testing.assert_array_equal(read_idx(path), values)


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD[:-1], r"states the shape \(2, 3\), which takes 18 bytes, but holds 17"),
        (GOOD + b"\0", "takes 18 bytes, but holds 19"),
        (GOOD[:6], "ends within its header"),
        (b"", "not an IDX file .* got nothing"),
        (b"<html>", "not an IDX file .* got 3c 68 74"),
        (b"\0\0\x0d" + GOOD[3:], "not an IDX file of unsigned bytes"),
        (gzip.compress(GOOD)[:-9], "cut short or damaged"),
        (gzip.compress(GOOD)[:-4] + b"\1\2\3\4", "cut short or damaged"),
    ],
)
def test_damaged_files_are_refused(content, message, tmp_path):
    path = tmp_path / "damaged"
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=message):
        read_idx(path)
