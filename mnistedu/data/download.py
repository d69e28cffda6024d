"""Downloading a file of known size and SHA-256 sum, within bounds on bytes and time."""

from __future__ import annotations

import hashlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import requests
import urllib3

from mnistedu.data.errors import DownloadError

SILENCE_SECONDS = 20.0
"""How long a server may send nothing at all."""

GRACE_SECONDS = 30.0
SLOWEST = 20_000
"""Bytes per second: after the grace, a server that is slower on average is given up."""

MOST_REDIRECTS = 5

_CHUNK = 16 * 1024
_POLL_SECONDS = 0.05
_NETWORK_ERRORS = (
    OSError,  # requests' own errors are OSErrors
    ValueError,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
)


def download(
    url: str,
    size: int,
    sha256: str,
    *,
    seconds: float,
    on_progress: Callable[[int], object] = lambda n_bytes: None,
) -> bytes:
    """Download a file into memory.

    The transfer runs in a thread of its own: a time-out of the socket starts anew with each byte,
    so only another thread can bound the time that a slow server takes.

    Parameters
    ----------
    url : str
        Its address, ``http`` or ``https``.
    size : int
        Its size in bytes. No more than that is read.
    sha256 : str
        Its SHA-256 sum, in hexadecimal digits.
    seconds : float
        How long it may take in all.
    on_progress : callable, optional
        Called with the number of bytes received so far, some times a second.

    Returns
    -------
    content : bytes
        With the right size and sum.

    Raises
    ------
    DownloadError
        If the file could not be downloaded; the message says what happened, without the address.

    Examples
    --------
    >>> download("http://127.0.0.1:9/", 3, "0" * 64, seconds=5)
    Traceback (most recent call last):
        ...
    mnistedu.data.errors.DownloadError: the connection failed: ...
    """
    transfer = _Transfer(url, size)
    start = time.monotonic()
    transfer.start()
    try:
        is_running = True
        while is_running:
            transfer.join(_POLL_SECONDS)
            is_running = transfer.is_alive()
            elapsed, received = time.monotonic() - start, len(transfer.content)
            on_progress(received)
            if is_running and elapsed > min(seconds, GRACE_SECONDS + received / SLOWEST):
                raise DownloadError(
                    f"it was too slow: {received:,} of {size:,} bytes in {elapsed:.0f} seconds"
                )
    finally:
        transfer.stopped.set()
    if transfer.error is not None:
        if not isinstance(transfer.error, _NETWORK_ERRORS):
            raise transfer.error
        raise DownloadError(_explain(transfer.error)) from transfer.error
    content = bytes(transfer.content)
    if len(content) < size:
        raise DownloadError(f"it sent only {len(content):,} of {size:,} bytes")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DownloadError(
            "it sent another file, with a wrong SHA-256 sum, which was not kept "
            "(a proxy's log-in page?)"
        )
    return content


class _Transfer(threading.Thread):
    """Reads at most `size` bytes into `content`; what goes wrong is in `error`."""

    def __init__(self, url: str, size: int) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.size = size
        self.content = bytearray()
        self.error: Exception | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        try:
            with _Session() as session:
                self._receive(session)
        except Exception as error:
            self.error = error

    def _receive(self, session: _Session) -> None:
        url = self.url
        for _ in range(1 + MOST_REDIRECTS):
            with session.get(
                url,
                headers={"Accept-Encoding": "identity"},
                stream=True,
                allow_redirects=False,
                timeout=SILENCE_SECONDS,
            ) as response:
                if response.is_redirect:
                    url = urljoin(url, response.headers["location"])
                    continue
                if response.status_code != 200:
                    raise DownloadError(f"it answered {response.status_code}")
                self._read(response)
                return
        raise DownloadError(f"it redirected more than {MOST_REDIRECTS} times")

    def _read(self, response: requests.Response) -> None:
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and announced != str(self.size):
            raise DownloadError(f"it has a file of {announced:.20} bytes, not {self.size:,}")
        while not self.stopped.is_set() and len(self.content) < self.size:
            # Not decoded: the sum is that of the .gz file, whatever encoding the server claims.
            # read1, because read trusts the lengths of chunks, even of a negative one.
            n_bytes = min(_CHUNK, self.size - len(self.content))
            chunk = response.raw.read1(n_bytes, decode_content=False)
            if not chunk:
                return
            self.content += chunk


class _Session(requests.Session):
    def get_redirect_target(self, response: requests.Response) -> None:
        """Follow no redirect: requests would read the body of each, however long."""
        return


def _explain(error: Exception) -> str:
    """Return in plain words why a transfer failed."""
    *causes, innermost = [*_causes(error)]
    reason = getattr(innermost, "strerror", None) or str(innermost)
    for cause in (*causes, innermost):
        match cause:
            case requests.exceptions.ProxyError():
                return f"the proxy refused or could not be reached: {_quote(reason)}"
            case requests.exceptions.SSLError():
                return f"no secure connection (is there a proxy in between?): {_quote(reason)}"
            case requests.exceptions.Timeout() | urllib3.exceptions.ReadTimeoutError():
                return f"no answer within {SILENCE_SECONDS:g} seconds"
            case http.client.IncompleteRead():
                return "the connection broke off before the end of the file"
            case ConnectionError():
                return f"the connection failed: {_quote(reason)}"
    match innermost:
        case urllib3.exceptions.ProxySchemeUnknown() | urllib3.exceptions.LocationValueError():
            return f"no request could be made: {_quote(reason)}"
        case http.client.HTTPException() | urllib3.exceptions.HTTPError():
            return f"its answer is not valid HTTP: {_quote(reason)}"
        case requests.RequestException() | ValueError():
            return f"no request could be made: {_quote(reason)}"
    return f"the connection failed: {_quote(reason)}"


def _quote(message: object) -> str:
    """Return a message without control characters and of bounded length: a server may send any."""
    text = "".join(c if c.isprintable() else " " for c in str(message))
    return text if len(text) <= 200 else f"{text[:200]}..."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
