"""MNIST: its four official files, from a folder on this machine or from a mirror."""

from __future__ import annotations

import hashlib
import io
import os
import time
import warnings
from collections import deque
from pathlib import Path

from mnistedu._atomic_files import atomic_write, check_regular, check_writable
from mnistedu.data.cache import cache_folder
from mnistedu.data.dataset import Dataset, Split
from mnistedu.data.digits import load_digits
from mnistedu.data.errors import CorruptFileError, DataError, DownloadError, MissingFileError
from mnistedu.data.idx import parse_idx

REGISTRY = dict(
    line.split()
    for line in """
    train-images-idx3-ubyte.gz 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
    train-labels-idx1-ubyte.gz 3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c
    t10k-images-idx3-ubyte.gz 8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6
    t10k-labels-idx1-ubyte.gz f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6
    """.strip().splitlines()
)
"""The official files and their SHA-256 sums."""

SIZES = dict(zip(REGISTRY, (9_912_422, 28_881, 1_648_877, 4_542), strict=True))
"""The official files and their sizes in bytes."""

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)
"""Where the files are downloaded from, tried in this order."""

TOTAL_SECONDS = 600.0
"""How long the downloads of one call may take, all files and mirrors together."""

_CLONE = Path(__file__).parents[2]


def load_mnist(
    *,
    validation: int = 5000,
    folder: str | os.PathLike[str] | None = None,
    fallback: str | None = None,
) -> Dataset:
    """Load MNIST: 60,000 images to learn from and 10,000 to test on.

    The files are read from the folder that the environment variable ``MNISTEDU_DATA`` names, or
    else from ``data/`` of a clone of this project or from the user's cache. If none of them has the
    files, they are downloaded (11.6 MB) to the first of the latter two that can be written. Each
    file is checked against its official SHA-256 sum every time it is loaded.

    Parameters
    ----------
    validation : int, default=5000
        How many of the training images to hold out for validation. They are the last ones: each
        person's images are consecutive, so a random split would put images by the same person into
        both sets and overestimate the accuracy on new writers.
    folder : str or path-like, optional
        Read the files from this folder only.
    fallback : {None, "digits"}, default=None
        With ``"digits"``, warn and return :func:`load_digits` if MNIST cannot be loaded.

    Returns
    -------
    data : Dataset
        Its ``name`` is ``"mnist"``, or ``"digits"`` after a fallback.

    Raises
    ------
    DataError
        If the files cannot be loaded: a :class:`MissingFileError` if the given folder does not
        contain them, a :class:`CorruptFileError` if it contains other files of these names, a
        :class:`DownloadError` if no mirror sent them within ten minutes or no folder can be
        written.
    ValueError
        If `validation` is not from 0 to 59,999, or `fallback` is not one of its values.

    Examples
    --------
    >>> data = load_mnist(fallback="digits")  # doctest: +SKIP
    >>> data.train.images.shape  # doctest: +SKIP
    (55000, 28, 28)
    """
    if fallback not in (None, "digits"):
        raise ValueError(f"fallback must be None or 'digits', got {fallback!r}")
    if not 0 <= validation < 60_000:
        raise ValueError(f"validation must be from 0 to 59,999 images, got {validation:,}")
    try:
        contents = _read_or_download(folder)
    except DataError as error:
        if fallback is None:
            raise
        reason = str(error).partition("\n")[0].rstrip(":.")
        warnings.warn(
            "MNIST could not be loaded, so these are scikit-learn's 1,797 bundled digits instead: "
            f"figures will differ from MNIST's. The reason: {reason}. load_mnist() without the "
            "fallback says what to do.",
            stacklevel=2,
        )
        return load_digits()
    x, y, x_test, y_test = (parse_idx(io.BytesIO(contents[name]), name) for name in REGISTRY)
    cut = len(x) - validation
    return Dataset(
        train=Split(x[:cut], y[:cut]),
        validation=Split(x[cut:], y[cut:]),
        test=Split(x_test, y_test),
        name="mnist",
    )


def find_files(folder: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the folder that contains all four files, without a download.

    Parameters
    ----------
    folder : str or path-like, optional
        Check this folder only.

    Returns
    -------
    found : pathlib.Path or None
        The first folder of those that :func:`load_mnist` reads that contains the files.

    Raises
    ------
    MissingFileError
        If `folder` or ``MNISTEDU_DATA`` is a folder that does not contain the files.
    DataError
        If it cannot be read.

    Examples
    --------
    >>> find_files() is None or (find_files() / "t10k-labels-idx1-ubyte.gz").exists()
    True
    """
    if named := folder or os.environ.get("MNISTEDU_DATA"):
        source = "folder" if folder else "the environment variable MNISTEDU_DATA"
        try:
            missing = [name for name in REGISTRY if not check_regular(Path(named, name))]
        except OSError as error:
            raise DataError(
                f"{source} names {_short(named)}, which cannot be read ({error.strerror}). Make it "
                "readable, or name no folder to have the files downloaded."
            ) from error
        if missing:
            raise MissingFileError(
                f"{source} names {_short(named)}, which does not contain {', '.join(missing)}. Put "
                "the official files there, or name no folder to have them downloaded."
            )
        return Path(named)
    return next(filter(_contains_files, _download_folders()), None)


def _download_folders() -> list[Path]:
    """Return the folders where downloads are stored, in order of preference."""
    clone = [_CLONE / "data"] if (_CLONE / "data" / "README.md").exists() else []
    cache = cache_folder()
    return clone if cache is None else [*clone, cache]


def _contains_files(folder: Path) -> bool:
    try:
        return all(check_regular(folder / name) for name in REGISTRY)
    except OSError:
        return False


def _read_or_download(folder: str | os.PathLike[str] | None) -> dict[str, bytes]:
    """Return the contents of the official files by their names."""
    found, downloads = find_files(folder), _download_folders()
    candidates = downloads if found is None or found in downloads else [found]
    for candidate in candidates:
        try:
            return {name: _read_official(candidate / name) for name in REGISTRY}
        except DataError:
            if candidate not in downloads:
                raise
    target = _choose_writable(downloads)
    mirrors, deadline = deque(MIRRORS), time.monotonic() + TOTAL_SECONDS
    return {name: _read_or_download_one(target / name, mirrors, deadline) for name in REGISTRY}


def _read_official(path: Path) -> bytes:
    """Read no more of a file than the size of the official one, and check its sum."""
    try:
        if not check_regular(path):
            raise MissingFileError(f"there is no file {path}")
        with path.open("rb") as file:
            content = file.read(SIZES[path.name] + 1)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}). Make it readable, or set MNISTEDU_DATA to "
            "another folder with the official files."
        ) from error
    if hashlib.sha256(content).hexdigest() != REGISTRY[path.name]:
        raise CorruptFileError(
            f"{path} is not the official file: expected {SIZES[path.name]:,} bytes with the "
            f"SHA-256 sum {REGISTRY[path.name]}, got others. An interrupted download or a page "
            "saved by a proxy is the usual cause: replace it by the official file, or name no "
            "folder to have it downloaded."
        )
    return content


def _choose_writable(folders: list[Path]) -> Path:
    reasons = []
    for folder in folders:
        try:
            for name in REGISTRY:
                check_writable(folder / name)
        except OSError as error:
            reasons.append(error.strerror or str(error))
        else:
            return folder
    raise DownloadError(
        "MNIST has to be downloaded, but no folder can store it: "
        f"{'; '.join(reasons) or 'this user has no home directory'}.\n{_BY_HAND}"
    )


def _read_or_download_one(path: Path, mirrors: deque[str], deadline: float) -> bytes:
    """Return the content of an official file; move mirrors that fail to the end of the queue."""
    try:
        return _read_official(path)
    except MissingFileError:
        problem = "is missing"
    except CorruptFileError:
        problem = "is damaged"
    except DataError:
        problem = "cannot be read"
    reasons = []
    for _ in range(len(mirrors)):
        try:
            content = _download(mirrors[0], path.name, deadline)
        except DownloadError as error:
            reasons.append(f"  {mirrors[0]}: {error}")
            mirrors.rotate(-1)
            continue
        try:
            with atomic_write(path) as file:
                file.write(content)
        except OSError as error:
            raise DownloadError(f"{error.strerror or error}.\n{_BY_HAND}") from error
        return content
    raise DownloadError(
        f"{path} {problem} and could not be downloaded from any mirror:\n"
        + "\n".join(reasons)
        + f"\n{_BY_HAND}"
    )


def _download(mirror: str, name: str, deadline: float) -> bytes:
    """Download an official file from a mirror, with a progress bar."""
    from tqdm.auto import tqdm

    from mnistedu.data.download import download

    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise DownloadError(f"not tried: {TOTAL_SECONDS:g} seconds for all downloads are over")
    with tqdm(desc=name, total=SIZES[name], unit="B", unit_scale=True) as bar:
        return download(
            mirror + name,
            SIZES[name],
            REGISTRY[name],
            seconds=seconds,
            on_progress=lambda n_bytes: bar.update(n_bytes - bar.n),
        )


def _short(path: str | os.PathLike[str]) -> str:
    text = os.fspath(path)
    return text if len(text) <= 200 else f"{text[:200]}..."


_BY_HAND = (
    "What to do: check the connection (behind a proxy set HTTPS_PROXY); or download the four files "
    f"({', '.join(REGISTRY)}) with a browser or get them from a colleague, put them into a folder "
    "and set MNISTEDU_DATA to it; or go on without a network with load_mnist(fallback='digits')."
)
