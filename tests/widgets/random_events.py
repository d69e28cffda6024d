"""Random events on a pad, from several threads, with observers and models that raise."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np

from mnistedu import DrawingPad, Ink, Recognizer
from tests.widgets.driver import always, button, mouse, one_or_seven, press, send, toggle, touch

KEYS = ("Enter", "Delete", "z", "y", "Z", "3", "7", "Escape", "ä", "")
MOUSE = ("mouse_down", "mouse_move", "mouse_up", "mouse_out")
TOUCH = ("start", "move", "end", "cancel")
BUTTONS = ("Recognise", "Clear", "Undo", "Redo", "1", "8", "Forget it")


class PlannedError(Exception):
    """What observers and models raise on purpose."""


def failing_model(images: np.ndarray) -> np.ndarray:
    raise PlannedError


MODELS = (None, one_or_seven, always(4), failing_model, lambda images: images.sum())


class RandomUser:
    """Somebody who does anything that the page or a cell can do, in any order.

    Parameters
    ----------
    pad : DrawingPad
    seed : int
    """

    def __init__(self, pad: DrawingPad, seed: int) -> None:
        self.pad = pad
        self.rng = np.random.default_rng(seed)
        self.did: Counter[str] = Counter()

    def act(self) -> None:
        """Do one thing. Strokes are the most frequent."""
        actions = [self.stroke] * 6 + [
            *(self.stray_mouse, self.stray_touch, self.key, self.click, self.change_trait),
            *(self.change_model, self.draw, self.read, self.keep, self.reload),
        ]
        action = actions[self.rng.integers(len(actions))]
        self.did[action.__name__] += 1
        with suppress(PlannedError):
            action()

    def points(self) -> list[tuple[float, float]]:
        count = int(self.rng.integers(1, 8))
        return [tuple(point) for point in self.rng.uniform(-20, 580, (count, 2)).tolist()]

    def stroke(self) -> None:
        mouse(self.pad, self.points(), end=self.choose(("mouse_up", "mouse_out")))

    def stray_mouse(self) -> None:
        ((x, y), *_) = self.points()
        send(self.pad, self.choose(MOUSE), x=x, y=y)

    def stray_touch(self) -> None:
        touch(self.pad, self.choose(TOUCH), *self.points())

    def key(self) -> None:
        shift, ctrl = self.rng.random(2) < 0.5
        press(self.pad, self.choose(KEYS), shift=bool(shift), ctrl=bool(ctrl))

    def click(self) -> None:
        button(self.pad, self.choose(BUTTONS)).click()

    def change_trait(self) -> None:
        if self.rng.random() < 0.5:
            toggle(self.pad, "Live").value = bool(self.rng.random() < 0.7)
        else:
            self.pad.pen = int(self.rng.integers(1, 100))

    def change_model(self) -> None:
        self.pad.recognizer = Recognizer(self.choose(MODELS))

    def draw(self) -> None:
        self.choose((self.pad.clear, self.pad.undo, self.pad.redo, self.draw_ink))()

    def draw_ink(self) -> None:
        self.pad.draw(Ink([self.points(), self.points()]))

    def read(self) -> None:
        self.pad.read(self.rng.integers(0, 256, (28, 28)).astype(np.uint8))

    def keep(self) -> None:
        try:
            self.pad.keep(int(self.rng.integers(10)))
        except ValueError as error:
            assert "blank" in str(error)

    def reload(self) -> None:
        send(self.pad, "client_ready")

    def choose(self, things: tuple) -> object:
        return things[self.rng.integers(len(things))]


def storm(pad: DrawingPad, *, strokes: int, threads: int = 3, seed: int = 0) -> Counter[str]:
    """Let users act in threads until they have drawn so many strokes.

    Returns
    -------
    did : collections.Counter
        How often they did what.
    """
    chance = np.random.default_rng(seed)

    def raise_sometimes(change: object) -> None:
        if chance.random() < 0.05:
            raise PlannedError

    pad.observe(raise_sometimes, ["ink", "prediction"])
    users = [RandomUser(pad, seed + number) for number in range(threads)]
    errors: list[BaseException] = []

    def run(user: RandomUser) -> None:
        try:
            while user.did["stroke"] < strokes / threads and not errors:
                user.act()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=run, args=(user,)) for user in users]
    with logged_errors() as logged:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    pad.unobserve(raise_sometimes, ["ink", "prediction"])
    unplanned = errors + [error for error in logged if not isinstance(error, PlannedError)]
    if unplanned:
        raise unplanned[0]
    return sum((user.did for user in users), Counter())


@contextmanager
def logged_errors() -> Iterator[list[BaseException]]:
    """Collect the errors of event handlers, which ipywidgets only logs."""
    errors: list[BaseException] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(record.exc_info[1])

    logger, handler = logging.getLogger("traitlets"), Collect()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield errors
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def check(pad: DrawingPad) -> None:
    """Check that all parts of a pad agree."""
    send(pad, "mouse_up", x=0, y=0)
    send(pad, "mouse_down", x=300, y=100)
    send(pad, "mouse_up", x=300, y=100)
    assert pad.ink == Ink(pad._edits.strokes) == pad._sheet.ink
    assert button(pad, "Undo").disabled == (not pad._edits.done)
    assert button(pad, "Redo").disabled == (not pad._edits.undone)
    strokes = []
    for edit in pad._edits.done:
        assert_same(strokes[len(strokes) - len(edit.removed) :], edit.removed)
        strokes[len(strokes) - len(edit.removed) :] = edit.added
    assert_same(strokes, pad._edits.strokes)
    pad.recognizer = always(6)
    pad.live = True
    assert pad.prediction.digit == 6
    assert len(pad.samples) == pad.samples.counts.sum()


def assert_same(some: list[np.ndarray], others: list[np.ndarray]) -> None:
    assert len(some) == len(others)
    assert all(map(np.array_equal, some, others))
