"""Learn how a machine reads handwriting.

Draw a digit and see it read, then build everything behind it: the data, the preprocessing, an MLP,
a CNN on Keras with the JAX backend, the training, the evaluation and the drawing pad itself.

``import mnistedu`` is instant: each public name loads its module on first use.

Examples
--------
>>> import mnistedu
>>> digits = mnistedu.load_digits()
>>> digits.test.images.shape[1:]
(28, 28)
"""

from __future__ import annotations

import importlib

from mnistedu._backend import choose_jax

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

choose_jax()  # so that ``import mnistedu`` before ``import keras`` is all that a notebook needs


def __getattr__(name: str) -> object:
    """Import a public name's module on first use (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
