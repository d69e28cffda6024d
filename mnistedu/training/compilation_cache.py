"""JAX's compilation cache, in the user's own cache folder."""

from __future__ import annotations

from pathlib import Path

import jax
from filelock import FileLock
from jax.experimental.compilation_cache import compilation_cache

from mnistedu.layers.kernels.private_folder import private_folder, program_cache

_MAX_BYTES = 200 * 2**20
_LOCK_SECONDS = 10.0  # as JAX waits
_SUFFIXES = "-cache", "-atime"  # of a program, and of the time of its last use


def enable_compilation_cache() -> None:
    """Keep compiled programs on disk, so that training starts at once in the next process.

    A program that is read from the folder is run, so nobody but this user may be able to change
    what is in it (see `mnistedu.layers.kernels.private_folder`). A program that cannot be read is
    compiled again. Does nothing where ``JAX_COMPILATION_CACHE_DIR`` already names a folder, and
    where no private folder can be made or written. ``JAX_ENABLE_COMPILATION_CACHE=0`` turns the
    cache off.
    """
    if jax.config.values["jax_compilation_cache_dir"] is not None:
        return
    try:
        folder = private_folder(program_cache())
        _remove_unfinished(folder)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_compilation_cache_max_size", _MAX_BYTES)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    compilation_cache.reset_cache()


def _remove_unfinished(folder: Path) -> None:
    """Delete the programs that a killed process or a full disk left unfinished.

    JAX writes a program, and then the time of its last use. It never replaces a program without
    that time and, as long as there is one, keeps no other program either.
    """
    with FileLock(folder / ".lockfile", timeout=_LOCK_SECONDS):  # JAX's own
        programs, times = (
            {path.name.removesuffix(suffix) for path in folder.glob(f"*{suffix}")}
            for suffix in _SUFFIXES
        )
        for key in programs ^ times:
            for suffix in _SUFFIXES:
                (folder / f"{key}{suffix}").unlink(missing_ok=True)
