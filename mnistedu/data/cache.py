"""The folder for what can be made or downloaded again."""

from __future__ import annotations

from pathlib import Path


def cache_folder() -> Path | None:
    """Return the package's folder in the user's cache, where the operating system wants it.

    Returns
    -------
    folder : pathlib.Path or None
        It may not exist yet. None if the user has no home directory, as in some containers.

    Examples
    --------
    >>> cache_folder()
    PosixPath('.../mnistedu')
    """
    import platformdirs

    try:
        return Path(platformdirs.user_cache_dir("mnistedu"))
    except RuntimeError:
        return None
