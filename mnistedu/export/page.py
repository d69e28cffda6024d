"""One web page with a trained network inside."""

from __future__ import annotations

import html
import os
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._atomic_files import atomic_write
from mnistedu._backend import is_keras_model
from mnistedu.export.graph import read_graph
from mnistedu.export.packing import pack
from mnistedu.ink import SIZE
from mnistedu.recognition import Recognizer
from mnistedu.theme import keyboard_pen_js, theme_css

if TYPE_CHECKING:
    import keras

MAX_BYTES = 1_500_000  # what nearly every mail server lets through, and a phone loads in a moment
BITS = (24, 16, 12, 8)  # of a weight; fewer change answers


def export_page(
    model: keras.Model | Recognizer,
    path: str | os.PathLike[str],
    *,
    title: str = "Draw a digit",
    max_bytes: int = MAX_BYTES,
) -> Path:
    """Write a web page on which anyone can draw a digit and have a model read it.

    The page is a single file. It opens from a disk, as an attachment, or from any web host, sends
    no requests and stores nothing: the drawing, its image of 28x28 pixels and the model's
    probabilities are all computed in the browser, as this package computes them.

    Parameters
    ----------
    model : keras.Model or Recognizer
        A classifier of 28x28 images with ten probabilities, made of the layers that the lessons
        use; or a recognizer of one, such as ``Recognizer()`` for the shipped weights.
    path : str or path-like
        The file to write, ``"digits.html"`` for one. An existing file is replaced.
    title : str, default="Draw a digit"
        The page's heading.
    max_bytes : int, default=1_500_000
        How large the file may be. The weights are kept as precisely as fits, from 24 bits, which
        changes nothing, down to 8.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    TypeError
        If `model` is neither.
    ValueError
        If the model has a layer that the page cannot run, its input or output is not that of a
        classifier of digits, or it is too large.

    Examples
    --------
    >>> import mnistedu, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "digits.html"
    >>> export_page(mnistedu.build_cnn(), path).stat().st_size < 400_000
    True
    """
    if not isinstance(model, Recognizer) and not is_keras_model(model):
        raise TypeError(
            f"model must be a keras.Model or a Recognizer of one, got {type(model).__name__}; "
            "mnistedu.load_model reads a model's file"
        )
    recognizer = model if isinstance(model, Recognizer) else Recognizer(model)
    model = recognizer.to_keras()
    steps = read_graph(model)
    recognizer.predict(np.eye(SIZE, dtype=np.uint8))  # raises unless the model gives probabilities
    network = {
        "threshold": recognizer.threshold,
        "input": model.inputs[0].shape[1:],
        "steps": steps,
    }
    weights = f"{_count_weights(model):,}"
    for bits in BITS:
        page = _fill(network, bits, title, weights)
        if len(page) <= max_bytes:
            with atomic_write(path) as file:
                file.write(page)
            return Path(path)
    raise ValueError(
        f"the page would have {len(page):,} bytes, more than the {max_bytes:,} that it may have: "
        f"the model has {weights} weights. Train a smaller one (fewer neurons after "
        "Flatten help most), or allow more with max_bytes."
    )


def _count_weights(model: keras.Model) -> int:
    """Return the number of weights that training can change; of a frozen model, of all."""
    return sum(each.value.size for each in model.trainable_variables) or model.count_params()


def _fill(network: dict[str, object], bits: int, title: str, weights: str) -> bytes:
    parts = resources.files(__package__)
    packed = pack(network, bits)
    texts = {
        "title": html.escape(title),
        "css": theme_css() + parts.joinpath("page.css").read_text(encoding="utf-8"),
        "js": keyboard_pen_js()
        + "\n".join(
            parts.joinpath(name).read_text(encoding="utf-8")
            for name in ("ink.js", "network.js", "page.js")
        ),
        "weights": weights,
        "network": packed.description,
        "packed": packed.weights,
    }
    page = parts.joinpath("page.html").read_text(encoding="utf-8")
    filled = re.sub(r"\{\{(\w+)\}\}", lambda name: texts[name[1]], page)
    return filled.encode(errors="replace")  # a title from a command line may not be valid Unicode
