"""``Recognizer`` reads ink, photos and images, and learns a person's handwriting.

`prediction` is its answer, `adaptation` and `classifier_head` retrain the last layer.
"""

from mnistedu.recognition.prediction import Prediction
from mnistedu.recognition.recognizer import Recognizer

__all__ = ["Prediction", "Recognizer"]
