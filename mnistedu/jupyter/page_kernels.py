"""The app's kernels: one for each open page, and none for a closed one."""

from __future__ import annotations

from jupyter_client.manager import KernelManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

LOOKS_BEFORE_A_PAGE = 8  # for a computer that is so busy that a page takes minutes to come
LOOKS_AFTER_A_PAGE = 1  # for a page that has only lost its connection, and comes back


class PageKernels(AsyncMappingKernelManager):
    """Kernels that end when their page has gone.

    Jupyter looks at its kernels from time to time and ends one that is idle and that no page is
    connected to. A kernel whose page is still on its way looks the same. So each may be found
    without a page a few times: more often before it has had one than after.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._looks: dict[str, int] = {}  # how often a kernel may yet be found without a page

    async def start_kernel(self, **options: object) -> str:
        """Start a kernel that does not comment on how it is connected: all is on this computer."""
        return await super().start_kernel(extra_arguments=["--log-level=ERROR"], **options)

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a page has connected to a kernel."""
        super().notify_connect(kernel_id)
        self._looks[kernel_id] = LOOKS_AFTER_A_PAGE

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel if it is idle and has been found without a page often enough."""
        left = self._looks.setdefault(kernel_id, LOOKS_BEFORE_A_PAGE)
        if self._kernel_connections.get(kernel_id, 0):
            self._looks[kernel_id] = LOOKS_AFTER_A_PAGE
        elif left > 0:
            self._looks[kernel_id] = left - 1
        else:
            await super().cull_kernel_if_idle(kernel_id)

    def remove_kernel(self, kernel_id: str) -> KernelManager:
        """Forget a kernel that has ended."""
        self._looks.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)
