"""``TrainingMonitor``: a Keras callback that shows live curves, predictions and a stop button.

`monitor` is the widget, `html` its views, and `still` the picture where no widget can be shown.
"""

from mnistedu.widgets.training_monitor.monitor import TrainingMonitor

__all__ = ["TrainingMonitor"]
