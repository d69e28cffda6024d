"""The app's kernels: one for each open page, and none for a closed one."""

from __future__ import annotations

from typing import Any

from jupyter_client.manager import KernelManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

CHECKS_BEFORE_A_PAGE = 8  # for a computer so busy that a page takes minutes to load
CHECKS_AFTER_A_PAGE = 1  # for a page that has only lost its connection and reconnects


class PageKernels(AsyncMappingKernelManager):
    """Kernels that end when their page has closed.

    Jupyter checks its kernels from time to time and ends one that is idle and has no page connected
    to it. A kernel whose page is still loading looks the same. So each kernel may be found without
    a page a few times: more often before its page has connected than after.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._checks_left: dict[str, int] = {}  # without a page, before a kernel is ended

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel that does not log how it is connected, which is on this computer only."""
        return await super().start_kernel(extra_arguments=["--log-level=ERROR"], **options)

    def notify_connect(self, kernel_id: str) -> None:
        """Record that a page has connected to a kernel."""
        super().notify_connect(kernel_id)
        self._checks_left[kernel_id] = CHECKS_AFTER_A_PAGE

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel if it is idle and was found without a page often enough."""
        left = self._checks_left.setdefault(kernel_id, CHECKS_BEFORE_A_PAGE)
        if self._kernel_connections.get(kernel_id, 0):
            self._checks_left[kernel_id] = CHECKS_AFTER_A_PAGE
        elif left > 0:
            self._checks_left[kernel_id] = left - 1
        else:
            await super().cull_kernel_if_idle(kernel_id)

    def remove_kernel(self, kernel_id: str) -> KernelManager:
        """Forget a kernel that has ended."""
        self._checks_left.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)
