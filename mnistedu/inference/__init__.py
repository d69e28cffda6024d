"""Probabilities from any model: Keras, scikit-learn, a ``Recognizer`` or a function.

`any_model` predicts and checks them, `keras_model` runs Keras models on many images, and `snapshot`
predicts from a copy of a model's weights while it is being trained.
"""

from mnistedu.inference.any_model import BatchPredictor, Classifier, PredictFn, predict_proba
from mnistedu.inference.keras_model import CLASSES

__all__ = ["CLASSES", "BatchPredictor", "Classifier", "PredictFn", "predict_proba"]
