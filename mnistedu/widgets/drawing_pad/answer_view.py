"""The right side of the pad: reads drawings, and shows the answer and what the network sees."""

from __future__ import annotations

from markupsafe import Markup

from mnistedu.ink import Ink
from mnistedu.preprocessing import Bitmap
from mnistedu.recognition import Prediction, Recognizer
from mnistedu.widgets.common.answer_html import (
    BLANK_IMAGE,
    ERROR_TEXT,
    alert_html,
    answer_html,
    answer_text,
    error_html,
    image_html,
)
from mnistedu.widgets.common.live_region import LiveRegion
from mnistedu.widgets.common.safe_html import SafeHTML
from mnistedu.widgets.drawing_pad.filmstrip import filmstrip_html
from mnistedu.widgets.drawing_pad.time_limit import TimeLimitedPredictor


class AnswerView:
    """Read drawings, and show the answer and the image that the network sees.

    Parameters
    ----------
    recognizer : Recognizer

    Attributes
    ----------
    recognizer : Recognizer
        What reads the drawings; it can be replaced.
    widgets : tuple of ipywidgets.Widget
        The answer, the image and a text for screen readers, to put into a layout.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self._answer, self._image, self._live = SafeHTML(), SafeHTML(), LiveRegion()
        self.widgets = self._answer, self._image, self._live
        self.clear(Ink())

    @property
    def recognizer(self) -> Recognizer:  # noqa: D102 - see the class
        return self._predictor.recognizer

    @recognizer.setter
    def recognizer(self, recognizer: Recognizer) -> None:
        self._predictor = TimeLimitedPredictor(recognizer)

    def read(self, drawing: Ink | Bitmap, ink: Ink) -> Prediction | None:
        """Read a drawing, and show the answer or the model's error.

        Parameters
        ----------
        drawing : Ink, array-like, PIL.Image.Image or path
            As for :meth:`mnistedu.Recognizer.predict`.
        ink : Ink
            The ink on the sheet.

        Returns
        -------
        prediction : Prediction or None
            None if the model failed.
        """
        try:
            prediction = self._predictor.predict(drawing)
        except Exception as error:  # of any model that a learner may bring
            return self._show(None, error_html(error), ink, ERROR_TEXT)
        return self._show(prediction, answer_html(prediction), ink, answer_text(prediction))

    def clear(self, ink: Ink, hint: str = "Draw a digit from 0 to 9") -> None:
        """Show that there is no answer.

        Parameters
        ----------
        ink : Ink
            The ink on the sheet.
        hint : str
            What to do to get an answer.
        """
        self._show(None, answer_html(None, hint), ink, "")

    def add_alert(self, summary: str, error: Exception) -> None:
        """Show an error below the answer, until the next answer.

        Parameters
        ----------
        summary : str
            What failed.
        error : Exception
        """
        self._answer.value += alert_html(summary, error)

    def announce(self) -> None:
        """Announce the answer to screen readers: the drawing is finished, for now."""
        self._live.text = self._text

    def _show(
        self, prediction: Prediction | None, answer: Markup, ink: Ink, text: str
    ) -> Prediction | None:
        if prediction is not None:
            image = prediction.image
        else:
            image = BLANK_IMAGE if ink.blank else ink.to_image()
        self._answer.value = answer
        self._image.value = image_html(image) + filmstrip_html(ink)
        self._text = text
        return prediction
