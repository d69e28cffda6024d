"""Learn how a machine reads handwriting.

Draw a digit and see it read, then build everything behind it: the data, the preprocessing, an MLP,
a CNN on Keras with the JAX backend, the training, the evaluation and the drawing pad itself.

``import mnistedu`` is fast: the module of a public name is imported on first use.

Examples
--------
>>> import mnistedu
>>> digits = mnistedu.load_digits()
>>> digits.test.images.shape[1:]
(28, 28)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from mnistedu._backend import choose_jax

if TYPE_CHECKING:  # the same names as below, for type checkers and editors
    from mnistedu.data import Dataset as Dataset
    from mnistedu.data import Samples as Samples
    from mnistedu.data import Split as Split
    from mnistedu.data import load_digits as load_digits
    from mnistedu.data import load_mnist as load_mnist
    from mnistedu.evaluation import Evaluation as Evaluation
    from mnistedu.evaluation import compare as compare
    from mnistedu.evaluation import evaluate as evaluate
    from mnistedu.evaluation.learning_curve import learning_curve as learning_curve
    from mnistedu.evaluation.robustness import robustness as robustness
    from mnistedu.export import export_page as export_page
    from mnistedu.ink import Ink as Ink
    from mnistedu.models import build_cnn as build_cnn
    from mnistedu.models import build_mlp as build_mlp
    from mnistedu.models import build_recipe as build_recipe
    from mnistedu.models import load_model as load_model
    from mnistedu.models import save_model as save_model
    from mnistedu.models.baselines import build_baseline as build_baseline
    from mnistedu.preprocessing import normalize as normalize
    from mnistedu.preprocessing import to_input as to_input
    from mnistedu.pretrained import load_pretrained as load_pretrained
    from mnistedu.recognition import Prediction as Prediction
    from mnistedu.recognition import Recognizer as Recognizer
    from mnistedu.training import train as train
    from mnistedu.widgets.confusion_explorer import ConfusionExplorer as ConfusionExplorer
    from mnistedu.widgets.drawing_pad import DrawingPad as DrawingPad
    from mnistedu.widgets.layer_explorer import LayerExplorer as LayerExplorer
    from mnistedu.widgets.training_monitor import TrainingMonitor as TrainingMonitor

__version__ = "0.1.0"

_HOMES = {
    "data": ["Dataset", "Samples", "Split", "load_digits", "load_mnist"],
    "evaluation": ["Evaluation", "compare", "evaluate", "learning_curve", "robustness"],
    "export": ["export_page"],
    "ink": ["Ink"],
    "models": ["build_cnn", "build_mlp", "build_recipe", "load_model", "save_model"],
    "models.baselines": ["build_baseline"],
    "preprocessing": ["normalize", "to_input"],
    "pretrained": ["load_pretrained"],
    "recognition": ["Prediction", "Recognizer"],
    "training": ["train"],
    "widgets.confusion_explorer": ["ConfusionExplorer"],
    "widgets.drawing_pad": ["DrawingPad"],
    "widgets.layer_explorer": ["LayerExplorer"],
    "widgets.training_monitor": ["TrainingMonitor"],
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_MODULE_OF)

choose_jax()  # so that importing mnistedu before Keras is enough


def __getattr__(name: str) -> object:
    """Import the module of a public name on first use (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
