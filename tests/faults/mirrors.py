"""Mirrors that fail, in every order."""

from __future__ import annotations

import random
import re
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from mnistedu import load_mnist
from mnistedu.data import DownloadError, download, mnist
from tests.faults.server import BAD_RESPONSES, send_file, serve
from tests.faults.writers import check_download, small_mnist, small_settings


def fail_mirrors(bad: str, folder: Path, rng: random.Random) -> None:
    """Let a mirror fail, before others that fail or not; load, or get the reason for each."""
    others = rng.sample(sorted(BAD_RESPONSES), 2)
    mirrors = rng.sample([bad, *others], 3)[: rng.randint(1, 3)]
    has_good_one = rng.random() < 0.5
    files = small_mnist()
    environment = {"TQDM_DISABLE": "1", "MNISTEDU_DATA": ""}
    with (
        patch.multiple(mnist, **small_settings(folder / "home")),
        patch.multiple(download, SILENCE_SECONDS=0.3, GRACE_SECONDS=0.4),
        patch.dict("os.environ", environment),
        ExitStack() as stack,
    ):
        responses = [BAD_RESPONSES[name].respond for name in mirrors]
        responses += [send_file] * has_good_one
        addresses = [stack.enter_context(serve(respond, files.get)) for respond in responses]
        stack.enter_context(patch.object(mnist, "MIRRORS", tuple(addresses)))
        if has_good_one:
            assert len(load_mnist(validation=0).test) == 20
        else:
            with pytest.raises(DownloadError) as caught:
                load_mnist()
            reasons = re.findall(r"^  (\S+): (.*)$", str(caught.value), re.MULTILINE)
            assert [address for address, _ in reasons] == addresses
            for (_, reason), name in zip(reasons, mirrors, strict=True):
                assert re.search(BAD_RESPONSES[name].message, reason), (name, reason)
    check_download(folder, set())
    assert len(list((folder / "home").iterdir())) == len(files) * has_good_one
