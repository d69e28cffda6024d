"""Saving to the user's own files, and opening them, through the browser."""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from anywidget import AnyWidget
from PIL import Image, UnidentifiedImageError
from traitlets import Bool, Dict, Unicode

from mnistedu.data import Samples
from mnistedu.widgets.drawing_pad.scripts import read_scripts


class FileButtons(AnyWidget):
    """Two buttons: Save downloads a text, and Open reads a file that the user chooses.

    Parameters
    ----------
    on_save : callable
        Called without arguments; returns the name and the text of the file.
    on_open : callable
        Called with the name and the content of a file: a text or a picture.
    on_error : callable
        Called with the exception if a file could not be saved or opened.
    **traits : object
        Traits to set, see below.

    Attributes
    ----------
    save_title, open_title : str
        What the buttons do; traits.
    takes_drops : bool
        Whether files can also be dropped or pasted onto the pad; a trait.
    drawing : str
        What the page keeps during a reload, if there is a `storage_key`; a trait.
    storage_key : str
        The name under which it is kept; a trait.
    saved : dict
        The name and the text of the file that was saved last; a trait.
    """

    _esm = read_scripts("files.js")

    save_title = Unicode().tag(sync=True)
    open_title = Unicode().tag(sync=True)
    takes_drops = Bool(False).tag(sync=True)
    drawing = Unicode().tag(sync=True)
    storage_key = Unicode().tag(sync=True)
    saved: Dict = Dict().tag(sync=True)

    def __init__(
        self,
        *,
        on_save: Callable[[], tuple[str, str]],
        on_open: Callable[[str, str | Image.Image], None],
        on_error: Callable[[Exception], None],
        **traits: object,
    ) -> None:
        super().__init__(**traits)
        self._on_save = on_save
        self._on_open = on_open
        self._on_error = on_error
        self._count = 0
        self.on_msg(self._receive)

    def _receive(self, _: object, content: dict, buffers: object) -> None:
        try:
            if "save" in content:
                name, text = self._on_save()
                self._count += 1  # the same text can be saved twice
                self.saved = {"name": name, "text": text, "count": self._count}
            elif "error" in content:
                raise ValueError(f"{content['open']}: {content['error']}")
            elif "image" in content:
                picture = Image.open(io.BytesIO(base64.b64decode(content["image"])))
                self._on_open(content["open"], picture)
            else:
                self._on_open(content["open"], content["text"])
        except UnidentifiedImageError:
            self._on_error(ValueError("it cannot be read as an image; try PNG or JPEG"))
        except Exception as error:  # of whatever the file contains
            self._on_error(error)


def write_samples(samples: Samples) -> str:
    """Return samples as the text of a file.

    Parameters
    ----------
    samples : Samples

    Returns
    -------
    text : str

    Examples
    --------
    >>> from mnistedu.ink import Ink
    >>> samples = Samples()
    >>> samples.add(Ink([[(0, 0), (0, 9)]]), 1)
    >>> len(read_samples(write_samples(samples)))
    1
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples.jsonl")
        samples.save(path)
        return path.read_text(encoding="utf-8")


def read_samples(text: str) -> Samples:
    """Return the samples in the text of a file.

    Parameters
    ----------
    text : str

    Returns
    -------
    samples : Samples

    Raises
    ------
    ValueError
        If there are none.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples.jsonl")
        path.write_text(text, encoding="utf-8")
        return Samples.load(path)
