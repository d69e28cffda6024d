"""The formats of models' files, checked before Keras reads them.

Both formats hold a description of the model in JSON and its weights in HDF5: ``.keras`` in a zip
archive, ``.h5`` in HDF5 itself. Sizes are taken from what a file declares, before it is unpacked.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mnistedu.models.trust import UntrustedError, check_description

MAX_BYTES = 2**30  # of a file, and of what it unpacks to: 80 million weights with Adam's state
MAX_DESCRIPTION = 10_000_000  # bytes
SECONDS = 60  # to read an HDF5 file
LIMIT = "that are allowed without trust=True"
WORKER = Path(__file__).with_name("hdf5_worker.py")

DESCRIPTION, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"


@contextmanager
def private_copy(path: Path, *, max_bytes: int = MAX_BYTES) -> Iterator[Path]:
    """Copy a file to where nobody else can change it while it is checked and read.

    Parameters
    ----------
    path : pathlib.Path
    max_bytes : int
        What the file may have.

    Yields
    ------
    copy : pathlib.Path
        With the same suffix. It exists until the block ends.

    Raises
    ------
    OSError
        If there is no such file, it cannot be opened, or is a folder.
    ValueError
        If it is a pipe or a device, or too large.
    """
    with open_regular(path) as source:
        size = os.fstat(source.fileno()).st_size
        if size > max_bytes:
            raise ValueError(f"{path} has {size:,} bytes, more than {max_bytes:,} {LIMIT}")
        with tempfile.TemporaryDirectory(prefix="mnistedu-") as folder:
            copy = Path(folder, f"model{path.suffix.lower()}")
            copy.write_bytes(source.read(size))
            yield copy


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file to read; anything else, such as a pipe, is an error at once.

    Parameters
    ----------
    path : pathlib.Path

    Yields
    ------
    file : file object

    Raises
    ------
    OSError
        If there is no such file, it cannot be opened, or is a folder.
    ValueError
        If it is a pipe or a device.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a model's file")
    try:
        file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"there is no file {path}") from None
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"{path} is not a regular file")
        yield file


def check_contents(path: Path) -> str:
    """Check that nothing in a model's file can do harm when Keras reads it.

    Parameters
    ----------
    path : pathlib.Path
        A ``.keras`` or ``.h5`` file, which nobody else can change.

    Returns
    -------
    version : str
        Of the Keras that wrote the file, or "" if it does not say.

    Raises
    ------
    UntrustedError
        If it names or holds something that may not be loaded without trust.
    Exception
        Of many kinds, if the file is damaged or unpacks to too much.
    """
    if path.suffix == ".h5":
        attributes = read_hdf5(path)
        if "model_config" not in attributes:
            raise ValueError("it holds no description of a model")
        for name in ("model_config", "training_config"):
            check_description(_parse(attributes.get(name, "{}")))
        return attributes.get("keras_version", "")
    with zipfile.ZipFile(path) as archive:
        _check_members(archive.infolist())
        check_description(_parse(archive.read(DESCRIPTION)))
        metadata = _parse(archive.read(METADATA)) if METADATA in archive.namelist() else {}
        weights = path.with_name(WEIGHTS)
        with archive.open(WEIGHTS) as packed, weights.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    read_hdf5(weights)
    return str(metadata.get("keras_version", ""))


def read_hdf5(path: Path, *, max_bytes: int = MAX_BYTES) -> dict[str, str]:
    """Read all of an HDF5 file in another process, and return its text attributes.

    A damaged file can make HDF5 hang or crash, and neither can be stopped in the same process.

    Parameters
    ----------
    path : pathlib.Path
    max_bytes : int
        What it may unpack to.

    Returns
    -------
    attributes : dict of str to str

    Raises
    ------
    ValueError
        If it cannot be read in :data:`SECONDS`, refers to other files, or unpacks to too much.
    """
    command = [sys.executable, "-P", str(WORKER), str(path), str(max_bytes)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # starts faster
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env=environment,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise ValueError(f"it cannot be read in {SECONDS} seconds") from None
    except json.JSONDecodeError:
        raise ValueError("HDF5 crashes when it reads it") from None
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["attributes"]


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    for name in (DESCRIPTION, WEIGHTS):
        if name not in names:
            raise ValueError(f"it has no {name}")
    others = [name for name in names if name not in (DESCRIPTION, METADATA, WEIGHTS)]
    if others or len(set(names)) < len(names):
        raise UntrustedError(f"it holds more than a model needs: {(others or names)[0][:100]!r}")
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise ValueError("it is compressed in an unknown way")
    if (size := sum(member.file_size for member in members)) > MAX_BYTES:
        raise ValueError(f"it unpacks to {size:,} bytes, more than {MAX_BYTES:,} {LIMIT}")
    if any(m.file_size > MAX_DESCRIPTION for m in members if m.filename != WEIGHTS):
        raise ValueError(f"its description has more than {MAX_DESCRIPTION:,} bytes")


def _parse(text: str | bytes) -> dict:
    if len(text) > MAX_DESCRIPTION:
        raise ValueError(f"its description has more than {MAX_DESCRIPTION:,} bytes")
    description = json.loads(text)
    if not isinstance(description, dict):
        raise ValueError("its description is not a JSON object")
    return description
