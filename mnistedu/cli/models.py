"""Commands that train networks, evaluate them, predict with them, and export them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import mnistedu
from mnistedu.cli.arguments import count, seed
from mnistedu.cli.errors import in_one_line, print_error, printable
from mnistedu.cli.output import check_writable, save_or_rescue

if TYPE_CHECKING:
    import keras

NETWORKS = ("mlp", "cnn", "adadelta-cnn", "gradio-cnn", "flask-mlp")
DATA = ("mnist", "digits")
MAX_INK = 50_000_000  # bytes of a file of ink

_DATA_HELP = "mnist, or the small set that comes with scikit-learn (default: %(default)s)"
_MODEL_HELP = "a model's file (default: the network that comes with mnistedu)"
_TRUST_HELP = "load the model even if that may run code, because you know where it comes from"


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add the commands of this module to a parser."""
    command = commands.add_parser("train", help="train a network and save it")
    command.add_argument(
        "network", nargs="?", choices=NETWORKS, default="cnn", help="default: %(default)s"
    )
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("model.keras"),
        metavar="FILE",
        help="where to save the model, as .keras, .h5 or .pkl (default: %(default)s)",
    )
    for option, kind, default, meaning in (
        ("--epochs", count, 5, "how often each training image is seen"),
        ("--batch-size", count, 128, "images in a step"),
        ("--seed", seed, 0, "of all random numbers"),
    ):
        command.add_argument(
            option, type=kind, default=default, metavar="N", help=f"{meaning} (default: {default})"
        )
    command.add_argument("--data", choices=DATA, default="mnist", help=_DATA_HELP)
    command.set_defaults(run=train)

    command = commands.add_parser("evaluate", help="evaluate a network on the test images")
    command.add_argument("model", nargs="?", metavar="MODEL", help=_MODEL_HELP)
    command.add_argument("--trust", action="store_true", help=_TRUST_HELP)
    command.add_argument("--data", choices=DATA, default="mnist", help=_DATA_HELP)
    command.add_argument("--json", action="store_true", help="print all figures as JSON")
    command.set_defaults(run=evaluate)

    command = commands.add_parser("predict", help="read digits in images and ink")
    command.add_argument(
        "files", nargs="+", metavar="FILE", help="an image, or ink as Ink.to_json writes it (.json)"
    )
    command.add_argument("-m", "--model", metavar="MODEL", help=_MODEL_HELP)
    command.add_argument("--trust", action="store_true", help=_TRUST_HELP)
    command.add_argument("--json", action="store_true", help="print a list as JSON")
    command.set_defaults(run=predict)

    command = commands.add_parser("export", help="write a web page that reads digits by itself")
    command.add_argument("model", nargs="?", metavar="MODEL", help=_MODEL_HELP)
    command.add_argument("--trust", action="store_true", help=_TRUST_HELP)
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("digits.html"),
        metavar="FILE",
        help="where to save the page (default: %(default)s)",
    )
    command.add_argument(
        "--title", default="Draw a digit", help="the page's heading (default: %(default)s)"
    )
    command.set_defaults(run=export)


def train(options: argparse.Namespace) -> int:
    """Train a network, save it, and print its accuracy on the validation images."""
    from mnistedu._backend import import_keras
    from mnistedu.models.saving import SUFFIXES

    if options.output.suffix.lower() not in SUFFIXES:
        raise ValueError(f"--output must end in {', '.join(SUFFIXES)}, got {options.output}")
    check_writable(options.output)
    data = _load_data(options.data)
    import_keras().utils.set_random_seed(options.seed)
    builders: dict[str, Callable[[], keras.Model]] = {
        "mlp": mnistedu.build_mlp,
        "cnn": mnistedu.build_cnn,
    }
    build = builders.get(options.network, lambda: mnistedu.build_recipe(options.network))
    model = build()
    mnistedu.train(
        model, data, epochs=options.epochs, batch_size=options.batch_size, seed=options.seed
    )
    path = save_or_rescue(partial(mnistedu.save_model, model), options.output)
    accuracy = mnistedu.evaluate(model, data.validation).accuracy
    print(f"{printable(path)}: {accuracy:.2%} of validation images")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Evaluate a network on the test images."""
    recognizer = _load_recognizer(options)
    model = recognizer if recognizer.model is None else recognizer.model
    result = mnistedu.evaluate(model, _load_data(options.data).test)
    if options.json:
        print(result.to_json())
        return 0
    print(result)
    print("digit  precision  recall")
    for report in result.per_class:
        print(f"{report.digit:>5}  {report.precision:>9.2%}  {report.recall:>6.2%}")
    return 0


def predict(options: argparse.Namespace) -> int:
    """Predict the digit in each file; continue after files that cannot be read, and count them."""
    recognizer = _load_recognizer(options)
    answers, failures = [], 0
    for file in options.files:
        try:
            prediction = recognizer.predict(_read_drawing(Path(file)))
        except Exception as error:  # of any kind: files can be broken in more ways than we know
            failures += 1
            answers.append({"file": file, "error": in_one_line(error)})
            print_error(error, file)
            continue
        answers.append(
            {
                "file": file,
                "digit": prediction.digit,
                "confident": prediction.confident,
                "probabilities": prediction.probabilities.tolist(),
            }
        )
        if not options.json:
            print(f"{printable(file)}: {_in_words(prediction)}")
    if options.json:
        print(json.dumps(answers))
    if failures and len(answers) > 1:
        print_error(ValueError(f"{failures} of {len(answers)} files could not be read"))
    return 1 if failures else 0


def export(options: argparse.Namespace) -> int:
    """Write a network as a web page."""
    check_writable(options.output)
    path = mnistedu.export_page(_load_recognizer(options), options.output, title=options.title)
    print(
        f"{printable(path)}: {path.stat().st_size / 1e6:.2f} MB; "
        "open it in a browser, send it, or put it on any web host"
    )
    return 0


def _in_words(prediction: mnistedu.Prediction) -> str:
    if prediction.digit is None:
        return "blank"
    top = ", ".join(f"{digit} {probability:.1%}" for digit, probability in prediction.top(3))
    return f"{prediction.digit if prediction.confident else 'not sure'}  ({top})"


def _read_drawing(path: Path) -> mnistedu.Ink | Path:
    if path.is_dir():
        raise ValueError("it is a folder")
    if path.exists() and not path.is_file():
        raise ValueError("it is not a regular file")  # reading a pipe or a device may never end
    if path.suffix.lower() != ".json":
        return path
    if (size := path.stat().st_size) > MAX_INK:
        raise ValueError(f"it has {size:,} bytes, more than the {MAX_INK:,} that ink may have")
    try:
        return mnistedu.Ink.from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None


def _load_data(name: str) -> mnistedu.Dataset:
    from mnistedu.data import DataError

    if name == "digits":
        return mnistedu.load_digits()
    try:
        return mnistedu.load_mnist()
    except DataError as error:
        raise DataError(f"--data digits would go on without MNIST. {error}") from error


def _load_recognizer(options: argparse.Namespace) -> mnistedu.Recognizer:
    """Load the model that was named, or else the shipped network, which needs no Keras."""
    return mnistedu.Recognizer(_load_model(options) if options.model else None)


def _load_model(options: argparse.Namespace) -> keras.Model:
    return mnistedu.load_model(options.model, trust=options.trust)
