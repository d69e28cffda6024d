"""``DrawingPad``: draw a digit and watch a model read it.

`pad` puts the parts together: `canvas` with `stroke_preview`, `toolbar`, `answer_view` with
`filmstrip` and `time_limit`, and `teaching_panel`. `undo` has the edits of the drawing, and `still`
draws the picture for places where no widget can show.
"""

from mnistedu.widgets.drawing_pad.pad import DrawingPad

__all__ = ["DrawingPad"]
