"""``LayerExplorer``: the layers' outputs and filters for the drawing on the pad.

`explorer` is the widget, `html` renders its parts, `latest_value_worker` computes them in a thread,
and `still` draws the picture for places where no widget can show.
"""

from mnistedu.widgets.layer_explorer.explorer import LayerExplorer

__all__ = ["LayerExplorer"]
