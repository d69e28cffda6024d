"""What the pad says, as HTML: the answer, ten bars, and the image that the network sees."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from mnistedu.recognition import Prediction

BLANK_IMAGE = np.zeros((28, 28), np.uint8)
N_TOP = 3


def answer_html(prediction: Prediction | None, hint: str = "Draw a digit from 0 to 9") -> str:
    """Show an answer large, its certainty in words, and the ten probabilities as bars.

    Parameters
    ----------
    prediction : Prediction or None
        None while there is none.
    hint : str
        What to do while there is none.

    Returns
    -------
    html : str

    Examples
    --------
    >>> "Draw a digit" in answer_html(None)
    True
    """
    if prediction is None:
        return _panel("blank", "?", hint) + _bars(np.zeros(10), top=[])
    top = [digit for digit, _ in prediction.top(N_TOP)]
    bars = _bars(prediction.probabilities, top)
    if not prediction.confident:
        return _panel("unsure", "?", f"Not sure: {top[0]} or {top[1]}?") + bars
    sure = percent(prediction.probabilities[prediction.digit])
    return _panel("sure", str(prediction.digit), f"{sure} sure") + bars


def error_html(error: Exception) -> str:
    """Say that the model failed, and how.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    html : str

    Examples
    --------
    >>> print(error_html(ValueError("a < b")))
    <div ...>The model failed...ValueError: a &lt; b...</div>
    """
    reason = html.escape(f"{type(error).__name__}: {error}")
    return _panel("error", "!", "The model failed on this drawing") + (
        f'<div class="mnistedu-error" role="alert"><code>{reason}</code></div>'
    )


def image_html(image: np.ndarray) -> str:
    """Show the 28x28 image, its pixels as squares.

    Parameters
    ----------
    image : ndarray of shape (28, 28) and dtype uint8

    Returns
    -------
    html : str

    Examples
    --------
    >>> print(image_html(BLANK_IMAGE))
    <figure class="mnistedu-image"><img src="data:image/png;base64,..." alt=...</figure>
    """
    png = io.BytesIO()
    Image.fromarray(image).save(png, "PNG", compress_level=1)  # quick
    source = base64.b64encode(png.getvalue()).decode()
    return (
        f'<figure class="mnistedu-image"><img src="data:image/png;base64,{source}" '
        'alt="The drawing as 28 by 28 grey pixels">'
        "<figcaption>What the network sees:<br>centred on 28 × 28 pixels</figcaption></figure>"
    )


def percent(probability: float) -> str:
    """Write a probability for people: never as certain as no model can be.

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


def _panel(state: str, sign: str, sentence: str) -> str:
    return (
        f'<div class="mnistedu-answer mnistedu-{state}"><div class="mnistedu-sign">{sign}</div>'
        f'<div class="mnistedu-sentence">{sentence}</div></div>'
    )


def _bars(probabilities: np.ndarray, top: list[int]) -> str:
    rows = "".join(
        f"<li{' class=mnistedu-top' if digit in top else ''}><b>{digit}</b>"
        f'<span><i style="width:{100 * probability:.2f}%"></i></span>'
        f"<em>{percent(probability) if digit in top else ''}</em></li>"
        for digit, probability in enumerate(probabilities)
    )
    return f'<ul class="mnistedu-bars" aria-label="Probability of each digit">{rows}</ul>'
