"""The command line: ``mnistedu lab``, ``app``, ``train``, ``evaluate``, ``predict`` and others.

Each module holds the commands of one kind: `notebooks` opens the lessons, `app` serves the app,
`models` trains and measures networks and predicts with them, and `doctor` checks the installation.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence

import mnistedu
from mnistedu.cli import app, doctor, models, notebooks
from mnistedu.cli.errors import print_error, print_note


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    status : int
        0 if all went well, 1 if something went wrong, 2 if the command was not understood, 130 if
        it was interrupted.

    Examples
    --------
    >>> main(["predict", "gone.png"])
    1
    """
    options = build_parser().parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            return options.run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        sys.stderr.close()
        return 1
    except Exception as error:
        print_error(error)
        return 1


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="mnistedu", description="Learn how a machine reads handwriting."
    )
    version = f"mnistedu {mnistedu.__version__}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (notebooks, app, models, doctor):
        module.add_commands(commands)
    return parser


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    print_note(message)
