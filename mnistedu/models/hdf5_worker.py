"""Read an HDF5 file in a process of its own, which may hang or crash on a damaged one.

This is a script. It imports nothing of the package, so that it starts fast:

    python hdf5_worker.py FILE MAX_BYTES

It reads everything in the file once, and prints a JSON object: the file's attributes that describe
a model, or an error. A model's file needs no links to other files and no data outside of it, so
those are errors, and so are more than MAX_BYTES of data when unpacked.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator

import h5py
import numpy as np

MAX_OBJECTS = 100_000
MAX_MEMORY = 8 * 2**30  # of address space
KINDS = "biufV"  # of numbers; V is how bfloat16 is stored
ATTRIBUTES = ("keras_version", "model_config", "training_config")


def read(path: str, max_bytes: int) -> dict[str, str]:
    """Read all of a file and return its attributes that describe a model."""
    left = max_bytes
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ValueError("it is not an HDF5 file, or damaged") from error
    with file:
        attributes = {}
        for thing in _walk(file):
            for name in thing.attrs:
                identifier = thing.attrs.get_id(name)
                left -= _count_bytes(identifier.shape, identifier.dtype)
                _check_left(left, max_bytes)
                value = thing.attrs[name]
                if thing.name == "/":
                    attributes[name] = value
            if isinstance(thing, h5py.Dataset):
                _check_dataset(thing)
                left -= _count_bytes(thing.shape, thing.dtype)
                _check_left(left, max_bytes)
                thing[()]
        return {name: _to_text(attributes[name]) for name in ATTRIBUTES if name in attributes}


def _walk(file: h5py.File) -> Iterator[h5py.Group | h5py.Dataset]:
    found, seen = [file], set()
    while found:
        thing = found.pop()
        address = h5py.h5o.get_info(thing.id).addr
        if address in seen:
            continue
        seen.add(address)
        if len(seen) > MAX_OBJECTS:
            raise ValueError(f"it has more than {MAX_OBJECTS:,} parts")
        yield thing
        if isinstance(thing, h5py.Group):
            for name in thing:
                if not isinstance(thing.get(name, getlink=True), h5py.HardLink):
                    raise ValueError(f"it has a link to another file or place: {name[:100]!r}")
                part = thing[name]
                if not isinstance(part, h5py.Group | h5py.Dataset):
                    raise ValueError(f"it has an unknown kind of part: {name[:100]!r}")
                found.append(part)


def _check_dataset(dataset: h5py.Dataset) -> None:
    if dataset.is_virtual or dataset.external:
        raise ValueError("it refers to data in other files")
    if dataset.dtype.kind not in KINDS or dataset.dtype.names or dataset.dtype.subdtype:
        raise ValueError(f"it has data of an unknown kind: {dataset.dtype}")


def _count_bytes(shape: tuple[int, ...] | None, dtype: np.dtype) -> int:
    return math.prod(shape or ()) * dtype.itemsize


def _check_left(left: int, max_bytes: int) -> None:
    if left < 0:
        raise ValueError(f"it unpacks to more than {max_bytes:,} bytes")


def _to_text(value: object) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    except (ImportError, ValueError):  # Windows has none
        pass
    try:
        answer: dict[str, object] = {"attributes": read(sys.argv[1], int(sys.argv[2]))}
    except Exception as error:
        answer = {"error": str(error) or type(error).__name__}
    sys.stdout.write(json.dumps(answer))
