"""JAX's compilation cache, in the user's own cache folder."""

from __future__ import annotations

import jax
from jax.experimental.compilation_cache import compilation_cache

from mnistedu.layers.kernels.private_folder import private_folder, program_cache

_MAX_BYTES = 200 * 2**20


def enable_compilation_cache() -> None:
    """Keep compiled programs on disk, so that training starts at once in the next process.

    A program that is read from the folder is run, so nobody but this user may be able to change
    what is in it (see `mnistedu.layers.kernels.private_folder`). A program that cannot be read is
    compiled again. Does nothing where ``JAX_COMPILATION_CACHE_DIR`` already names a folder, and
    where no private folder can be made. ``JAX_ENABLE_COMPILATION_CACHE=0`` turns the cache off.
    """
    if jax.config.values["jax_compilation_cache_dir"] is not None:
        return
    try:
        folder = private_folder(program_cache())
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_compilation_cache_max_size", _MAX_BYTES)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    compilation_cache.reset_cache()
