"""Compiled kernels that stay on disk, in the folder where JAX keeps its compiled programs."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import jax

from mnistedu._atomic_files import atomic_write
from mnistedu.layers.kernels.target import processor

_MOST = 1024  # files that are kept, of some kilobytes each
_DIGEST_SIZE = hashlib.sha256().digest_size


def remember(name: str, make: Callable[[], bytes]) -> bytes:
    """Give the machine code that was made for a kernel before; or make it, and keep it.

    Nothing is kept where JAX keeps no programs. What cannot be read is made anew, and so is all
    after a change of this package, of the compiler, or of the processor.

    Parameters
    ----------
    name : str
        Tells kernels apart.
    make : callable
        Gives the machine code.

    Returns
    -------
    code : bytes
    """
    folder = _folder()
    if folder is None:
        return make()
    path = folder / hashlib.sha256(f"{name} {processor()} {_sources()}".encode()).hexdigest()
    kept = _read(path)
    if kept is not None:
        return kept
    made = make()
    with suppress(OSError):  # a full disk, a folder for reading only: then it is made each time
        _write(path, made)
    return made


def _folder() -> Path | None:
    folder = jax.config.jax_compilation_cache_dir
    if not folder or "://" in folder or not jax.config.jax_enable_compilation_cache:
        return None
    return Path(folder, "kernels")


@functools.cache
def _sources() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> bytes | None:
    """Read what is whole: half of some machine code would end the process."""
    try:
        content = path.read_bytes()
        path.touch()  # those that nobody needs are removed first
    except OSError:
        return None
    digest, code = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    return code if hashlib.sha256(code).digest() == digest else None


def _write(path: Path, code: bytes) -> None:
    with atomic_write(path) as file:
        file.write(hashlib.sha256(code).digest() + code)
    files = [file for file in path.parent.iterdir() if file.is_file()]
    for old in sorted(files, key=lambda file: file.stat().st_mtime)[:-_MOST]:
        old.unlink(missing_ok=True)
