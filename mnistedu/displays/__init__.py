"""Plots, as Display classes like scikit-learn's.

``SomeDisplay.from_...(data)`` computes what the plot shows. ``.plot(...)`` draws it and returns the
display, which stores the artists as attributes (``ax_`` or ``axes_``, ``figure_`` and others) and
describes the plot in ``alt_text``. In a notebook, plots are light or dark like the page; elsewhere,
``plt.style.use("dark_background")`` makes them dark.
"""

from mnistedu.displays.attribution import OcclusionDisplay, SaliencyDisplay
from mnistedu.displays.class_averages import ClassAveragesDisplay
from mnistedu.displays.comparison import ComparisonDisplay
from mnistedu.displays.confusion import ConfusionDisplay
from mnistedu.displays.digits import DigitsDisplay
from mnistedu.displays.embedding import EmbeddingDisplay
from mnistedu.displays.feature_maps import FeatureMapsDisplay
from mnistedu.displays.filters import FiltersDisplay
from mnistedu.displays.history import HistoryDisplay
from mnistedu.displays.learning_curve import LearningCurveDisplay
from mnistedu.displays.mistakes import MistakesDisplay
from mnistedu.displays.pixel_intensity import PixelIntensityDisplay
from mnistedu.displays.pixel_values import PixelValuesDisplay
from mnistedu.displays.plot import PlotDisplay
from mnistedu.displays.preprocessing import PreprocessingDisplay
from mnistedu.displays.reliability import ReliabilityDisplay
from mnistedu.displays.robustness import RobustnessDisplay

__all__ = [
    "ClassAveragesDisplay",
    "ComparisonDisplay",
    "ConfusionDisplay",
    "DigitsDisplay",
    "EmbeddingDisplay",
    "FeatureMapsDisplay",
    "FiltersDisplay",
    "HistoryDisplay",
    "LearningCurveDisplay",
    "MistakesDisplay",
    "OcclusionDisplay",
    "PixelIntensityDisplay",
    "PixelValuesDisplay",
    "PlotDisplay",
    "PreprocessingDisplay",
    "ReliabilityDisplay",
    "RobustnessDisplay",
    "SaliencyDisplay",
]
