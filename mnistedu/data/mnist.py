"""MNIST: where its four official files are looked for, and how they are fetched."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pooch
import requests

from mnistedu.data.dataset import Dataset, Split
from mnistedu.data.digits import load_digits
from mnistedu.data.errors import CorruptFileError, DataError, DownloadError, MissingFileError
from mnistedu.data.idx import read_idx

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

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)
"""Where the files are downloaded from, tried in this order."""

TIMEOUT_SECONDS = 20

_CLONE = Path(__file__).parents[2]


def load_mnist(
    *,
    validation: int = 5000,
    folder: str | os.PathLike[str] | None = None,
    fallback: str | None = None,
) -> Dataset:
    """Load MNIST: 60,000 images to learn from and 10,000 to be tested on.

    The files are looked for in the folder that the environment variable ``MNISTEDU_DATA`` names,
    then in ``data/`` of a clone of this project, then in the user's cache; where none has them they
    are downloaded once, to ``data/`` of the clone or else to the cache. Each file is checked
    against its official SHA-256 sum every time it is loaded.

    Parameters
    ----------
    validation : int, default=5000
        How many of the training images to hold out for validation. They are the last ones: people
        wrote the images in runs, so a random part would hold other digits by the very same hands
        and look easier than strangers' digits are.
    folder : str or path-like, optional
        Look here and nowhere else.
    fallback : {None, "digits"}, default=None
        With ``"digits"``, warn and return :func:`load_digits` where MNIST cannot be had.

    Returns
    -------
    data : Dataset
        Its ``name`` is ``"mnist"``, or ``"digits"`` after a fallback.

    Raises
    ------
    MissingFileError
        If the folder that was named does not hold the files.
    CorruptFileError
        If a file is not the official one.
    DownloadError
        If no mirror gave a file, or no folder could be written.
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
        files = _locate(folder)
    except DataError as error:
        if fallback is None:
            raise
        reason = str(error).partition("\n")[0].rstrip(":")
        warnings.warn(
            "MNIST could not be loaded, so these are scikit-learn's 1,797 bundled digits instead: "
            f"figures will differ from MNIST's. The reason: {reason}. load_mnist() without the "
            "fallback says what to do.",
            stacklevel=2,
        )
        return load_digits()
    x, y, x_test, y_test = (read_idx(files / name) for name in REGISTRY)
    cut = len(x) - validation
    return Dataset(
        train=Split(x[:cut], y[:cut]),
        validation=Split(x[cut:], y[cut:]),
        test=Split(x_test, y_test),
        name="mnist",
    )


def find_files(folder: str | os.PathLike[str] | None = None) -> Path | None:
    """Find a folder that holds all four files, without a download.

    Parameters
    ----------
    folder : str or path-like, optional
        Look here and nowhere else.

    Returns
    -------
    found : pathlib.Path or None
        The first of the places that :func:`load_mnist` names which has the files.

    Raises
    ------
    MissingFileError
        If `folder` or ``MNISTEDU_DATA`` names a folder that does not hold the files.

    Examples
    --------
    >>> find_files() is None or (find_files() / "t10k-labels-idx1-ubyte.gz").exists()
    True
    """
    if named := folder or os.environ.get("MNISTEDU_DATA"):
        missing = _missing(Path(named))
        if missing:
            source = "folder" if folder else "the environment variable MNISTEDU_DATA"
            raise MissingFileError(
                f"{source} names {named}, which does not hold {', '.join(missing)}. Put the "
                "official files there, or name no folder to have them downloaded."
            )
        return Path(named)
    return next((place for place in _homes() if not _missing(place)), None)


def _homes() -> list[Path]:
    """Give the folders that downloads are kept in, the first choice first."""
    clone = [_CLONE / "data"] if (_CLONE / "data" / "README.md").exists() else []
    return [*clone, Path(pooch.os_cache("mnistedu"))]


def _missing(folder: Path) -> list[str]:
    return [name for name in REGISTRY if not (folder / name).is_file()]


def _locate(folder: str | os.PathLike[str] | None) -> Path:
    """Find the folder of the verified files, after a download where that is allowed."""
    found = find_files(folder)
    if found is None or found in _homes():
        home = found or _writable_home()
        for name in REGISTRY:
            _download(name, home)
        return home
    for name, expected in REGISTRY.items():
        if not _is_official(found / name):
            raise CorruptFileError(
                f"{found / name} is not the official file: expected the SHA-256 sum {expected}, "
                f"got {pooch.file_hash(str(found / name))}. A download that stopped half-way, or a "
                "page saved by a proxy, is the usual cause: put the official file in its place, "
                "or name no folder to have it downloaded."
            )
    return found


def _is_official(path: Path) -> bool:
    return path.is_file() and pooch.file_hash(str(path)) == REGISTRY[path.name]


def _writable_home() -> Path:
    reasons = []
    for home in _homes():
        try:
            pooch.utils.make_local_storage(home)
        except OSError as error:
            reasons.append(f"{home} ({error.strerror or error})")
        else:
            return home
    raise DownloadError(
        f"MNIST has to be downloaded, but no folder can be written: {'; '.join(reasons)}. "
        + _BY_HAND
    )


def _download(name: str, home: Path) -> None:
    """Make sure of one file: leave it if its sum is right, else fetch it from the first mirror."""
    if _is_official(home / name):
        return
    pooch.get_logger().setLevel("WARNING")  # the bar says enough
    fetcher = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT_SECONDS)
    reasons = []
    for mirror in MIRRORS:
        try:
            pooch.retrieve(mirror + name, REGISTRY[name], name, home, downloader=fetcher)
        except (requests.RequestException, ValueError, OSError) as error:
            reasons.append(f"  {mirror}: {_explain(error)}")
        else:
            return
    state = "is damaged and" if (home / name).exists() else "is missing and"
    raise DownloadError(
        f"{home / name} {state} could not be downloaded from any mirror:\n"
        + "\n".join(reasons)
        + "\n"
        + _BY_HAND
    )


_BY_HAND = (
    "What to do: check the connection (behind a proxy set HTTPS_PROXY); or fetch the four files "
    f"({', '.join(REGISTRY)}) by a browser or from a colleague, put them in a folder and set "
    "MNISTEDU_DATA to it; or go on without a network with load_mnist(fallback='digits')."
)


def _explain(error: Exception) -> str:
    """Say in plain words why a mirror did not give the file."""
    explanations = {
        requests.exceptions.ProxyError: "the proxy refused or could not be reached",
        requests.exceptions.SSLError: "its certificate was not accepted (a proxy in between?)",
        requests.exceptions.Timeout: f"no answer within {TIMEOUT_SECONDS} s",
        requests.exceptions.ConnectionError: "no connection (is there a network?)",
    }
    for kind, explanation in explanations.items():
        if isinstance(error, kind):
            return explanation
    if isinstance(error, requests.exceptions.HTTPError):
        return f"it answered {error.response.status_code}"
    if isinstance(error, ValueError):
        return "it gave a file with a wrong SHA-256 sum, which was deleted"
    return str(error)
