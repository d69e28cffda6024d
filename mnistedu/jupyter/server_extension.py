"""The Jupyter server's part: messages reach the page at once.

TCP holds a small message back until the one before it is acknowledged, and a browser that has
nothing to send takes 40 ms for that. A kernel tells first that it is busy, and then the answer: the
pad's page would always get it those 40 ms late. Jupyter's server leaves this as it is; here it is
told not to wait. It learns of this module by ``mnistedu.json`` in its folder of settings.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A page's connection to its kernel on which no message waits for another.

    References
    ----------
    J. Nagle, "Congestion Control in IP/TCP Internetworks", RFC 896, 1984, and R. Braden,
    "Requirements for Internet Hosts", RFC 1122, 1989, section 4.2.3.
    """

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]  # as in Jupyter
        """Connect as usual, and send whatever comes without delay."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "mnistedu.jupyter.server_extension"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Use such connections, unless the server's are of another kind, as those to a gateway."""
    settings = app.web_app.settings
    if settings["kernel_websocket_connection_class"] is ZMQChannelsWebsocketConnection:
        settings["kernel_websocket_connection_class"] = PromptConnection
