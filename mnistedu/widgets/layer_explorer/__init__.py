"""``LayerExplorer``: the layers' outputs and filters for the drawing on the pad.

`explorer` is the widget, `html` its views, and `latest_value_worker` computes them in a thread.
"""

from mnistedu.widgets.layer_explorer.explorer import LayerExplorer

__all__ = ["LayerExplorer"]
