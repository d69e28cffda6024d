"""From any picture of a digit to the image that a model reads.

:func:`normalize` makes a photo, a scan, a screenshot or a canvas look like an image of MNIST;
:func:`steps` shows how, picture by picture; :func:`to_input` makes images a model's input.

The work is shared out: `reading` opens whatever holds a picture, `extraction` finds the ink in it,
and `framing` crops it, scales it and puts it in its place.
"""

from mnistedu.preprocessing.framing import to_input
from mnistedu.preprocessing.pipeline import Bitmap, normalize, steps

__all__ = ["Bitmap", "normalize", "steps", "to_input"]
