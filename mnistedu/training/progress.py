"""The progress bar of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from tqdm.auto import tqdm


class Progress:
    """Progress bar over all epochs, in a terminal or a notebook, as a context manager.

    Parameters
    ----------
    epochs : int
        Number of epochs.
    images : int
        Number of images per epoch.
    verbose : bool
        Whether to show the bar.
    """

    def __init__(self, epochs: int, images: int, *, verbose: bool) -> None:
        self._epochs, self._images = epochs, images
        self._epochs_done = 0.0
        self._bar = tqdm(
            total=epochs * images, unit=" images", unit_scale=True, disable=not verbose
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.close()

    def start_epoch(self, epoch: int) -> None:
        """Show the current epoch.

        Parameters
        ----------
        epoch : int
            The epoch, starting at 0.
        """
        self._bar.set_description(f"epoch {epoch + 1}/{self._epochs}")

    def advance(self, fraction: float) -> None:
        """Advance the bar.

        Parameters
        ----------
        fraction : float
            Fraction of an epoch, from 0 to 1.
        """
        self._epochs_done += fraction
        # Whole images, because tqdm shows a bar that ends just below its total as failed.
        self._bar.update(round(self._epochs_done * self._images) - self._bar.n)

    def show(self, logs: Mapping[str, Any]) -> None:
        """Show the metrics of an epoch that are single numbers.

        Parameters
        ----------
        logs : mapping of str to float or ndarray
            Metrics by name.
        """
        numbers = {name: value for name, value in logs.items() if isinstance(value, float)}
        self._bar.set_postfix({name: f"{value:.4f}" for name, value in numbers.items()})
