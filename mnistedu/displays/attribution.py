"""Which parts of an image an answer hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mnistedu.displays._display import Display, styled
from mnistedu.inference import predict_proba
from mnistedu.inspection import occlusion, saliency

if TYPE_CHECKING:
    import keras

    from mnistedu.inference.any_model import Model


class AttributionDisplay(Display):
    """An image beside a map of how much each part of it matters for the answer.

    Parameters
    ----------
    image : ndarray of shape (28, 28), dtype uint8
    strength : ndarray of shape (28, 28)
        How much each pixel matters; large for much.
    digit : int
        The answer.

    Attributes
    ----------
    axes_ : ndarray of shape (1, 2) of matplotlib Axes
        The image, and the map over the faint image.
    figure_ : matplotlib Figure
    im_ : matplotlib AxesImage
        The map.
    """

    meaning: ClassVar[str]

    def __init__(self, image: np.ndarray, strength: np.ndarray, *, digit: int) -> None:
        self.image, self.strength, self.digit = np.asarray(image), np.asarray(strength), digit
        if not self.image.shape == self.strength.shape == (28, 28):
            raise ValueError(
                "image and strength must have shape (28, 28), got "
                f"{self.image.shape} and {self.strength.shape}"
            )

    @property
    def alt_text(self) -> str:  # noqa: D102
        row, column = np.unravel_index(self.strength.argmax(), self.strength.shape)
        vertical = ("upper", "middle", "lower")[min(row * 3 // 28, 2)]
        horizontal = ("left", "middle", "right")[min(column * 3 // 28, 2)]
        place = "middle" if vertical == horizontal else f"{vertical} {horizontal}"
        return (
            f"A digit that was read as {self.digit}, and a map of {self.meaning}. The strongest "
            f"place is in the {place}."
        )

    @styled
    def plot(self) -> AttributionDisplay:
        """Draw the image and the map in a new figure.

        Returns
        -------
        display : AttributionDisplay
            Itself.
        """
        self.axes_ = self._new_grid(1, 2, size=(5.4, 3.1))
        left, right = self.axes_.flat
        left.imshow(self.image, vmin=0, vmax=255)
        left.set_title(f"read as {self.digit}", loc="center")
        self.im_ = right.imshow(self.strength, cmap="viridis", vmin=0)
        # The digit's outline, to see where on it the strong places are.
        right.contour(self.image, levels=[127], colors="white", linewidths=1)
        right.set_title(self.meaning, loc="center", fontsize=11)
        for ax in (left, right):
            ax.set_axis_off()
        return self


class SaliencyDisplay(AttributionDisplay):
    """An image beside a map of how strongly each pixel moves the model's score.

    Examples
    --------
    >>> import mnistedu
    >>> image = mnistedu.load_digits().test.images[0]
    >>> display = SaliencyDisplay.from_model(mnistedu.build_mlp(), image).plot()
    >>> display.strength.shape
    (28, 28)
    """

    meaning = "how strongly each pixel acts"

    @classmethod
    def from_model(
        cls, model: keras.Model, image: np.ndarray, *, digit: int | None = None
    ) -> SaliencyDisplay:
        """Ask a model about an image, and for the gradient of its score.

        Parameters
        ----------
        model : keras.Model
        image : ndarray of shape (28, 28), dtype uint8
        digit : int, optional
            Which digit's score; the model's answer by default.

        Returns
        -------
        display : SaliencyDisplay
        """
        digit = _answer(model, image) if digit is None else digit
        return cls(image, saliency(model, image, digit=digit), digit=digit)


class OcclusionDisplay(AttributionDisplay):
    """An image beside a map of what is lost where a part of it is covered.

    Examples
    --------
    >>> import mnistedu
    >>> image = mnistedu.load_digits().test.images[0]
    >>> display = OcclusionDisplay.from_model(mnistedu.build_mlp(), image).plot()
    >>> display.strength.shape
    (28, 28)
    """

    meaning = "what is lost when covered"

    @classmethod
    def from_model(
        cls, model: Model, image: np.ndarray, *, digit: int | None = None, size: int = 7
    ) -> OcclusionDisplay:
        """Ask a model about an image, and again with each part covered.

        Parameters
        ----------
        model : keras.Model, scikit-learn classifier, Recognizer or callable
            As for :func:`mnistedu.evaluate`.
        image : ndarray of shape (28, 28), dtype uint8
        digit : int, optional
            Which digit's probability; the model's answer by default.
        size : int, default=7
            Side of the square that covers a part, in pixels; odd.

        Returns
        -------
        display : OcclusionDisplay
        """
        digit = _answer(model, image) if digit is None else digit
        return cls(image, occlusion(model, image, digit=digit, size=size), digit=digit)


def _answer(model: Model, image: np.ndarray) -> int:
    return int(np.argmax(predict_proba(model, np.asarray(image)[None])[0]))
