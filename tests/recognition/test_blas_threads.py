"""The limit of BLAS's threads: for the whole process, and no reason to wait."""

from __future__ import annotations

import threading

from mnistedu.recognition.blas_threads import _controller, limit_blas_threads


def blas_threads() -> set[int]:
    return {blas["num_threads"] for blas in _controller().select(user_api="blas").info()}


def test_the_last_block_resets_the_limit() -> None:
    before = blas_threads()
    with limit_blas_threads():
        with limit_blas_threads():
            assert blas_threads() == {1}
        assert blas_threads() == {1}
    assert blas_threads() == before


def test_a_block_does_not_wait_for_one_that_does_not_end() -> None:
    entered, may_leave = threading.Event(), threading.Event()

    def hang() -> None:
        with limit_blas_threads():
            entered.set()
            may_leave.wait()

    before = blas_threads()
    thread = threading.Thread(target=hang, daemon=True)
    thread.start()
    entered.wait()
    with limit_blas_threads():
        assert blas_threads() == {1}
    assert blas_threads() == {1}, "the other block is still running"
    may_leave.set()
    thread.join()
    assert blas_threads() == before
