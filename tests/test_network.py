"""The package connects to the named mirrors of MNIST, and to nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mnistedu.data.mnist import MIRRORS

# Everything a learner does, in one process that records and refuses each attempt to connect.
EVERYTHING = """
import json, socket, sys

attempts = []

def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        if arguments[0].family == getattr(socket, "AF_UNIX", None):
            return
        attempts.append(str(arguments[1]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        attempts.append(str(arguments[0]))
    else:
        return
    raise OSError("there is no network")

sys.addaudithook(refuse)

import mnistedu
from mnistedu.cli import main
from mnistedu.data import DataError

seven = mnistedu.Ink([[(0, 0), (60, 0), (20, 100)], [(0, 50), (50, 50)]])
recognizer = mnistedu.Recognizer()
assert recognizer.predict(seven).digit == 7
digits = mnistedu.load_digits()
model = mnistedu.build_mlp(units=(16,))
mnistedu.train(model, digits, epochs=1, verbose=False)
mnistedu.evaluate(model, digits.test)
loaded = mnistedu.load_model(mnistedu.save_model(model, "model.keras"))
samples = mnistedu.Samples()
samples.add(seven, 7)
recognizer.adapt(samples, progress=lambda fraction: None)
mnistedu.LayerExplorer(mnistedu.DrawingPad(model))
mnistedu.export_page(recognizer, "page.html")
assert main(["evaluate", "model.keras", "--data", "digits"]) == 0
assert main(["doctor"]) in (0, 1)
print(json.dumps(attempts))

try:
    mnistedu.load_mnist()
except DataError:
    pass
print(json.dumps(attempts))
"""


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """Return the addresses that were tried before MNIST was loaded, and after.

    Where the system allows it, the process and those that it starts have no network at all.
    """
    folder = tmp_path_factory.mktemp("offline")
    alone = ["unshare", "--map-root-user", "--net"]
    permitted = shutil.which("unshare") and not subprocess.run([*alone, "true"]).returncode
    environment = {"HOME": str(folder), "MNISTEDU_DATA": "", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [*(alone if permitted else []), sys.executable, "-c", EVERYTHING],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    before, after = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return before, after


def test_nothing_is_sent_by_drawing_training_predicting_and_exporting(attempts):
    before, _ = attempts
    assert before == []


def test_mnist_is_downloaded_from_the_named_mirrors_only(attempts):
    _, after = attempts
    if not after:
        pytest.skip("the MNIST files are here, so there is nothing to download")
    assert all(any(host in mirror for mirror in MIRRORS) for host in after)
