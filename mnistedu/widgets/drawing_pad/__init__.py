"""``DrawingPad``: draw a digit and watch a model read it.

`pad` puts the parts together: `sheet`, `toolbar`, `files`, `answer_view` with `filmstrip` and
`time_limit`, and `teaching_panel`. `undo` has the edits of the drawing, and `still` draws the
picture for places where no widget can show. The sheet is shown by one of the `surfaces`: by
`ipycanvas_surface` with `stroke_preview`, or by `anywidget_surface`.
"""

from mnistedu.widgets.drawing_pad.pad import DrawingPad

__all__ = ["DrawingPad"]
