"""The app's server: Voilà, restricted to the requests that the app's page makes.

Voilà can also serve files, let an address choose template and theme, and read settings from the
current folder. The app needs none of that, so it is switched off.
"""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_core.paths import jupyter_config_path
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.web import HTTPError, RequestHandler
from traitlets import Integer, List, Unicode, default
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from mnistedu.jupyter import LOOPBACK

MAX_PAGES = 50
MAX_MESSAGE_BYTES = 1_000_000  # of a websocket message; the pad's are below a hundredth of that

# A closed page's kernel ends at the second check after the page has gone (see PageKernels), unless
# the browser reported that the page closed.
SECONDS_BETWEEN_CHECKS = 25

TEMPLATE_FILES = r"templates/(mnistedu/static/\w[\w.-]*)"  # of the addresses that are served

LABEXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
    "ipycanvas",
]

SETTINGS = [
    "--Voila.port_retries=0",
    "--Voila.log_level=ERROR",
    "--Voila.kernel_websocket_connection_class=mnistedu.jupyter.server_extension.PromptConnection",
    "--template=mnistedu",
    "--preheat_kernel=True",
    "--pool_size=1",
    "--show_tracebacks=False",
    "--VoilaConfiguration.allow_template_override=NO",
    "--VoilaConfiguration.allow_theme_override=NO",
    *[f"--VoilaConfiguration.extension_allowlist={name}" for name in LABEXTENSIONS],
    "--VoilaConfiguration.multi_kernel_manager_class=mnistedu.jupyter.page_kernels.PageKernels",
    f"--MappingKernelManager.cull_interval={SECONDS_BETWEEN_CHECKS}",
    "--MappingKernelManager.cull_idle_timeout=1",
]


class PlainErrors(RequestHandler):
    """A request handler whose errors are one line of text."""

    def write_error(self, status_code: int, **options: object) -> None:
        """Send what went wrong, without what the server knows about it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        full = "Too many people are drawing here. Try again in a minute."
        self.finish(full if status_code == 503 else f"{status_code} {self._reason}")


class PageHandler(PlainErrors, TornadoVoilaHandler):
    """Serves the page, with a kernel of its own."""

    async def get(self, path: str | None = None) -> None:
        """Send the page, unless too many are open."""
        if path:
            raise HTTPError(404)
        if self.request.headers.get("Sec-Fetch-Dest", "document") != "document":
            raise HTTPError(403)  # another site's page refers to this one, as an image for example
        app = self.settings["voila"]
        if len(self.kernel_manager) + app.pages_starting > app.max_pages:  # one waits in the pool
            raise HTTPError(503)
        _ = self.xsrf_token  # sets the cookie that the page needs to end its kernel
        app.pages_starting += 1
        try:
            await TornadoVoilaHandler.get(self, path)
        finally:
            app.pages_starting -= 1


def _with_plain_errors(handler: type) -> type:
    return type(handler.__name__, (PlainErrors, handler), {})


HANDLERS = {
    FileFindHandler: _with_plain_errors(FileFindHandler),  # serves the widgets' JavaScript
    KernelHandler: _with_plain_errors(KernelHandler),
    MultiStaticFileHandler: _with_plain_errors(MultiStaticFileHandler),
    TemplateStaticFileHandler: _with_plain_errors(TemplateStaticFileHandler),
    TornadoVoilaHandler: PageHandler,
    VoilaKernelWebsocketHandler: _with_plain_errors(VoilaKernelWebsocketHandler),
    VoilaShutdownKernelHandler: _with_plain_errors(VoilaShutdownKernelHandler),
}


class AppServer(Voila):
    """Voilà with the app's settings.

    Attributes
    ----------
    max_pages : int
        How many pages may be open at once. Each has a process of about 100 MB.
    host_names : list of str
        On which other names it answers if it listens on this computer only: those by which a proxy
        is reached. Otherwise a website could give itself this computer's address.
    pages_starting : int
        The requests for a page that are being answered.
    """

    max_pages = Integer(MAX_PAGES, config=True)
    host_names = List(Unicode(), config=True)
    pages_starting = 0

    @default("config_file_paths")
    def _default_config_file_paths(self) -> list[str]:
        return jupyter_config_path()  # not the current folder, where a file could hold code

    def initialize(self, argv: Sequence[str] | None = None) -> None:
        """Set up the server with the app's settings and those of a command line."""
        super().initialize([*SETTINGS, *(argv or [])])

    def init_settings(self) -> dict[str, object]:
        """Return Voilà's settings, with bounds on what a page may send, and from where."""
        return super().init_settings() | {
            "websocket_max_message_size": MAX_MESSAGE_BYTES,
            "allow_remote_access": self.ip not in LOOPBACK,
            "local_hostnames": ["localhost", *self.host_names],
        }

    def init_handlers(self) -> list[tuple]:
        """Return the handlers of the requests that the page makes."""
        return [
            (path.replace("templates/(.*)", TEMPLATE_FILES), HANDLERS[handler], *options)
            for path, handler, *options in super().init_handlers()
            if handler in HANDLERS
        ]
