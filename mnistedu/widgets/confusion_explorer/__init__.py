"""``ConfusionExplorer``: the images behind each cell of the confusion matrix.

`explorer` is the widget, `cells` its views, and `cell_grid` the table that keys and clicks move in.
"""

from mnistedu.widgets.confusion_explorer.explorer import ConfusionExplorer

__all__ = ["ConfusionExplorer"]
