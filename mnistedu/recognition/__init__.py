"""Recognition of drawings: ``Recognizer``, its predictions, and adaptation to a handwriting.

`recognizer` predicts from ink, photos and images; `adaptation` and `classifier_head` retrain the
last layer on a person's drawings.
"""

from mnistedu.recognition.prediction import Prediction
from mnistedu.recognition.recognizer import Recognizer

__all__ = ["Prediction", "Recognizer"]
