"""The app with many users at once: ``python -m benchmarks.app --people 20 --minutes 5``.

Serves the app like ``mnistedu app``. Each simulated user has a page, and communicates with it over
its websocket like a browser: draws a digit at the speed of a person, waits for the prediction,
pauses, clears the pad and draws the next digit. Prints the time until a page is ready and from the
end of a drawing to its prediction, the memory per user, and whether each drawing was predicted, as
the digit that was drawn and not that of another user.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

from mnistedu.widgets.drawing_pad.sheet import SIZE
from tests.browser.page import ONE, SEVEN, THREE, Stroke
from tests.browser.server import serve

DIGITS = {"1": ONE, "3": THREE, "7": SEVEN}
PROTOCOL = "v1.kernel.websocket.jupyter.org"
FRAME = 1 / 60  # seconds between two moves of the pointer
STEPS = 6  # moves between two points of a stroke
PAUSE = (1.0, 3.0)  # seconds between a prediction and the next drawing
TIMEOUT = 120  # seconds for a page or a prediction


@dataclass
class Answer:
    """The prediction for one drawing."""

    seconds: float
    drawn: str
    predicted: str


class Person:
    """A simulated user with a page of the app."""

    def __init__(self, socket: WebSocketClientConnection, kernel: str) -> None:
        self.kernel = kernel
        self.foreign = 0  # changes of the page that were caused by other users
        self._socket = socket
        self._session = uuid.uuid4().hex
        self._widgets: dict[str, dict[str, Any]] = {}
        self._done: dict[str, asyncio.Future] = {}
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def open(cls, address: str) -> Person:
        """Open a page and wait until it is ready for drawing."""
        page = await AsyncHTTPClient().fetch(address, request_timeout=TIMEOUT)
        kernel = re.search(r'"kernelId": "([^"]+)"', page.body.decode())[1]
        channels = f"{address.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
        person = cls(await websocket_connect(channels, subprotocols=[PROTOCOL]), kernel)
        control = uuid.uuid4().hex
        target = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
        await person._send("comm_open", target, {"version": "1.0.0"})
        await person._send_data(control, {"method": "request_states"})
        await person._send_event("CanvasModel", {"event": "client_ready"})
        return person

    async def draw(self, digit: str) -> Answer:
        """Draw a digit and wait until the kernel has processed its last point."""
        for stroke in DIGITS[digit]:
            (x, y), *others = _points(stroke)
            await self._send_event(
                "CanvasModel", {"event": "mouse_down", "x": x, "y": y}, wait=False
            )
            for x, y in others:
                await asyncio.sleep(FRAME)
                await self._send_event(
                    "CanvasModel", {"event": "mouse_move", "x": x, "y": y}, wait=False
                )
            begin = time.perf_counter()
            await self._send_event("CanvasModel", {"event": "mouse_up", "x": x, "y": y})
        return Answer(time.perf_counter() - begin, digit, self.sign)

    async def clear(self) -> None:
        """Clear the pad."""
        await self._send_event("ButtonModel", {"event": "click"}, description="Clear")

    async def close(self) -> None:
        """Close the page."""
        self._socket.close()
        await self._listening

    @property
    def sign(self) -> str:
        """Return the predicted digit on the page, or another sign."""
        (sign,) = re.findall(
            r'mnistedu-sign">(.)<',
            " ".join(str(widget.get("value")) for widget in self._widgets.values()),
        )
        return sign

    async def _send_event(
        self, model: str, content: dict[str, Any], *, wait: bool = True, **state: object
    ) -> None:
        """Send an event to the only widget of a model with the given state."""
        (widget,) = (
            identity
            for identity, known in self._widgets.items()
            if known["_model_name"] == model and state.items() <= known.items()
        )
        await self._send_data(widget, {"method": "custom", "content": content}, wait=wait)

    async def _send_data(self, comm: str, data: dict[str, Any], *, wait: bool = True) -> None:
        await self._send("comm_msg", {"comm_id": comm, "data": data}, wait=wait)

    async def _send(
        self,
        kind: str,
        content: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        wait: bool = True,
    ) -> None:
        """Send a message, and wait until the kernel is idle again."""
        identity = uuid.uuid4().hex
        done = self._done[identity] = asyncio.get_running_loop().create_future()
        header = {"msg_id": identity, "msg_type": kind, "session": self._session}
        header |= {"username": "", "version": "5.3", "date": "2000-01-01T00:00:00Z"}
        parts = [json.dumps(part).encode() for part in (header, {}, metadata or {}, content)]
        await self._socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        if wait:
            both = {done, self._listening}
            await asyncio.wait(both, timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
            if not done.done():
                raise RuntimeError("no reply from the kernel") from self._listening.exception()

    async def _listen(self) -> None:
        while (raw := await self._socket.read_message()) is not None:
            header, parent, _, content = map(json.loads, deserialize_msg_from_ws_v1(raw)[1][:4])
            if header["msg_type"] == "comm_msg":
                self.foreign += parent.get("session") != self._session
                self._update(content["comm_id"], content["data"])
            elif content.get("execution_state") == "idle":
                done = self._done.pop(parent.get("msg_id"), None)
                if done and not done.done():
                    done.set_result(None)

    def _update(self, comm: str, data: dict[str, Any]) -> None:
        if data["method"] == "update_states":
            self._widgets = {name: widget["state"] for name, widget in data["states"].items()}
        elif data["method"] == "update" and comm in self._widgets:
            self._widgets[comm].update(data["state"])


def _points(stroke: Stroke) -> list[tuple[float, float]]:
    """Return the positions of the pointer along a stroke, in pixels of the pad."""
    corners = SIZE * np.array(stroke)
    steps = np.linspace(0, len(corners) - 1, STEPS * (len(corners) - 1) + 1)
    columns = [np.interp(steps, range(len(corners)), column) for column in corners.T]
    return np.transpose(columns).tolist()


async def use(person: Person, until: float, rng: np.random.Generator) -> list[Answer]:
    """Draw one digit after the other until the given time."""
    answers = []
    while time.monotonic() < until:
        answers.append(await person.draw(str(rng.choice(list(DIGITS)))))
        await asyncio.sleep(rng.uniform(*PAUSE))
        await person.clear()
    return answers


async def measure(address: str, people: int, seconds: float) -> None:
    """Open the pages one by one, let all users draw at once, and print the results."""
    opening, crowd = [], []
    for _ in range(people):
        begin = time.perf_counter()
        crowd.append(await Person.open(address))
        opening.append(time.perf_counter() - begin)
    until = time.monotonic() + seconds
    users = zip(crowd, np.random.default_rng(0).spawn(people), strict=True)
    drawn = await asyncio.gather(*(use(person, until, rng) for person, rng in users))
    memory = kernel_memory()
    answers = [answer for each in drawn for answer in each]
    waits = [1e3 * answer.seconds for answer in answers]
    print(f"people at once                 {people}, on {len({p.kernel for p in crowd})} kernels")
    print(f"from opening a page to drawing median {statistics.median(opening):.1f} s")
    print(f"drawings                       {len(answers)}, all answered")
    print(f"read as drawn                  {sum(a.predicted == a.drawn for a in answers)}")
    print(f"changes caused by someone else {sum(person.foreign for person in crowd)}")
    print(f"pen up to answer               {summary(waits)}")
    print(f"memory of a person's kernel    {summary(memory, 'MB')}")
    await asyncio.gather(*(person.close() for person in crowd))


def kernel_memory() -> list[float]:
    """Return the resident memory of each kernel in megabytes, including shared libraries."""
    processes = psutil.Process().children(recursive=True)
    kernels = [p for p in processes if "ipykernel_launcher" in p.cmdline()]
    return [kernel.memory_info().rss / 1e6 for kernel in kernels]


def summary(values: list[float], unit: str = "ms") -> str:
    """Format the median and the 95th percentile."""
    p95 = float(np.quantile(values, 0.95))
    return f"median {statistics.median(values):.0f} {unit}, 95 % within {p95:.0f} {unit}"


def main() -> None:
    """Serve the app, simulate the users, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.app", description=__doc__.split("\n\n")[1]
    )
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serve("mnistedu app", root=Path(folder)) as address,
    ):
        base = address.split("?")[0] + "/"
        asyncio.run(measure(base, options.people, 60 * options.minutes))


if __name__ == "__main__":
    main()
