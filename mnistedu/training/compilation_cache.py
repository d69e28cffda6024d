"""Programs that stay compiled: JAX's compilation cache in the user's own cache folder."""

from __future__ import annotations

import jax
import pooch
from jax.experimental.compilation_cache import compilation_cache

_MAX_BYTES = 200 * 2**20


def remember_programs() -> None:
    """Keep compiled programs on disk, so that the next kernel starts training at once.

    The folder is private to the user, because a program read from it is run. A program that cannot
    be read is compiled anew. Does nothing where ``JAX_COMPILATION_CACHE_DIR`` already names a
    folder, or where ``JAX_ENABLE_COMPILATION_CACHE`` turns the cache off, or where no private
    folder can be made.
    """
    if jax.config.jax_compilation_cache_dir is not None:
        return
    folder = pooch.os_cache("mnistedu") / "programs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_compilation_cache_max_size", _MAX_BYTES)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    compilation_cache.reset_cache()
