"""Comparison of models: accuracy, size and speed in one table."""

from __future__ import annotations

import pickle
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.evaluation.fitting import fit
from mnistedu.evaluation.result import Evaluation, evaluate
from mnistedu.inference import predict_proba

if TYPE_CHECKING:
    from mnistedu.data import Dataset
    from mnistedu.inference.any_model import Model

_TIMED_IMAGES = 1000
_HEAD = ("model", "parameters", "training", "accuracy", "95 % interval", "prediction", "size")


class ModelReport(NamedTuple):
    """Metrics of one model of a :class:`Comparison`.

    Attributes
    ----------
    name : str
        Name of the model.
    parameters : int or None
        Number of learned parameters; None if unknown.
    training_seconds : float or None
        Training time; None if the model was not trained by :func:`compare`.
    result : Evaluation
        Evaluation on the test images.
    prediction_microseconds : float
        Prediction time per image, in a batch of many.
    size : int or None
        Size of its file in bytes; None for a function.
    """

    name: str
    parameters: int | None
    training_seconds: float | None
    result: Evaluation
    prediction_microseconds: float
    size: int | None


@dataclass(frozen=True)
class Comparison:
    """Metrics of several models on the same test images, as returned by :func:`compare`.

    Attributes
    ----------
    reports : tuple of ModelReport
        One per model.
    """

    reports: tuple[ModelReport, ...]

    def to_dict(self) -> dict[str, dict[str, object]]:
        """Return the table as a dict of plain Python numbers.

        Returns
        -------
        table : dict of str to dict
            Maps the name of each model to its metrics.
        """
        return {
            report.name: {
                "parameters": report.parameters,
                "training_seconds": report.training_seconds,
                "accuracy": report.result.accuracy,
                "interval": list(report.result.interval),
                "prediction_microseconds": report.prediction_microseconds,
                "size": report.size,
            }
            for report in self.reports
        }

    def __repr__(self) -> str:
        rows = [_HEAD, *map(_format_row, self.reports)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                [row[0].ljust(widths[0])]
                + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            )
            for row in rows
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
        rows = ""
        for report in self.reports:
            name, *cells = map(escape, _format_row(report))
            columns = "".join(f"<td>{cell}</td>" for cell in cells)
            rows += f'<tr><th scope="row">{name}</th>{columns}</tr>'
        return (
            '<div style="overflow-x: auto">'
            '<table style="font-variant-numeric: tabular-nums; white-space: nowrap">'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


def compare(
    models: Mapping[str, Model],
    data: Dataset,
    *,
    epochs: int = 5,
    batch_size: int = 128,
    seed: int = 0,
) -> Comparison:
    """Train and evaluate several models.

    Parameters
    ----------
    models : mapping of str to model
        Maps names to compiled Keras models or scikit-learn classifiers, such as those of
        :func:`mnistedu.build_baseline`. The models are trained in place. With ``epochs=0``, any
        model that :func:`mnistedu.evaluate` accepts.
    data : Dataset
        The models are trained on ``data.train`` and evaluated on ``data.test``.
    epochs : int, default=5
        Number of epochs to train each network. 0 evaluates all models without training.
    batch_size, seed : int
        See :func:`mnistedu.train`.

    Returns
    -------
    comparison : Comparison
        Displays itself as a table in a notebook; :class:`mnistedu.displays.ComparisonDisplay`
        plots it.

    Raises
    ------
    TypeError, ValueError
        If there are no models, or a model cannot be trained or evaluated.

    Examples
    --------
    >>> import mnistedu
    >>> data = mnistedu.load_digits()
    >>> names = ["most_frequent", "class_means"]
    >>> table = compare({name: mnistedu.build_baseline(name) for name in names}, data)
    >>> [report.result.accuracy > 0.5 for report in table.reports]
    [False, True]
    """
    if not models:
        raise ValueError("there must be at least one model to compare, got none")
    reports = []
    for name, model in models.items():
        seconds = None
        if epochs:
            start = time.perf_counter()
            fit(model, data, epochs=epochs, batch_size=batch_size, seed=seed)
            seconds = time.perf_counter() - start
        result = evaluate(model, data.test)
        reports.append(
            ModelReport(
                name,
                _count_parameters(model),
                seconds,
                result,
                _time_prediction(model, data.test.images[:_TIMED_IMAGES]),
                _compute_size(model),
            )
        )
    return Comparison(tuple(reports))


def _count_parameters(model: Model) -> int | None:
    if is_keras_model(model):
        return model.count_params()
    classifier: Any = model
    if hasattr(model, "steps"):  # a pipeline
        classifier = classifier[-1]
    learned = [getattr(classifier, name, None) for name in ("coef_", "intercept_", "means_")]
    return sum(np.size(each) for each in learned if each is not None) or None


def _time_prediction(model: Model, images: np.ndarray) -> float:
    predict_proba(model, images)  # the first call may compile a program
    start = time.perf_counter()
    predict_proba(model, images)
    return 1e6 * (time.perf_counter() - start) / len(images)


def _compute_size(model: Model) -> int | None:
    if is_keras_model(model):
        from mnistedu.models import save_model

        with tempfile.TemporaryDirectory() as folder:
            return save_model(model, Path(folder) / "model.keras").stat().st_size
    return len(pickle.dumps(model)) if hasattr(model, "predict_proba") else None


def _format_row(report: ModelReport) -> tuple[str, ...]:
    low, high = report.result.interval
    return (
        report.name,
        "–" if report.parameters is None else f"{report.parameters:,}",
        "–" if report.training_seconds is None else f"{report.training_seconds:.1f} s",
        f"{report.result.accuracy:.2%}",
        f"{low:.2%} to {high:.2%}",
        f"{report.prediction_microseconds:,.0f} µs",
        "–" if report.size is None else f"{report.size / 1e6:,.2f} MB",
    )
