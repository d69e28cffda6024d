"""Preprocessing: from any picture of a digit to the input of a model.

:func:`normalize` converts a photo, scan, screenshot or canvas to an image like those of MNIST;
:func:`steps` returns the picture after each step; :func:`to_input` makes a batch of such images.

`reading` opens files and arrays, `extraction` separates the ink from its background, `ruled_lines`
removes the lines of a writing pad, `cropping` crops and scales the digit, and `pipeline` puts the
steps together.
"""

from mnistedu.preprocessing.model_input import to_input
from mnistedu.preprocessing.pipeline import Bitmap, normalize, steps

__all__ = ["Bitmap", "normalize", "steps", "to_input"]
