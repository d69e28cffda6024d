"""Every picture, as a Display class in the manner of scikit-learn.

``SomeDisplay.from_...(data)`` computes what is to be shown, ``.plot(ax=...)`` draws it and returns
the display, which keeps the artists that it drew (``ax_``, ``figure_`` and more).
"""

from mnistedu.displays.confusion import ConfusionDisplay
from mnistedu.displays.digits import DigitsDisplay
from mnistedu.displays.history import HistoryDisplay
from mnistedu.displays.mistakes import MistakesDisplay

__all__ = ["ConfusionDisplay", "DigitsDisplay", "HistoryDisplay", "MistakesDisplay"]
