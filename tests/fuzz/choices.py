"""Structure from bytes: edits of JSON and patches of files that a fuzzer's bytes stand for."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")

VALUES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 2, 7, 28, 0.5, -0.5, 1e-9, 1e39, 1e308),
    *(10**6, 10**9, -(10**9), 2**31, 2**63, 10**30, math.nan, math.inf, -math.inf),
    *("", "0", "a", "ä\u202e\x00", "\udcff", "x" * 10_000, "../../x", "/dev/zero", "<script>"),
    *([], {}, [[]], [None], [0, 0], [1, 2, 3], [-1] * 100, {"x": 1, "y": 2}, {"": {}}, [[1, 2]]),
)
"""Values that code may not expect, all of which JSON can hold."""


class Choices:
    """Choices that bytes stand for: a changed byte changes one of them.

    Parameters
    ----------
    content : bytes
        Without any left, every choice is the first.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._used = 0

    def __bool__(self) -> bool:
        return self._used < len(self._content)

    def below(self, end: int) -> int:
        """Return a number from 0 to `end` - 1, from as few bytes as it takes."""
        n_bytes = (max(end - 1, 1).bit_length() + 7) // 8
        number = self._content[self._used : self._used + n_bytes]
        self._used += n_bytes
        return int.from_bytes(number, "little") % end

    def pick(self, things: Sequence[Thing]) -> Thing:
        return things[self.below(len(things))]


def edit(value: dict, choices: Choices, values: Sequence[object] = VALUES) -> dict:
    """Return JSON in which parts are replaced, removed, copied, wrapped or added."""
    root = {"root": copy.deepcopy(value)}
    is_deep = False
    for _ in range(8):
        slots = list(_slots(root["root"]))
        if not choices or not slots:
            break
        container, key = choices.pick(slots)
        operation = choices.below(6)
        if operation == 0:
            del container[key]
        elif operation == 1:
            container[key] = copy.deepcopy(choices.pick(values))
        elif operation == 2:
            other, its_key = choices.pick(slots)
            container[key] = copy.deepcopy(other[its_key])
        elif operation == 3 and not is_deep:
            is_deep = True
            for _ in range(1 + choices.below(120)):
                part = container[key]
                container[key] = [part] if choices.below(2) else {"config": part}
        elif operation == 4 and isinstance(container, list):
            container[key:key] = [copy.deepcopy(container[key])] * choices.below(256)
        elif operation == 5 and isinstance(container, dict):
            container[str(choices.pick(values))] = copy.deepcopy(choices.pick(values))
    return root["root"]


def patch(content: bytes, choices: Choices) -> bytes:
    """Return a file with some bytes changed, doubled or cut off."""
    for _ in range(8):
        if not choices or not content:
            break
        operation = choices.below(4)
        start = choices.below(len(content))
        if operation == 0:
            new = choices.below(256).to_bytes(1, "little")
        elif operation == 1:
            new = choices.pick((b"\0" * 8, b"\xff" * 8, b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
        elif operation == 2:
            new = content[start : start + 8] * 2
        else:
            new, content = b"", content[:start]
        content = content[:start] + new + content[start + len(new) :]
    return content


def _slots(value: object) -> Iterator[tuple]:
    if not isinstance(value, dict | list):
        return
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        yield from _slots(value[key])
