"""The guide for contributors and the workflows name only paths, targets and commands that exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DECISIONS = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))

# What a reader of the guide is going to create, and what `make docs` does.
NOT_YET = {"docs/_build", "notebooks/source/09-your-title.py"}

BLOCKS = re.findall(r"^```console\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
SPANS = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", GUIDE, flags=re.M | re.S))
LINES = [shlex.split(line, comments=True) for line in "".join(BLOCKS).splitlines()]
LINES += [span.split() for span in SPANS if re.match(r"(make|\.venv/bin/\w+) ", span)]
COMMANDS = sorted({tuple(line) for line in LINES if line})
TEXTS = [*SPANS, *re.findall(r"`([^`\n]+)`", DECISIONS)]
PATHS = {path.rstrip("/") for span in TEXTS for path in re.findall(r"^[\w.-]+(?:/[\w.-]*)+$", span)}
PATHS |= {span for span in SPANS if re.fullmatch(r"[\w-]+\.(md|toml|txt|yml)", span)}
PATHS |= {link for link in re.findall(r"\]\(([^)#]+)", GUIDE) if not link.startswith("https:")}


def test_the_guide_is_read():
    assert len(PATHS) > 25
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("path", sorted(PATHS - NOT_YET))
def test_every_path_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_can_be_run(command):
    program, *arguments = command
    if program == "make":
        assert set(arguments) <= TARGETS
    elif program == ".venv/bin/pytest":
        _check_pytest(arguments)
    elif arguments[:1] == ["-m"]:
        source = ROOT.joinpath(*arguments[1].split(".")).with_suffix(".py").read_text("utf-8")
        assert all(f'"{option}"' in source for option in arguments if option.startswith("--"))
    elif program == ".venv/bin/python":
        assert (ROOT / arguments[0]).is_file()
    else:
        assert program in {".venv/bin/pip", ".venv/bin/pre-commit"}


def _check_pytest(arguments: list[str]) -> None:
    paths = [ROOT / argument for argument in arguments if "/" in argument]
    assert paths
    assert all(path.exists() for path in paths)
    if "-k" in arguments:
        word = arguments[arguments.index("-k") + 1]
        assert re.search(rf"^def test_\w*{word}", paths[0].read_text("utf-8"), flags=re.M)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_make_targets(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    called = {target for script in scripts for target in re.findall(r"\bmake (\S+)", script)}
    assert called
    assert {target for target in called if not target.startswith(".venv/")} <= TARGETS


def test_workflows_test_the_versions_of_python_that_the_package_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    prefix = "Programming Language :: Python :: 3."
    named = [each.removeprefix(prefix) for each in project["classifiers"] if prefix in each]
    tested = [
        job["strategy"]["matrix"]["python"]
        for path in WORKFLOWS
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        if "strategy" in job
    ]
    assert tested
    assert all(versions == [f"3.{minor}" for minor in named] for versions in tested)
    assert project["requires-python"] == f">=3.{named[0]}"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_issue_forms_ask_for_something(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name == "config.yml":
        return
    assert form["name"]
    assert form["description"]
    assert any(part.get("validations", {}).get("required") for part in form["body"])
