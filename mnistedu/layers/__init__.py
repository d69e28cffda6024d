"""Keras's layers for images, written to be fast on a CPU.

`cpu_layers` are drop-in subclasses of Keras's layers, `patches` is their portable implementation,
`kernels` the machine code that is compiled for the host's processor, and `sharding` runs both on
several devices. The layers are imported on first use: the self-test of the kernels runs without
Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnistedu.layers.cpu_layers import Conv2D, Dense, Dropout, MaxPooling2D

__all__ = ["Conv2D", "Dense", "Dropout", "MaxPooling2D"]


def __getattr__(name: str) -> object:
    """Import the layers on first use (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mnistedu.layers import cpu_layers

    return getattr(cpu_layers, name)
