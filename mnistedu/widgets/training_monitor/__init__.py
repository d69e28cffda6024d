"""``TrainingMonitor``: a Keras callback that shows live curves, predictions and a stop button.

`monitor` is the widget, `html` renders its parts, and `still` draws the picture for places where no
widget can show.
"""

from mnistedu.widgets.training_monitor.monitor import TrainingMonitor

__all__ = ["TrainingMonitor"]
