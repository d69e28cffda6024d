"""The app's kernels: one for each open page, and none for a closed one."""

from __future__ import annotations

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class PageKernels(AsyncMappingKernelManager):
    """Kernels that end when their page has gone.

    Jupyter ends a kernel that is idle and that no page is connected to. One that was started ahead
    of its page is both, for the moment between the page's request and its connection: so a kernel
    ends only if no page was connected to it the last time, either.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._without_page: set[str] = set()

    async def start_kernel(self, **options: object) -> str:
        """Start a kernel that does not comment on how it is connected: all is on this computer."""
        return await super().start_kernel(extra_arguments=["--log-level=ERROR"], **options)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel if it is idle and without a page for two looks in a row."""
        if self._kernel_connections.get(kernel_id, 0):
            self._without_page.discard(kernel_id)
        elif kernel_id in self._without_page:
            self._without_page.discard(kernel_id)
            await super().cull_kernel_if_idle(kernel_id)
        else:
            self._without_page.add(kernel_id)
