"""What a model got right, what it got wrong, and how sure it was.

:func:`evaluate` asks any model and gives an :class:`Evaluation`. The work is shared out: `answers`
asks, `result` holds the figures, `statistics` and `calibration` compute what scikit-learn does not,
and `report` writes them for a notebook. :func:`robustness` asks again and again, with images spoilt
by `corruptions`; :func:`compare` and :func:`learning_curve` train before they measure (`fitting`).
"""

from mnistedu.evaluation.calibration import ReliabilityBin
from mnistedu.evaluation.comparison import Comparison, ModelReport, compare
from mnistedu.evaluation.learning_curve import LearningCurve, learning_curve
from mnistedu.evaluation.result import ClassReport, Evaluation, Mistake, evaluate
from mnistedu.evaluation.robustness import Robustness, RobustnessCurve, robustness
from mnistedu.evaluation.statistics import McNemar, wilson_interval

__all__ = [
    "ClassReport",
    "Comparison",
    "Evaluation",
    "LearningCurve",
    "McNemar",
    "Mistake",
    "ModelReport",
    "ReliabilityBin",
    "Robustness",
    "RobustnessCurve",
    "compare",
    "evaluate",
    "learning_curve",
    "robustness",
    "wilson_interval",
]
