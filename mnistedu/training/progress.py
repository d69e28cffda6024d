"""The progress bar of a training, with its rate and the time left."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from tqdm.auto import tqdm


class Progress:
    """A progress bar over all epochs, in a terminal or a notebook; a context manager.

    Parameters
    ----------
    epochs : int
    images : int
        The number of images in an epoch.
    verbose : bool
        Whether to show anything.
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
        """Show which epoch runs, counted from 0."""
        self._bar.set_description(f"epoch {epoch + 1}/{self._epochs}")

    def advance(self, fraction: float) -> None:
        """Advance by a fraction of an epoch, from 0 to 1."""
        self._epochs_done += fraction
        # In whole images: a bar that ends a rounding error short of its total is shown as failed.
        self._bar.update(round(self._epochs_done * self._images) - self._bar.n)

    def show(self, logs: Mapping[str, Any]) -> None:
        """Show the metrics of the epoch that has ended, those that are single numbers."""
        numbers = {name: value for name, value in logs.items() if isinstance(value, float)}
        self._bar.set_postfix({name: f"{value:.4f}" for name, value in numbers.items()})
