"""``mnistedu app`` before the server runs; tests/jupyter and tests/browser visit it."""

from __future__ import annotations

import socket

from mnistedu.cli.app import describe_address


def test_a_port_in_use(refuse):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        error = refuse("app", "--port", str(port))
    assert f"cannot listen on port {port} of 127.0.0.1, choose another" in error


def test_a_missing_folder_of_models(refuse):
    assert "there is no folder gone to choose models from" in refuse("app", "--models", "gone")


def test_who_can_reach_the_app_is_said():
    assert "only this computer" in describe_address("localhost", 8866)
    assert "Everyone who can reach" in describe_address("0.0.0.0", 8866)
