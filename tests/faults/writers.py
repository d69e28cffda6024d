"""What the package writes: how to write it, and how to check what is there afterwards.

Every fault of `injection` is injected into every writer of `WRITERS`. To add one, write two
functions and register them. They run in processes of their own.
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

from mnistedu import DrawingPad, Ink, Samples, load_mnist
from mnistedu._atomic_files import atomic_write
from mnistedu.cli import main
from mnistedu.cli.doctor import examine
from mnistedu.data import DataError, mnist
from tests.faults import model_writers
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
    seconds : float
        How long a process that is killed writes on, on average.
    is_slow : bool
        Whether the short tests inject only a kill.
    """

    write: Callable[[Path, int], None]
    check: Callable[[Path, set[int]], None]
    errors: tuple[type[Exception], ...] = ()
    seconds: float = 0.02
    is_slow: bool = False


def write_sample(folder: Path, turn: int) -> None:
    """Add a sample."""
    _open_samples(folder).add(_ink(turn), turn % 10)


def write_and_remove_samples(folder: Path, turn: int) -> None:
    """Add a sample; and add another one and remove it."""
    write_sample(folder, turn)
    samples = _open_samples(folder)
    samples.add(_ink(turn, removed=True), turn % 10)
    samples.remove()


def write_with_pad(folder: Path, turn: int) -> None:
    """Keep a drawing of a pad; and keep another one and undo that."""
    pad = _open_pad(folder)
    for removed in (False, True):
        pad.draw(_ink(turn, removed=removed))
        pad.keep(turn % 10)
    pad.undo()


@functools.cache
def _open_pad(folder: Path) -> DrawingPad:
    return DrawingPad(lambda images: np.full((len(images), 10), 0.1), samples=_open_samples(folder))


@functools.cache
def _open_samples(folder: Path) -> Samples:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of lines that kills left unfinished
        return Samples(folder / "samples.jsonl")


def _ink(turn: int, *, removed: bool = False) -> Ink:
    """Return a drawing that fills the sheet of a pad, with the turn and another mark in it."""
    mark = [(turn // 250_000, turn // 500 % 500), (turn % 500, int(removed))]
    return Ink([[(0, 0), (560, 560)], mark * 20])


def check_samples(folder: Path, turns: set[int]) -> None:
    path = folder / "samples.jsonl"
    if not path.exists():
        assert not turns
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        samples = Samples.load(path)
    kept, removed = [], []
    for ink, label in zip(samples.inks, samples.labels.tolist(), strict=True):
        (high, middle), (low, is_removed) = ink.strokes[1][:2].astype(int).tolist()
        turn = 250_000 * high + 500 * middle + low
        assert label == turn % 10
        (removed if is_removed else kept).append(turn)
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


def train_in(folder: Path) -> int:
    os.environ["MNISTEDU_KERNELS"] = "0"  # without a home, the kernels are tested again first
    command = ["train", "mlp", "--data", "digits", "--epochs", "1", "-o", f"{folder}/model.keras"]
    return main(command)


def examine_installation() -> list[str]:
    return [finding.subject for finding in examine()]


WRITERS = {
    "samples": Writer(write_sample, check_samples),
    "samples, undo": Writer(write_and_remove_samples, check_samples),
    "pad": Writer(write_with_pad, check_samples),
    "file": Writer(write_file, check_file),
    "download": Writer(write_download, check_download, (DataError,)),
    "model": Writer(model_writers.write_model, model_writers.check_model, is_slow=True),
    "checkpoints": Writer(
        model_writers.write_checkpoints, model_writers.check_checkpoints, seconds=0.3, is_slow=True
    ),
    "page": Writer(model_writers.write_page, model_writers.check_page, is_slow=True),
    "kernels": Writer(model_writers.write_kernel, model_writers.check_kernels, is_slow=True),
    "programs": Writer(model_writers.write_program, model_writers.check_programs, is_slow=True),
}
"""What writes files, by name."""
