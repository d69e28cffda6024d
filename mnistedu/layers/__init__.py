"""Keras's layers for images, written to be fast on a CPU.

`cpu_layers` are drop-in subclasses of Keras's layers, `patches` is their portable implementation,
and `kernels` the machine code that is compiled for the processor at hand.
"""

from mnistedu.layers.cpu_layers import Conv2D, Dense, Dropout, MaxPooling2D

__all__ = ["Conv2D", "Dense", "Dropout", "MaxPooling2D"]
