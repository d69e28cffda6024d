"""Probabilities from any model: Keras, scikit-learn, a ``Recognizer`` or a function.

`any_model` finds out how to ask; `keras_model` runs Keras models on many images; `snapshot` answers
from a copy of the weights while the model itself trains.
"""
