"""Predictions within a time limit, so that a model that hangs leaves the pad usable."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from mnistedu.ink import Ink
from mnistedu.preprocessing import Bitmap
from mnistedu.recognition import Prediction, Recognizer

TIME_LIMIT = 10.0  # seconds


class TimeLimitedPredictor:
    """Predict with a model of the user's own in a thread, and stop waiting after a while.

    Python cannot end a function that does not return. So the thread goes on, and until it ends
    every other prediction fails at once.

    Parameters
    ----------
    recognizer : Recognizer
        One with the shipped weights predicts without a thread: it always returns.

    Examples
    --------
    >>> predictor = TimeLimitedPredictor(Recognizer())
    >>> predictor.predict(Ink([[(150, 120), (400, 120), (260, 460)]])).digit
    7
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self._running: Future[Prediction] | None = None

    def predict(self, drawing: Ink | Bitmap) -> Prediction:
        """Predict one digit.

        Parameters
        ----------
        drawing : Ink, array-like, PIL.Image.Image or path
            As for :meth:`mnistedu.Recognizer.predict`.

        Returns
        -------
        prediction : Prediction

        Raises
        ------
        TimeoutError
            If the model has not returned within :data:`TIME_LIMIT`, or is still busy with an
            earlier drawing.
        Exception
            Whatever the model raises.
        """
        if self.recognizer.model is None:
            return self.recognizer.predict(drawing)
        if self._running is not None and not self._running.done():
            raise TimeoutError("the model is still busy with an earlier drawing")
        self._running = Future()
        work = self._running, drawing
        threading.Thread(target=self._run, args=work, daemon=True).start()
        try:
            return self._running.result(TIME_LIMIT)
        except TimeoutError as error:
            if self._running.done():  # the model's own
                raise
            raise TimeoutError(
                f"the model has not answered within {TIME_LIMIT:g} seconds; press Recognise later, "
                "or give the pad another model"
            ) from error

    def _run(self, future: Future[Prediction], drawing: Ink | Bitmap) -> None:
        try:
            future.set_result(self.recognizer.predict(drawing))
        except BaseException as error:
            future.set_exception(error)
