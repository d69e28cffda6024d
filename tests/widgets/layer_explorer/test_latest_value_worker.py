"""The worker that follows values faster than its work."""

from __future__ import annotations

import threading

from mnistedu.widgets.layer_explorer.latest_value_worker import LatestValueWorker


def test_values_that_are_followed_by_others_are_dropped() -> None:
    seen, may_go_on = [], threading.Event()

    def work(value: int) -> None:
        seen.append(value)
        may_go_on.wait()

    worker = LatestValueWorker(work)
    worker.submit(0)
    while not seen:
        pass
    for value in range(1, 50):
        worker.submit(value)
    may_go_on.set()
    worker.wait()
    assert seen == [0, 49]


def test_the_thread_ends_with_the_work() -> None:
    threads = threading.active_count()
    worker = LatestValueWorker(lambda value: None)
    worker.wait()
    for value in range(3):
        worker.submit(value)
        worker.wait()
        assert threading.active_count() == threads
