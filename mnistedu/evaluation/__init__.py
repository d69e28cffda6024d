"""Metrics of a model: accuracy, mistakes, calibration, robustness, and comparison of models.

:func:`evaluate` returns an :class:`Evaluation` of any model (`result`); `statistics` and
`calibration` compute what scikit-learn does not, and `html_report` displays the metrics in a
notebook. :func:`robustness` evaluates a model on images changed by `corruptions`. :func:`compare`
and :func:`learning_curve` also train the models (`fitting`).
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
