"""What the pad shows as HTML: the answer, ten bars, and the image that the network sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from mnistedu.widgets.common.pixel_images import png_url

if TYPE_CHECKING:
    from mnistedu.recognition import Prediction

BLANK_IMAGE = np.zeros((28, 28), np.uint8)
N_TOP = 3
ERROR_TEXT = "The model failed on this drawing"


def answer_html(prediction: Prediction | None, hint: str = "Draw a digit from 0 to 9") -> Markup:
    """Render an answer: the digit, its certainty in words, and the ten probabilities as bars.

    Parameters
    ----------
    prediction : Prediction or None
        None while there is none.
    hint : str
        What to do while there is none.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> "Draw a digit" in answer_html(None)
    True
    """
    if prediction is None:
        return _panel("blank", "?", hint) + _bars(np.zeros(10), top=())
    known = prediction.confident or is_digit(prediction)
    top = [digit for digit, _ in prediction.top(N_TOP)] if known else ()
    bars = _bars(prediction.probabilities, top)
    if not prediction.confident:
        return _panel("unsure", "?", answer_text(prediction)) + bars
    sure = percent(float(prediction.probabilities.max()))
    return _panel("sure", str(prediction.digit), f"{sure} sure") + bars


def answer_text(prediction: Prediction | None) -> str:
    """Return an answer in words.

    Parameters
    ----------
    prediction : Prediction or None
        None while there is none.

    Returns
    -------
    text : str

    Examples
    --------
    >>> from mnistedu import Prediction
    >>> image = np.ones((28, 28), np.uint8)
    >>> answer_text(Prediction(np.eye(10)[7], image, confident=True))
    '7, > 99.9 % sure'
    >>> answer_text(Prediction(np.full(10, 0.1), image, confident=False))
    'No digit I know'
    """
    if prediction is None:
        return ""
    (first, probability), (second, _) = prediction.top(2)
    if prediction.confident:
        return f"{first}, {percent(probability)} sure"
    return f"Not sure: {first} or {second}?" if is_digit(prediction) else "No digit I know"


def is_digit(prediction: Prediction) -> bool:
    """Check whether a drawing is more likely than not one of the two most probable digits.

    Parameters
    ----------
    prediction : Prediction

    Returns
    -------
    likely : bool
        False for letters and scribbles, for which the shipped network is trained to give each digit
        the same probability.

    Examples
    --------
    >>> from mnistedu import Prediction
    >>> is_digit(Prediction(np.full(10, 0.1), np.ones((28, 28), np.uint8), confident=False))
    False
    """
    return sum(probability for _, probability in prediction.top(2)) >= 0.5


def error_html(error: Exception) -> Markup:
    """Render the error of a model where its answer would be.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(error_html(ValueError("a < b")))
    <div ...>The model failed...ValueError: a &lt; b...</div>
    """
    return _panel("error", "!", ERROR_TEXT) + alert_html("", error)


def alert_html(summary: str, error: Exception) -> Markup:
    """Render an error in a box of its own.

    Parameters
    ----------
    summary : str
        What failed, or nothing.
    error : Exception

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(alert_html("An observer failed: ", ZeroDivisionError("division by zero")))
    <div class="mnistedu-alert">An observer failed: <code>ZeroDivisionError: ...</div>
    """
    message = f"{type(error).__name__}: {error}"
    return Markup('<div class="mnistedu-alert">{}<code>{}</code></div>').format(summary, message)


def image_html(image: np.ndarray) -> Markup:
    """Render the 28x28 image that the network sees.

    Parameters
    ----------
    image : ndarray of shape (28, 28) and dtype uint8

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(image_html(BLANK_IMAGE))
    <figure class="mnistedu-image"><img src="data:image/png;base64,..." alt=...</figure>
    """
    return Markup(
        '<figure class="mnistedu-image"><img src="{}" alt="The drawing as 28 by 28 grey pixels">'
        "<figcaption>What the network sees:<br>centred on 28 × 28 pixels</figcaption></figure>"
    ).format(png_url(image))


def percent(probability: float) -> str:
    """Format a probability as a percentage that never claims certainty.

    Parameters
    ----------
    probability : float
        From 0 to 1.

    Returns
    -------
    text : str

    Examples
    --------
    >>> percent(0.5), percent(0.99999), percent(0.0002)
    ('50.0 %', '> 99.9 %', '< 0.1 %')
    """
    if probability > 0.999:
        return "> 99.9 %"
    if probability < 0.001:
        return "< 0.1 %"
    return f"{100 * probability:.1f} %"


def _panel(state: str, sign: str, sentence: str) -> Markup:
    return Markup(
        '<div class="mnistedu-answer mnistedu-{}"><div class="mnistedu-sign">{}</div>'
        '<div class="mnistedu-sentence">{}</div></div>'
    ).format(state, sign, sentence)


def _bars(probabilities: np.ndarray, top: Sequence[int]) -> Markup:
    row = Markup(
        '<li class="{}"><b>{}</b><span><i style="width:{:.2f}%"></i></span><em>{}</em></li>'
    )
    rows = Markup().join(
        row.format("mnistedu-top", digit, 100 * probability, percent(probability))
        if digit in top
        else row.format("", digit, 100 * probability, "")
        for digit, probability in enumerate(probabilities)
    )
    return Markup(
        '<ul class="mnistedu-bars" aria-label="Probability of each digit">{}</ul>'
    ).format(rows)
