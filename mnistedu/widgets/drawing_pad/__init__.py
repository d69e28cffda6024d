"""``DrawingPad``: draw a digit and see it read.

`pad` puts the parts together: `canvas` (with `stroke_preview`), `undo`, `filmstrip`, the
`teaching_panel`, and `still`, the picture where no widget can be shown.
"""

from mnistedu.widgets.drawing_pad.pad import DrawingPad

__all__ = ["DrawingPad"]
