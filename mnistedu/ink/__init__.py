"""Ink: the strokes of a pen, and how to render them like an image of MNIST.

A drawing pad, a tablet or a UNIPEN file records *strokes*: the points that a pen passed while it
was down. :meth:`Ink.to_image` renders them as an image that looks like one of MNIST: the strokes
are scaled first and drawn afterwards with a pen of constant width, so that the line of a digit is
equally thick whatever size it was written in.

`ink` holds :class:`Ink`, `rasterize` renders it, `augmentation` varies it at random, and `unipen`
reads files of it.
"""

from mnistedu.ink.ink import Ink, UnipenSample
from mnistedu.ink.rasterize import BOX, PEN, SIZE, centre_by_mass

__all__ = ["BOX", "PEN", "SIZE", "Ink", "UnipenSample", "centre_by_mass"]
