"""Compiled kernels on disk, in a folder that only this user can change."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import jax

from mnistedu._atomic_files import atomic_write
from mnistedu.layers.kernels.private_folder import private_folder, program_cache
from mnistedu.layers.kernels.target import target_description

_MAX_FILES = 1024  # of a few kilobytes each
_DIGEST_SIZE = hashlib.sha256().digest_size


def cached(name: str, make: Callable[[], bytes]) -> bytes:
    """Load what was made under a name before, or make it and keep it.

    It is kept in the folder of JAX's compilation cache, or in the user's own cache folder if JAX
    has none or other users can write to it; not at all where JAX's cache is disabled. It is made
    again if the file is damaged, and after a change of the kernels' source, of the compiler or of
    the processor.

    Parameters
    ----------
    name : str
        Identifies what is made.
    make : callable
        Takes no arguments and returns bytes, such as machine code.

    Returns
    -------
    content : bytes
        Not empty.
    """
    folder = _folder()
    if folder is None:
        return make()
    key = f"{name} {target_description()} {_source_digest()}"
    path = folder / hashlib.sha256(key.encode()).hexdigest()
    content = _read(path)
    if content is None:
        content = make()
        with suppress(OSError):  # a full or read-only disk: then it is made each time
            _write(path, content)
    return content


def _folder() -> Path | None:
    """Return the folder, or None where none can be trusted."""
    settings = jax.config.values
    if not settings["jax_enable_compilation_cache"]:
        return None
    chosen = settings["jax_compilation_cache_dir"]
    if chosen and "://" not in chosen:
        with suppress(OSError):
            return private_folder(Path(chosen, "kernels"))
    with suppress(OSError):
        return private_folder(program_cache() / "kernels")
    return None


@functools.cache
def _source_digest() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> bytes | None:
    """Read a file if it is complete: incomplete machine code would crash the process."""
    try:
        file = path.read_bytes()
        os.utime(path)  # files that nobody needs any more are removed first
    except OSError:
        return None
    digest, content = file[:_DIGEST_SIZE], file[_DIGEST_SIZE:]
    return content if content and hashlib.sha256(content).digest() == digest else None


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path) as file:
        file.write(hashlib.sha256(content).digest() + content)
    files = [file for file in path.parent.iterdir() if file.is_file()]
    for old in sorted(files, key=lambda file: file.stat().st_mtime)[:-_MAX_FILES]:
        old.unlink(missing_ok=True)
