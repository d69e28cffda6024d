"""The app as ``mnistedu app`` serves it, visited by people who want something else than a page."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from websocket import WebSocket, WebSocketBadStatusException, WebSocketException

from tests.browser.server import await_kernels, find_kernels, serve

MAX_PAGES = 3
OPENED = int(os.environ.get("MNISTEDU_PAGES", 2))  # and closed again; 200 in a long run
PROXY = "digits.example.com"  # a name by which the app may be reached
SECONDS = 60  # within which everything is answered
SCRIPT = '"><script>alert(1)</script>'


class Answer(NamedTuple):
    """An answer to a request."""

    status: int
    text: str
    cookies: dict[str, str]


class App:
    """A running app."""

    def __init__(self, address: str, root: Path) -> None:
        self.host = address.removeprefix("http://").split("?")[0]
        self.port = self.host.split(":")[1]
        self.root = root

    def request(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """Send a request as it is, whatever is in its path."""
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        with ExitStack() as stack:
            stack.callback(connection.close)
            connection.request(
                method, path, body, {name.replace("_", "-"): v for name, v in headers.items()}
            )
            response = connection.getresponse()
            cookies = response.headers.get_all("Set-Cookie") or []
            return Answer(
                response.status,
                response.read().decode(errors="replace"),
                dict(cookie.split(";")[0].split("=", 1) for cookie in cookies),
            )

    def open(self, path: str = "/") -> Page:
        answer = self.request(path)
        assert answer.status == 200, answer.text
        return Page(self, answer)


class Page:
    """An open page."""

    def __init__(self, app: App, answer: Answer) -> None:
        self.app = app
        self.text = answer.text
        self.cookies = answer.cookies
        (self.kernel,) = re.findall(r'"kernelId": "([\w-]+)"', answer.text)

    def close(self, kernel: str | None = None, **headers: str) -> Answer:
        return self.app.request(
            f"/voila/api/shutdown/{kernel or self.kernel}",
            "POST",
            urlencode({"_xsrf": self.cookies["_xsrf"]}),
            Content_Type="application/x-www-form-urlencoded",
            Cookie=self.cookie,
            **headers,
        )

    @contextmanager
    def connect(
        self, kernel: str | None = None, *, session: str = "page", **options: object
    ) -> Iterator[WebSocket]:
        address = f"ws://{self.app.host}/api/kernels/{kernel or self.kernel}/channels"
        with closing(socket.create_connection(self.app.host.split(":"), SECONDS)) as connection:
            websocket = WebSocket()
            options = {"suppress_origin": True} | options
            websocket.connect(
                f"{address}?session_id={session}", socket=connection, cookie=self.cookie, **options
            )
            yield websocket

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def message(kind: str, channel: str = "shell", **content: object) -> str:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "page", "version": "5.3"}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    return json.dumps({"channel": channel, "buffers": [], **parts})


def check_kernel_answers(socket: WebSocket) -> None:
    socket.send(message("kernel_info_request"))
    while json.loads(socket.recv())["msg_type"] != "kernel_info_reply":
        pass


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app in a folder where somebody else has left settings for Voilà, which are code."""
    root = tmp_path_factory.mktemp("app")
    for name in ("voila", "jupyter_config"):
        (root / f"{name}.py").write_text("from pathlib import Path; Path('canary').touch()")
    with pytest.MonkeyPatch.context() as environment:
        # As for the command mnistedu; python -m would import from the current folder.
        environment.setenv("PYTHONSAFEPATH", "1")
        options = f"--max-pages={MAX_PAGES}", f"--allow-host={PROXY}"
        with serve("mnistedu app", *options, root=root) as address:
            yield App(address, root)


@pytest.fixture(scope="module")
def page(app: App) -> Iterator[Page]:
    """A page that stays open: it answers the server's pings, or its kernel would be ended."""
    page = app.open()
    with page.connect(session="kept") as socket:
        threading.Thread(target=read_all, args=[socket], daemon=True).start()
        yield page


def read_all(socket: WebSocket) -> None:
    with suppress(WebSocketException, OSError):
        while True:
            socket.recv()


@pytest.fixture
def kernels(page: Page) -> set[int]:
    """The kernels of the open page and of the next one, when no others are left."""
    return await_kernels(2)


def test_settings_in_the_current_folder_are_not_read(page):
    assert not (page.app.root / "canary").exists()


def test_a_closed_page_s_kernel_ends(app, page, kernels):
    for _ in range(OPENED):
        other = app.open()
        assert len(await_kernels(3) - kernels) == 1
        assert other.close().status == 204
        after = await_kernels(2)
        assert len(after & kernels) == 1
        kernels = after
    with page.connect() as socket:
        check_kernel_answers(socket)


@pytest.mark.parametrize(
    "query", [{"theme": SCRIPT}, {"template": "nonexistent"}, {"template": "../../x", "theme": "x"}]
)
def test_an_address_cannot_change_the_page(app, page, query):
    changed = app.open(f"/?{urlencode(query)}")
    changed.close()
    assert SCRIPT not in changed.text
    assert re.findall("<body.*|<link.*|<script.*", changed.text) == re.findall(
        "<body.*|<link.*|<script.*", page.text
    )


def test_a_page_names_no_folder_of_the_server(page):
    for folder in (Path(__file__).parents[2], page.app.root, Path.home()):
        assert str(folder) not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/app.ipynb",
        "/voila/files/app.ipynb",
        "/voila/files/..%2fdocs/pictures/lesson.png",
        "/voila/static/../../../../../../../../etc/passwd",
        "/voila/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/voila/static/..%5c..%5c..%5cetc/passwd",
        "/voila/static//etc/passwd",
        "/voila/templates/mnistedu/static/../index.html.j2",
        "/voila/templates/mnistedu/static/..",
        "/voila/templates/../../../../etc/passwd",
        "/voila/templates/x",
        "/voila/labextensions/../../../../etc/passwd",
        "/voila/labextensions/ipycanvas/..%2f..%2f..%2fetc/passwd",
        "/voila/render/app.ipynb",
        "/voila/tree",
        "/voila/api/contents",
        "/voila/api/themes/..%2f..%2fetc/passwd",
        "/voila/query/" + str(uuid.UUID(int=1)),
        "/api/kernels",
        "/api/contents",
        "/api/kernels/" + str(uuid.UUID(int=1)),
        "/api/kernels/../../etc/passwd",
        "/login",
        "//example.com/%2f..",
        "/%00",
        "/" + "a" * 10_000,
    ],
)
def test_nothing_but_the_page_and_its_scripts_is_served(app, kernels, path):
    status, text, _ = app.request(path)
    assert status in (400, 403, 404)
    assert len(text) < 100
    assert find_kernels() == kernels


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_the_page_answers_get_requests_only(app, kernels, method):
    assert app.request("/", method).status in (204, 403, 405)
    assert find_kernels() == kernels


def test_a_request_can_neither_start_nor_restart_a_kernel(app, page, kernels):
    headers = {"Cookie": page.cookie, "X_XSRFToken": page.cookies["_xsrf"]}
    for path in ("/api/kernels", f"/api/kernels/{page.kernel}/restart", "/api/sessions"):
        status = app.request(path, "POST", json.dumps({"name": "python3"}), **headers).status
        assert status in (403, 404, 405)
    assert find_kernels() == kernels


def test_only_the_page_itself_ends_its_kernel(app, page, kernels):
    address = f"/voila/api/shutdown/{page.kernel}"
    assert app.request(address, "POST").status == 403
    assert app.request(address, "POST", "_xsrf=guess", Cookie="_xsrf=other").status == 403
    assert page.close(Origin="https://example.com").status in (403, 404)
    assert app.request(f"/api/kernels/{page.kernel}", "DELETE").status == 403
    for unknown in (str(uuid.uuid4()), "..%2f..", "%00", "a" * 5000):
        assert page.close(unknown).status in (400, 404)
    assert find_kernels() == kernels


def test_another_site_s_page_can_neither_contain_nor_use_one(app, page):
    for part in ("image", "iframe", "script", "empty"):
        assert app.request("/", Sec_Fetch_Dest=part).status == 403
    foreign = page.connect(origin="https://example.com", suppress_origin=False)
    with pytest.raises(WebSocketBadStatusException, match="403"), foreign:
        pass
    with page.connect(origin=f"http://{app.host}", suppress_origin=False) as socket:
        check_kernel_answers(socket)


def test_a_site_that_takes_the_app_s_address_cannot_use_it(app, page, kernels):
    for host in ("example.com", f"example.com:{app.port}", "localhost.example.com", ""):
        for path in ("/", f"/api/kernels/{page.kernel}"):
            assert app.request(path, Host=host).status in (400, 403)
        with (
            pytest.raises(WebSocketBadStatusException, match=r"40[03]"),
            page.connect(host=host or "example.com", origin=f"http://{host}"),
        ):
            pass
    assert page.close(Host="example.com").status == 403
    assert find_kernels() == kernels
    for host in ("localhost", f"127.0.0.1:{app.port}", "[::1]", PROXY):
        assert app.request(f"/api/kernels/{page.kernel}", Host=host).status == 200


def test_an_unknown_kernel_cannot_be_reached(page):
    for unknown in (str(uuid.uuid4()), str(uuid.UUID(int=0))):
        with pytest.raises(WebSocketBadStatusException, match="404"), page.connect(unknown):
            pass


def test_a_visitor_s_code_is_not_run(app, page):
    code = f"open({str(app.root / 'canary')!r}, 'w')"
    with page.connect() as socket:
        for channel in ("shell", "control", "stdin"):
            socket.send(message("execute_request", channel, code=code, silent=False))
            socket.send(message("inspect_request", channel, code=code, cursor_pos=0))
            socket.send(message("debug_request", channel, command="evaluate"))
        socket.send(message("comm_open", target_name="os.system", comm_id="1", data={"x": code}))
        check_kernel_answers(socket)
    assert not (app.root / "canary").exists()


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "no json",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"channel": "shell", "header": {}}',
        '{"channel": "nowhere", "header": {"msg_type": "comm_msg"}}',
        message("comm_msg", comm_id="unknown", data=None),
        message("comm_open", target_name="jupyter.widget", comm_id="1", data={}),
        b"",
        b"\xff" * 64,
        b"\x00" * 64,
    ],
    ids=range(13),
)
def test_a_malformed_message_does_no_harm(page, junk):
    with page.connect() as socket:
        (socket.send_binary if isinstance(junk, bytes) else socket.send)(junk)
    with page.connect() as socket:
        check_kernel_answers(socket)


def test_an_oversized_message_ends_the_connection(page):
    with page.connect() as socket, pytest.raises((WebSocketException, OSError)):
        socket.send(message("comm_msg", comm_id="1", data="x" * 2_000_000))
        while socket.recv():
            pass
    with page.connect() as socket:
        check_kernel_answers(socket)


def test_slow_clients_keep_nobody_waiting(app, page):
    host, port = app.host.split(":")
    with ExitStack() as stack:
        for _ in range(100):
            slow = stack.enter_context(socket.create_connection((host, int(port))))
            slow.send(b"GET / HTTP/1.1\r\nHost: ")
        app.open().close()


def test_too_many_pages_are_refused_until_one_is_closed(app, kernels):
    others = [app.open() for _ in range(MAX_PAGES - 1)]
    most = await_kernels(MAX_PAGES + 1)
    for _ in range(3):
        full = app.request("/")
        assert full.status == 503
        assert full.text == "Too many people are drawing here. Try again in a minute."
    assert find_kernels() == most
    others.pop().close()
    others.append(app.open())
    for other in others:
        other.close()
    await_kernels(2)
