"""An extension of the Jupyter server that sends a kernel's messages to the page without delay.

TCP delays a small message until the one before it is acknowledged, and a browser with nothing to
send acknowledges after 40 ms. A kernel first reports that it is busy and then sends its answer, so
the pad's page would get every answer 40 ms late. This extension sets TCP_NODELAY. Jupyter finds it
by ``mnistedu.json`` in its configuration.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A page's connection to its kernel without Nagle's algorithm.

    References
    ----------
    J. Nagle, "Congestion Control in IP/TCP Internetworks", RFC 896, 1984, and R. Braden,
    "Requirements for Internet Hosts", RFC 1122, 1989, section 4.2.3.
    """

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]  # as in Jupyter
        """Connect, and send messages without delay."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "mnistedu.jupyter.server_extension"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Use such connections, unless the server's are of another class, as those to a gateway."""
    settings = app.web_app.settings
    if settings["kernel_websocket_connection_class"] is ZMQChannelsWebsocketConnection:
        settings["kernel_websocket_connection_class"] = PromptConnection
