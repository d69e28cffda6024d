"""Saliency and occlusion maps of an image."""

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
    """Image next to a map of how much each pixel matters for the prediction.

    Parameters
    ----------
    image : ndarray of shape (28, 28), dtype uint8
        Grey levels, 0 for background.
    strength : ndarray of shape (28, 28)
        How much each pixel matters; larger values matter more.
    digit : int
        The digit that the map explains.

    Attributes
    ----------
    axes_ : ndarray of shape (1, 2) of matplotlib Axes
        The image, and the map with the outline of the digit.
    figure_ : matplotlib Figure
        The figure.
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
        row, column = divmod(int(self.strength.argmax()), 28)
        vertical = ("upper", "middle", "lower")[min(row * 3 // 28, 2)]
        horizontal = ("left", "middle", "right")[min(column * 3 // 28, 2)]
        position = "middle" if vertical == horizontal else f"{vertical} {horizontal}"
        return (
            f"A digit that was read as {self.digit}, and a map of {self.meaning}. The largest "
            f"value is in the {position}."
        )

    @styled
    def plot(self) -> AttributionDisplay:
        """Draw the image and the map in a new figure.

        Returns
        -------
        display : AttributionDisplay
            The display itself.
        """
        self.axes_ = self._create_grid(1, 2, size=(5.4, 3.1))
        left, right = self.axes_.flat
        left.imshow(self.image, vmin=0, vmax=255)
        left.set_title(f"read as {self.digit}", loc="center")
        self.im_ = right.imshow(self.strength, cmap="viridis", vmin=0)
        # The outline shows where on the digit the large values are.
        right.contour(self.image, levels=[127], colors="white", linewidths=1)
        right.set_title(self.meaning, loc="center", fontsize=11)
        for ax in (left, right):
            ax.set_axis_off()
        return self


class SaliencyDisplay(AttributionDisplay):
    """Image next to a map of how strongly each pixel affects the model's score.

    Examples
    --------
    >>> import mnistedu
    >>> image = mnistedu.load_digits().test.images[0]
    >>> display = SaliencyDisplay.from_model(mnistedu.build_mlp(), image).plot()
    >>> display.strength.shape
    (28, 28)
    """

    meaning = "effect of each pixel"

    @classmethod
    def from_model(
        cls, model: keras.Model, image: np.ndarray, *, digit: int | None = None
    ) -> SaliencyDisplay:
        """Compute the saliency map of an image.

        Parameters
        ----------
        model : keras.Model
            See :func:`mnistedu.inspection.saliency`.
        image : ndarray of shape (28, 28), dtype uint8
            Grey levels, 0 for background.
        digit : int, optional
            The digit whose score is explained. By default, the predicted digit.

        Returns
        -------
        display : SaliencyDisplay
            Display of the saliency map.
        """
        digit = _predict_digit(model, image) if digit is None else digit
        return cls(image, saliency(model, image, digit=digit), digit=digit)


class OcclusionDisplay(AttributionDisplay):
    """Image next to a map of how much probability is lost when a part of it is covered.

    Examples
    --------
    >>> import mnistedu
    >>> image = mnistedu.load_digits().test.images[0]
    >>> display = OcclusionDisplay.from_model(mnistedu.build_mlp(), image).plot()
    >>> display.strength.shape
    (28, 28)
    """

    meaning = "loss when covered"

    @classmethod
    def from_model(
        cls, model: Model, image: np.ndarray, *, digit: int | None = None, size: int = 7
    ) -> OcclusionDisplay:
        """Compute the occlusion map of an image.

        Parameters
        ----------
        model : keras.Model, scikit-learn classifier, Recognizer or callable
            See :func:`mnistedu.evaluate`.
        image : ndarray of shape (28, 28), dtype uint8
            Grey levels, 0 for background.
        digit : int, optional
            The digit whose probability is explained. By default, the predicted digit.
        size : int, default=7
            Side of the square that covers a part, in pixels; odd.

        Returns
        -------
        display : OcclusionDisplay
            Display of the occlusion map.
        """
        digit = _predict_digit(model, image) if digit is None else digit
        return cls(image, occlusion(model, image, digit=digit, size=size), digit=digit)


def _predict_digit(model: Model, image: np.ndarray) -> int:
    return int(np.argmax(predict_proba(model, np.asarray(image)[None])[0]))
