"""What can happen to a write: kills, crowds, full disks, folders that cannot be written.

Each fault runs a writer of `tests.faults.writers` in processes of its own and checks afterwards
what is there. POSIX only.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from mnistedu import load_digits
from tests.faults.writers import WRITERS

NOBODY = 54321  # a user whom the system does not know
WRITES = 3  # of a process that is not killed
CROWD = 8

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.faults.writers"])


class NotInjectedError(Exception):
    """The fault cannot be injected on this machine."""


@dataclass
class Attempt:
    """A process that writes, and what came of it."""

    name: str
    folder: Path
    first_turn: int
    prepare: Callable[[], object] | None = None
    done: set[int] = field(default_factory=set)
    failure: str | None = None

    def start(self, writes: int = WRITES) -> None:
        self._receiver, sender = _processes.Pipe(duplex=False)
        arguments = (self.name, self.folder, self.first_turn, writes, self.prepare, sender)
        self.process = _processes.Process(target=_write, args=arguments, daemon=True)
        self.process.start()
        sender.close()

    def wait(self, *, failure: bool = False) -> bool:
        """Wait until the process has written once, or failed once; return whether it goes on."""
        while self._receive():
            if self.failure is not None or not failure:
                return True
        return False

    def finish(self) -> None:
        """Wait for the process to end, and collect the turns that it finished."""
        while self._receive():
            pass
        self.process.join()

    def _receive(self) -> bool:
        try:
            message = self._receiver.recv()
        except (EOFError, OSError):  # the process has ended, perhaps while it was sending
            return False
        if isinstance(message, int):
            self.done.add(message)
        else:
            self.failure, is_documented = message
            assert is_documented, f"an undocumented error: {self.failure}"
        return True


def _write(
    name: str,
    folder: Path,
    first_turn: int,
    writes: int,
    prepare: Callable[[], object] | None,
    sender: Connection,
) -> None:
    writer = WRITERS[name]
    if prepare is not None:
        prepare()
    for turn in range(first_turn, first_turn + writes):
        try:
            writer.write(folder, turn)
            sender.send(turn)
        except Exception as error:  # go on: the next write must not meet half of this one
            is_documented = isinstance(error, (OSError, *writer.errors))
            sender.send((f"{type(error).__name__}: {error}", is_documented))
            time.sleep(0.02)


def run(name: str, folder: Path, first_turn: int, prepare: Callable | None = None) -> Attempt:
    """Let a process write some times."""
    attempt = Attempt(name, folder, first_turn, prepare)
    attempt.start()
    attempt.finish()
    return attempt


def call_as_nobody(function: Callable[[], object]) -> object:
    """Return what a function returns, or the text of its error, to a user without a home."""
    receiver, sender = _processes.Pipe(duplex=False)
    process = _processes.Process(target=_call_as_nobody, args=(function, sender), daemon=True)
    process.start()
    sender.close()
    result = receiver.recv()
    process.join()
    return result


def _call_as_nobody(function: Callable[[], object], sender: Connection) -> None:
    load_digits()  # imports what another user may not be allowed to read
    _become_nobody()
    try:
        sender.send(function())
    except Exception as error:
        sender.send(f"{type(error).__name__}: {error}")


def kill(name: str, folder: Path, rng: random.Random) -> None:
    """End a process by SIGKILL at a random moment; the next one finds all that was written."""
    done = set()
    for number in range(2):
        attempt = Attempt(name, folder, 100_000 * number)
        attempt.start(writes=100_000)
        attempt.wait()
        time.sleep(rng.expovariate(1 / WRITERS[name].seconds))
        attempt.process.kill()
        attempt.finish()
        done |= attempt.done
        WRITERS[name].check(folder, done)
    after = run(name, folder, 300_000)
    assert after.failure is None, after.failure
    WRITERS[name].check(folder, done | after.done)


def crowd(name: str, folder: Path, rng: random.Random) -> None:
    """Let eight processes write at once, and kill one of them."""
    attempts = [Attempt(name, folder, 1_000_000 * number) for number in range(CROWD)]
    for attempt in attempts:
        attempt.start()
    time.sleep(rng.expovariate(20))
    attempts[0].process.kill()
    for attempt in attempts:
        attempt.finish()
        assert attempt.failure is None, attempt.failure
        assert attempt is attempts[0] or len(attempt.done) == WRITES
    WRITERS[name].check(folder, set().union(*(attempt.done for attempt in attempts)))


def fill_disk(name: str, folder: Path, rng: random.Random) -> None:
    """Write to a disk until it is full; free it, and go on writing."""
    with small_disk(folder, kilobytes=4096) as disk:
        before = run(name, disk, 0)
        assert before.failure is None, before.failure
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                assert error.errno == errno.ENOSPC
            file.truncate(max(0, file.tell() - 4096 * rng.randrange(2)))
        full = Attempt(name, disk, 100_000)
        full.start(writes=50)
        full.wait(failure=True)
        WRITERS[name].check(disk, before.done | full.done)
        ballast.unlink()
        full.finish()
        WRITERS[name].check(disk, before.done | full.done)


def limit_file_size(name: str, folder: Path, rng: random.Random) -> None:
    """Forbid files to grow beyond a size, so that a write stops half-way."""
    before = run(name, folder, 0)
    assert before.failure is None, before.failure
    size = max(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    prepare = partial(_limit_file_size, rng.randrange(size // 2, size + 300))
    limited = Attempt(name, folder, 100_000, prepare)
    limited.start(writes=10)
    limited.finish()
    done = before.done | limited.done
    WRITERS[name].check(folder, done)
    after = run(name, folder, 200_000)
    assert after.failure is None, after.failure
    WRITERS[name].check(folder, done | after.done)


def protect_folder(name: str, folder: Path, rng: random.Random) -> None:
    """Make the folder and all in it read-only."""
    _change_user(name, folder, folder_mode=0o555, file_mode=0o444)


def hide_folder(name: str, folder: Path, rng: random.Random) -> None:
    """Make the folder unreadable."""
    _change_user(name, folder, folder_mode=0o000, file_mode=0o000)


def take_files(name: str, folder: Path, rng: random.Random) -> None:
    """Let another user write to a shared folder whose files belong to somebody else."""
    _change_user(name, folder, folder_mode=0o1777, file_mode=0o644)


def hide_files(name: str, folder: Path, rng: random.Random) -> None:
    """Let another user write to a shared folder whose files nobody else may read."""
    _change_user(name, folder, folder_mode=0o1777, file_mode=0o600)


def _change_user(name: str, folder: Path, folder_mode: int, file_mode: int) -> None:
    before = run(name, folder, 0)
    assert before.failure is None, before.failure
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(folder_mode if path.is_dir() else file_mode)
    other = run(name, folder, 100_000, _become_nobody)
    for path in [folder, *paths]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    WRITERS[name].check(folder, before.done | other.done)
    after = run(name, folder, 200_000)
    assert after.failure is None, after.failure
    WRITERS[name].check(folder, before.done | other.done | after.done)


def _become_nobody() -> None:
    """Become a user without a home, who may write less than root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.environ.pop("HOME", None)


def _limit_file_size(size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a small file system in memory, where that is permitted."""
    disk = folder / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise NotInjectedError("only root may mount a small disk")
    options = f"size={kilobytes}k"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk]
    if subprocess.run(mount, capture_output=True).returncode:
        raise NotInjectedError("this machine does not permit to mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


FAULTS = {
    "kill": kill,
    "crowd of 8": crowd,
    "full disk": fill_disk,
    "size limit": limit_file_size,
    "read-only folder": protect_folder,
    "unreadable folder": hide_folder,
    "foreign files": take_files,
    "hidden files": hide_files,
}
"""What can happen to a write, by name."""
