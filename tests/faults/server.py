"""A server on this machine that fails in one of many ways."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

Respond = Callable[[socket.socket, bytes], object]

OK = b"HTTP/1.1 200 OK\r\n"
FOUND = b"HTTP/1.1 302 Found\r\n"


@dataclass(frozen=True)
class BadResponse:
    """A response to a request for some content, and what the error message must say of it."""

    respond: Respond
    message: str


@contextmanager
def serve(respond: Respond, content: Callable[[str], bytes]) -> Iterator[str]:
    """Answer every request with the same kind of response, until the block ends.

    Parameters
    ----------
    respond : callable
        Called with the connection and the content that was asked for.
    content : callable
        The content that belongs to a file's name.

    Yields
    ------
    address : str
        Ends with a slash.
    """
    connections: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            name = request.split()[1].decode("latin-1").rpartition("/")[2]
            respond(connection, content(name))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=handle, args=[connection], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def send_file(connection: socket.socket, content: bytes) -> None:
    """Respond as a good server does."""
    connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(content) + content)


def _send(*parts: bytes) -> Respond:
    return lambda connection, content: connection.sendall(b"".join(parts))


def _send_head(head: bytes) -> Respond:
    """Send a head, then the right content."""
    return lambda connection, content: connection.sendall(head + b"\r\n" + content)


def _drip(head: bytes, byte: bytes) -> Respond:
    def respond(connection: socket.socket, content: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(byte)
            time.sleep(0.05)

    return respond


def _send_for_ever(head: bytes, block: bytes) -> Respond:
    def respond(connection: socket.socket, content: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(block)

    return respond


def _stop_after(n_bytes: int, *, reset: bool = False) -> Respond:
    def respond(connection: socket.socket, content: bytes) -> None:
        head = OK + b"Content-Length: %d\r\n\r\n" % len(content)
        connection.sendall(head + content[:n_bytes])
        if reset:
            _reset(connection, content)

    return respond


def _reset(connection: socket.socket, content: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _redirect(location: bytes) -> Respond:
    return _send(FOUND, b"Location: ", location, b"\r\nContent-Length: 0\r\n\r\n")


def _send_other(connection: socket.socket, content: bytes) -> None:
    send_file(connection, content[:-1] + bytes([content[-1] ^ 1]))


def _be_silent(connection: socket.socket, content: bytes) -> None:
    connection.recv(1)  # returns when the client, or the server as a whole, gives up


_ZEROS = bytes(65536)
_BOMB = gzip.compress(bytes(10_000_000))

BAD_RESPONSES = {
    "nothing": BadResponse(lambda *_: None, "connection failed: .* closed connection without"),
    "silence": BadResponse(_be_silent, "no answer within"),
    "reset": BadResponse(_reset, "connection failed: Connection reset"),
    "garbage": BadResponse(_send(b"\0\xff\x1b[2J no HTTP\r\n\r\n"), "not valid HTTP"),
    "404": BadResponse(_send(b"HTTP/1.1 404 Not Found\r\n\r\n"), "answered 404"),
    "500": BadResponse(_send(b"HTTP/1.1 500 Oops\r\n\r\n"), "answered 500"),
    "206": BadResponse(_send_head(b"HTTP/1.1 206 Partial Content\r\n"), "answered 206"),
    "drip": BadResponse(_drip(OK + b"\r\n", b"x"), "too slow"),
    "drip in the headers": BadResponse(_drip(OK, b"x"), "too slow"),
    "endless headers": BadResponse(_send_for_ever(OK, b"X: y\r\n" * 10), "not valid HTTP: .* head"),
    "endless header line": BadResponse(
        _send_for_ever(OK, b"x" * 1000), "not valid HTTP: .* header"
    ),
    "endless body": BadResponse(_send_for_ever(OK + b"\r\n", _ZEROS), "wrong SHA-256 .* not kept"),
    "endless chunks": BadResponse(
        _send_for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + _ZEROS + b"\r\n"),
        "wrong SHA-256",
    ),
    "chunk of negative length": BadResponse(
        _send_for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", _ZEROS), "wrong SHA-256"
    ),
    "chunk without a length": BadResponse(
        _send(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n"), "broke off"
    ),
    "gzip bomb": BadResponse(
        _send(OK, b"Content-Encoding: gzip\r\n\r\n", _BOMB), "wrong SHA-256|only"
    ),
    "another file": BadResponse(_send_other, "wrong SHA-256 .* not kept"),
    "a page": BadResponse(
        _send(OK, b"Content-Length: 5\r\n\r\nlogin"), "a file of 5 bytes, not [0-9,]+"
    ),
    "too large": BadResponse(
        _send_head(OK + b"Content-Length: 99999999999999999999999999\r\n"), "a file of 9999"
    ),
    "two lengths": BadResponse(
        _send_head(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n"), "not valid HTTP: .*Length"
    ),
    "cut short": BadResponse(_stop_after(100), "broke off"),
    "cut short, no length": BadResponse(_send(OK, b"\r\nxxx"), "sent only 3 of"),
    "reset half-way": BadResponse(_stop_after(100, reset=True), "Connection reset|broke off"),
    "redirect loop": BadResponse(_redirect(b"/again"), "redirected more than 5 times"),
    "redirect to nowhere": BadResponse(_send(FOUND, b"Content-Length: 0\r\n\r\n"), "answered 302"),
    "redirect to a file": BadResponse(
        _redirect(b"file:///etc/passwd"), "no request could be made: .*file"
    ),
    "redirect to a bad address": BadResponse(_redirect(b"http://[::1/"), "no request could be"),
    "redirect to a bad port": BadResponse(_redirect(b"http://a:9999999/"), "no request could be"),
    "redirect to a closed port": BadResponse(
        _redirect(b"http://127.0.0.1:9/"), "connection failed: Connection refused"
    ),
    "redirect with an endless body": BadResponse(
        _send_for_ever(FOUND + b"Location: /again\r\n\r\n", _ZEROS), "redirected more than"
    ),
}
"""What a server can do wrong, by name."""

ODD_RESPONSES: dict[str, Respond] = {
    "no length": _send_head(OK),
    "HTTP/1.0": _send_head(b"HTTP/1.0 200 OK\r\n"),
    "a length that is no number": _send_head(OK + b"Content-Length: lots\r\n"),
    "a negative length": _send_head(OK + b"Content-Length: -5\r\n"),
    "an encoding that it does not have": _send_head(OK + b"Content-Encoding: gzip\r\n"),
    "more than the file": lambda connection, content: connection.sendall(
        OK + b"\r\n" + content + _ZEROS
    ),
    "chunks": lambda connection, content: connection.sendall(
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(content) + content + b"\r\n0\r\n\r\n"
    ),
}
"""Responses that are odd, but hold the file."""
