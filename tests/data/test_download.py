import hashlib
import socket
import threading
import time
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest

from mnistedu.data import DownloadError
from mnistedu.data import download as module
from mnistedu.data.download import download
from tests.faults.server import BAD_RESPONSES, ODD_RESPONSES, send_file, serve

CONTENT = np.random.default_rng(0).bytes(100_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def short_times(monkeypatch):
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.5)
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.6)
    for proxy in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.upper(), raising=False)


def fetch(address, **options):
    return download(address + "file", len(CONTENT), SHA256, **{"seconds": 5, **options})


def test_a_file_is_downloaded():
    received = []
    with serve(send_file, lambda name: CONTENT) as address:
        assert fetch(address, on_progress=received.append) == CONTENT
    assert received[-1] == len(CONTENT)


@pytest.mark.parametrize("name", ODD_RESPONSES)
def test_unusual_responses_with_the_right_file_are_accepted(name):
    with serve(ODD_RESPONSES[name], lambda name: CONTENT) as address:
        assert fetch(address) == CONTENT


@pytest.mark.parametrize("name", BAD_RESPONSES)
def test_bad_responses_raise_a_true_message_in_bounded_time_and_memory(name):
    bad = BAD_RESPONSES[name]
    with serve(bad.respond, lambda name: CONTENT) as address:
        start = time.monotonic()
        tracemalloc.start()
        try:
            with pytest.raises(DownloadError, match=bad.message) as caught:
                fetch(address)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert time.monotonic() - start < 5
    assert peak < 3_000_000
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_the_total_time_is_bounded():
    def send_slowly(connection, content):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for start in range(0, len(content), 10_000):
            connection.sendall(content[start : start + 10_000])
            time.sleep(0.1)

    with serve(send_slowly, lambda name: CONTENT) as address:
        assert fetch(address) == CONTENT
        with pytest.raises(DownloadError, match=r"too slow: [1-9][0-9],000 of 100,000 bytes in"):
            fetch(address, seconds=0.5)


def test_a_redirect_is_followed():
    def redirect(connection, content):
        location = f"Location: {address}file\r\n".encode()
        connection.sendall(b"HTTP/1.1 307 Moved\r\n" + location + b"Content-Length: 0\r\n\r\n")

    with (
        serve(send_file, lambda name: CONTENT) as address,
        serve(redirect, lambda name: b"") as first,
    ):
        assert fetch(first) == CONTENT


@pytest.mark.parametrize(
    ("proxy", "message"),
    [
        ("http://127.0.0.1:9", "the proxy refused or could not be reached: Connection refused"),
        ("http://[::1", "no request could be made: .*::1"),
        ("http://127.0.0.1:9999999", "no request could be made: .*9999999"),
        ("nonsense://x", "no request could be made: Proxy URL"),
        ("http://:80", "no request could be made: .* proxy URL"),
    ],
)
def test_a_bad_proxy_is_named(monkeypatch, proxy, message):
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(DownloadError, match=message):
        fetch("http://example.invalid/")


def test_an_interrupt_ends_the_transfer():
    def interrupt(n_bytes):
        raise KeyboardInterrupt

    def drip(connection, content):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with pytest.raises(OSError):
            while True:
                connection.sendall(b"x")
                time.sleep(0.01)
        ended.set()

    ended = threading.Event()
    with serve(drip, lambda name: CONTENT) as address:
        with pytest.raises(KeyboardInterrupt):
            fetch(address, on_progress=interrupt)
        assert ended.wait(5)


@contextmanager
def answer_once(response):
    """Answer the first bytes that arrive; yield the port and a list that will hold them."""

    def answer():
        connection, _ = listener.accept()
        with connection:
            received.append(connection.recv(65536))
            connection.sendall(response)

    received = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1], received
        thread.join()


def test_a_server_without_tls_is_refused():
    with (
        answer_once(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _),
        pytest.raises(DownloadError, match=r"no secure connection .*WRONG_VERSION"),
    ):
        fetch(f"https://127.0.0.1:{port}/")


def test_the_client_asks_for_no_compression():
    with answer_once(b"HTTP/1.1 200 OK\r\n\r\n" + CONTENT) as (port, received):
        fetch(f"http://127.0.0.1:{port}/")
    assert b"accept-encoding: identity\r\n" in received[0].lower()
