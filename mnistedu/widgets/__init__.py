"""Widgets for the notebook: thin views over the rest of the package."""

from mnistedu.widgets.drawing_pad import DrawingPad

__all__ = ["DrawingPad"]
