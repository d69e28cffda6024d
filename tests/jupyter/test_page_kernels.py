"""The app's kernels, without the app."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from mnistedu.jupyter.page_kernels import PageKernels


def test_a_kernel_ends_some_time_after_its_page(tmp_path):
    async def check() -> list[bool]:
        kernels = PageKernels(cull_idle_timeout=0, connection_dir=str(tmp_path))
        kernel = await kernels.start_kernel()
        alive = []

        async def check_twice() -> None:
            for _ in range(2):
                await kernels.cull_kernel_if_idle(kernel)
            alive.append(kernel in kernels)

        await check_twice()  # before the page comes
        kernels.notify_connect(kernel)
        await check_twice()
        kernels.notify_disconnect(kernel)
        await check_twice()
        return alive

    with ThreadPoolExecutor() as thread:  # browser tests leave a running loop in this one
        assert thread.submit(asyncio.run, check()).result() == [True, True, False]
