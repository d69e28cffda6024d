"""The server's part, in a real Jupyter server with a real kernel."""

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

pytest.importorskip("jupyter_server")
from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from mnistedu.jupyter.server_extension import PromptConnection, _load_jupyter_server_extension


async def connect() -> tuple[type, int]:
    """Connect a page to a kernel; give the kind of the connection, and its TCP_NODELAY."""
    app = ServerApp(jpserver_extensions={"mnistedu.jupyter.server_extension": True})
    app.init_signal = lambda: None  # signals belong to the main thread
    app.initialize(["--port=0", "--allow-root", "--IdentityProvider.token=key"])
    address, key = f"127.0.0.1:{app.port}/api/kernels", {"Authorization": "token key"}
    try:
        started = await AsyncHTTPClient().fetch(
            f"http://{address}", method="POST", body="{}", headers=key
        )
        kernel = json.loads(started.body)["id"]
        channels = f"ws://{address}/{kernel}/channels?session_id=page"
        page = await websocket_connect(HTTPRequest(channels, headers=key))
        kind = app.web_app.settings["kernel_websocket_connection_class"]
        while not kind._open_sockets:
            await asyncio.sleep(0.05)
        (connection,) = kind._open_sockets
        stream = connection.websocket_handler.ws_connection.stream
        prompt = stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        page.close()
        while kind._open_sockets:
            await asyncio.sleep(0.05)
        return type(connection), prompt
    finally:
        await app._cleanup()


def test_a_kernel_s_messages_are_sent_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    with ThreadPoolExecutor() as thread:  # browser tests leave a running loop in this one
        found = thread.submit(asyncio.run, connect()).result(timeout=100)
    assert found == (PromptConnection, 1)


def test_connections_of_another_kind_stay_as_they_are():
    settings = {"kernel_websocket_connection_class": GatewayWebSocketConnection}
    _load_jupyter_server_extension(SimpleNamespace(web_app=SimpleNamespace(settings=settings)))
    assert settings == {"kernel_websocket_connection_class": GatewayWebSocketConnection}
