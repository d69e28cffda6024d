"""The networks of the lessons, classic recipes and baselines; saving and loading models.

Every Keras model built here takes float32 images of shape (n, 28, 28, 1) in [0, 1], as
:func:`mnistedu.to_input` makes them, returns ten probabilities for each, and is compiled.
"""

from mnistedu.models.networks import build_cnn, build_mlp
from mnistedu.models.recipes import build_recipe
from mnistedu.models.saving import load_model, save_model

__all__ = ["build_cnn", "build_mlp", "build_recipe", "load_model", "save_model"]
