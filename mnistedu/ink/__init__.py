"""Ink: what a pen leaves behind, and how MNIST would have drawn it.

A drawing pad, a tablet or a UNIPEN file gives *strokes*, the points that a pen passed while it was
down. :meth:`Ink.to_image` turns them into an image that looks like one of MNIST: the strokes are
scaled first and drawn afterwards, with a pen of always the same width, so that a digit has the same
line whatever size it was written in.

`strokes` holds :class:`Ink`, `drawing` draws it, `variation` writes it again, and `unipen` reads
collections of it.
"""

from mnistedu.ink.ink import Ink, UnipenSample
from mnistedu.ink.rasterize import BOX, PEN, SIZE, place_by_mass

__all__ = ["BOX", "PEN", "SIZE", "Ink", "UnipenSample", "place_by_mass"]
