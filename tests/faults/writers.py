"""What the package writes: how to write it, and how to check what is there afterwards.

Every fault of `injection` is injected into every writer of `WRITERS`. To add one, write two
functions and register them; import what is slow inside of them, for they run in a process of
their own.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import json
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnistedu import Ink, Samples, load_mnist
from mnistedu._atomic_files import atomic_write
from mnistedu.data import DataError, mnist
from tests.faults.server import send_file, serve

_NAMES = tuple(mnist.REGISTRY)


@dataclass(frozen=True)
class Writer:
    """Something that writes files.

    Parameters
    ----------
    write : callable
        ``write(folder, turn)`` writes once; `turn` is a number that no other call gets. It raises
        an OSError or one of `errors` if it cannot.
    check : callable
        ``check(folder, turns)`` raises an AssertionError if what is in the folder is damaged or
        lacks one of the turns whose call of `write` returned. Calls that were interrupted may have
        left their turn or not.
    errors : tuple of exception types
        The documented errors besides OSError.
    """

    write: Callable[[Path, int], None]
    check: Callable[[Path, set[int]], None]
    errors: tuple[type[Exception], ...] = ()


def write_sample(folder: Path, turn: int) -> None:
    """Add a sample."""
    _open_samples(folder).add(Ink([[(turn, 0)] * 50]), turn % 10)


def write_and_remove_samples(folder: Path, turn: int) -> None:
    """Add a sample; and add another one and remove it."""
    write_sample(folder, turn)
    samples = _open_samples(folder)
    samples.add(Ink([[(turn, 1)] * 50]), turn % 10)
    samples.remove()


@functools.cache
def _open_samples(folder: Path) -> Samples:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of lines that kills left unfinished
        return Samples(folder / "samples.jsonl")


def check_samples(folder: Path, turns: set[int]) -> None:
    path = folder / "samples.jsonl"
    if not path.exists():
        assert not turns
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        samples = Samples.load(path)
    points = [tuple(map(int, ink.strokes[0][0])) for ink in samples.inks]
    assert samples.labels.tolist() == [turn % 10 for turn, _ in points]
    kept = [turn for turn, is_removed in points if not is_removed]
    removed = [turn for turn, is_removed in points if is_removed]
    assert len(kept) == len(set(kept)), "a sample is there twice"
    assert turns <= set(kept), "a sample is lost"
    assert not turns & set(removed), "a removed sample is back"


def write_file(folder: Path, turn: int) -> None:
    """Replace a file of some hundred kilobytes."""
    with atomic_write(folder / "numbers.json", "w") as file:
        json.dump([turn] * 20_000, file)


def check_file(folder: Path, turns: set[int]) -> None:
    path = folder / "numbers.json"
    if turns or path.exists():
        numbers = json.loads(path.read_text())
        assert len(numbers) == 20_000
        assert len(set(numbers)) == 1


def write_download(folder: Path, turn: int) -> None:
    """Load MNIST from files of which one has to be downloaded, from a server of our own."""
    names = _use_small_mnist(folder / "home")
    with contextlib.suppress(OSError):
        (folder / "home" / names[turn % len(names)]).unlink()
    assert len(load_mnist(validation=0).test) == 20


def check_download(folder: Path, turns: set[int]) -> None:
    home = folder / "home"
    for name, content in small_mnist().items():
        path = home / name
        assert not path.exists() or path.read_bytes() == content, f"{name} is damaged"
    if home.exists():
        others = {path.name for path in home.iterdir()} - set(small_mnist())
        assert all(name.startswith(".writing-") for name in others), others


@functools.cache
def small_mnist() -> dict[str, bytes]:
    """Four small files in MNIST's format, which stand for the official ones."""
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 20]) + bytes(range(10)) * 2
    images = bytes([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, 28])
    images += np.random.default_rng(0).bytes(20 * 28 * 28)
    return {name: gzip.compress(images if "images" in name else labels, mtime=0) for name in _NAMES}


def small_settings(home: Path) -> dict[str, object]:
    """What `mnistedu.data.mnist` needs to load the small files, and only from this folder."""
    files = small_mnist()
    return {
        "REGISTRY": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "SIZES": {name: len(content) for name, content in files.items()},
        "_download_folders": lambda: [home],
    }


@functools.cache
def _use_small_mnist(home: Path) -> list[str]:
    """Make this process load the small files, and download them from a server of its own."""
    os.environ.update(MNISTEDU_DATA="", TQDM_DISABLE="1")
    for name, value in small_settings(home).items():
        setattr(mnist, name, value)
    ready = threading.Event()

    def run_server() -> None:
        with serve(send_file, small_mnist().get) as address:
            mnist.MIRRORS = (address,)
            ready.set()
            threading.Event().wait()

    threading.Thread(target=run_server, daemon=True).start()
    ready.wait()
    return list(small_mnist())


def load_mnist_anywhere(**options: str) -> str:
    """Load MNIST as a user does who has neither a clone nor a folder of the data."""
    os.environ["MNISTEDU_DATA"] = ""
    mnist._CLONE = Path("/nowhere")
    return load_mnist(**options).name


def load_fallback() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_mnist_anywhere(fallback="digits")


WRITERS = {
    "samples": Writer(write_sample, check_samples),
    "samples, undo": Writer(write_and_remove_samples, check_samples),
    "file": Writer(write_file, check_file),
    "download": Writer(write_download, check_download, (DataError,)),
}
"""What writes files, by name."""
