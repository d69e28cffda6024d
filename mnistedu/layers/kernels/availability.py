"""Which kernels the layers use: those that are switched on, where all of them work."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import warnings

NAMES = ("conv2d", "max_pool", "matmul", "dropout")


def is_available(name: str) -> bool:
    """Check whether a kernel is switched on and works on this machine.

    Parameters
    ----------
    name : {"conv2d", "max_pool", "matmul", "dropout"}
        The kernel, which stands for those of its gradients as well.

    Returns
    -------
    available : bool
        Whether a layer can use it.

    Raises
    ------
    ValueError
        If the environment variable ``MNISTEDU_KERNELS`` names a kernel that does not exist.

    Warns
    -----
    UserWarning
        If the kernels do not work on this machine, with the reason.
    """
    return name in switched_on() and _kernels_work()


def switched_on() -> tuple[str, ...]:
    """Return the kernels that the environment variable ``MNISTEDU_KERNELS`` switches on.

    It names them, separated by commas. All are on if it is not set, and none if it is ``0``.

    Returns
    -------
    names : tuple of str
        Some of those of :func:`is_available`.

    Raises
    ------
    ValueError
        If it names a kernel that does not exist.

    Examples
    --------
    >>> set(switched_on()) <= {"conv2d", "max_pool", "matmul", "dropout"}
    True
    """
    setting = os.environ.get("MNISTEDU_KERNELS", "")
    if setting == "0":
        return ()
    names = tuple(name.strip() for name in setting.split(",")) if setting else NAMES
    if not set(names) <= set(NAMES):
        raise ValueError(
            f"MNISTEDU_KERNELS must be 0 or some of {', '.join(NAMES)}, separated by commas, "
            f"got {setting!r}. Change the environment variable, or unset it to use all kernels."
        )
    return names


@functools.cache
def _kernels_work() -> bool:
    """Check the kernels, in a process of their own unless they have passed on this machine."""
    if os.name != "posix":  # they have not been tried on Windows, where a mistake would be a crash
        return False
    try:
        from mnistedu.layers.kernels import primitives, self_test  # noqa: F401
        from mnistedu.layers.kernels.disk_cache import cached

        versions = [importlib.metadata.version(package) for package in ("jax", "jaxlib")]
        cached(f"self-test {versions}", self_test.run_in_new_process)
    except Exception as error:  # whatever a new version or a new processor has in store
        warnings.warn(
            f"training will be slow: the compiled kernels do not work on this machine ({error})",
            stacklevel=2,
        )
        return False
    return True
