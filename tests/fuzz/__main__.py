"""Fuzz every target for some time, and print how many inputs it got.

``FUZZ_SECONDS`` says how long, 60 seconds for each target by default. With atheris installed the
inputs follow the code that they reach; otherwise Hypothesis draws them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))
SECONDS_PER_PROCESS = 60  # atheris leaks the result of each comparison of arrays
MEGABYTES = 4096


def fuzz_with_atheris(name: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["mnistedu", "PIL"]):
        from tests.fuzz.targets import TARGETS

    atheris.Setup([sys.argv[0], *arguments], TARGETS[name].run)
    atheris.Fuzz()  # ends the process


def fuzz_with_hypothesis(name: str) -> None:
    import resource

    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from tests.fuzz.inputs import damaged
    from tests.fuzz.targets import TARGETS

    n_inputs, end = 0, time.monotonic() + SECONDS
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 2**20, resource.RLIM_INFINITY))

    @settings(
        max_examples=5000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(data=damaged(TARGETS[name].seeds) | st.binary(max_size=500))
    def run(data: bytes) -> None:
        nonlocal n_inputs
        if time.monotonic() < end:
            n_inputs += 1
            TARGETS[name].run(data)

    while time.monotonic() < end:
        run()
    print(f"Done {n_inputs} runs")


def main() -> int:
    from tests.fuzz.targets import TARGETS

    has_atheris = importlib.util.find_spec("atheris") is not None
    print(f"with {'atheris' if has_atheris else 'Hypothesis'}, {SECONDS} seconds each")
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    total, failed = 0, False
    for name in sys.argv[1:] or TARGETS:
        n_inputs, failure = 0, ""
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            corpus = Path(folder, "corpus")
            corpus.mkdir()
            for number, seed in enumerate(TARGETS[name].seeds):
                (corpus / f"seed-{number}").write_bytes(seed)
            left = SECONDS
            while left > 0 and not failure:
                seconds = min(left, SECONDS_PER_PROCESS)
                left -= seconds
                options = [
                    f"-max_total_time={seconds}",
                    f"-rss_limit_mb={MEGABYTES}",
                    f"-timeout={TARGETS[name].seconds:.0f}",
                    "-max_len=20000",
                    "-print_final_stats=1",
                    f"-artifact_prefix={tempfile.gettempdir()}/{name}-",
                    str(corpus),
                ]
                process = subprocess.run(
                    [sys.executable, "-m", "tests.fuzz", name, *(options if has_atheris else [])],
                    env={
                        **os.environ,
                        "FUZZ_TARGET": "1",
                        "FUZZ_SECONDS": str(seconds),
                        "TMPDIR": folder,
                    },
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                )
                counts = re.findall(
                    r"Done (\d+) runs|number_of_executed_units: (\d+)", process.stdout
                )
                n_inputs += max((int(a or b) for a, b in counts), default=0)
                failure = process.stdout[-5000:] if process.returncode else ""
        total += n_inputs
        print(f"{name:12} {n_inputs:12,} inputs, {'FAILED' if failure else 'nothing found'}")
        print(failure, end="", flush=True)
        failed |= bool(failure)
    print(f"{'all':12} {total:12,} inputs")
    return failed


if __name__ == "__main__":
    if "FUZZ_TARGET" not in os.environ:
        sys.exit(main())
    name, *arguments = sys.argv[1:]
    if arguments:
        fuzz_with_atheris(name, arguments)
    else:
        with contextlib.suppress(KeyboardInterrupt):
            fuzz_with_hypothesis(name)
