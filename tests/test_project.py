"""What the project says of itself in several places is the same everywhere."""

import importlib.util
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import mnistedu

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_conda_installs_what_pip_does():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    specs = [spec for spec in environment["dependencies"] if isinstance(spec, str)]
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]
    assert set(specs) == {*wanted, f"python{PROJECT['requires-python']}", "pip"}


def test_every_dependency_is_pinned_to_a_version_and_nothing_else():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin) for pin in pins)
    pinned = {re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins}
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    named = {re.match(r"[a-z0-9-]+", spec).group() for group in groups for spec in group}
    assert named <= pinned


def test_the_version_is_the_package_s():
    assert PROJECT["version"] == mnistedu.__version__


def test_the_citation_names_the_latest_release():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (version, date), *_ = re.findall(r"^## ([\d.]+) - (\S+)$", changelog, flags=re.MULTILINE)
    assert (citation["version"], str(citation["date-released"])) == (version, date)
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["repository-code"] == PROJECT["urls"]["Source"]


def test_every_public_name_is_there_and_documented():
    for name in mnistedu.__all__:
        thing = getattr(mnistedu, name)
        assert thing.__doc__, name
        assert name in dir(mnistedu)
        assert importlib.import_module(thing.__module__).__name__.startswith("mnistedu.")


def test_an_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'load_cifar'"):
        mnistedu.load_cifar  # noqa: B018


def test_the_sums_in_the_readme_are_those_that_are_checked():
    from mnistedu.data.mnist import REGISTRY

    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"\| `(\S+gz)` \| `([0-9a-f]{64})` \|", text)) == REGISTRY


DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    ROOT / "data" / "README.md",
    ROOT / "notebooks" / "README.md",
    ROOT / "mnistedu" / "pretrained" / "MODEL_CARD.md",
]
MOVED = r"^ *\| `[\w.]+` \| (?=`)"  # the first column of the changelog's tables: former names
IN_JAVASCRIPT = {"mnistedu.read"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_in_the_documentation_exists(path):
    text = path.read_text(encoding="utf-8")
    if path.name == "CHANGELOG.md":
        text = re.sub(MOVED, "", text, flags=re.MULTILINE)
    for command in re.findall(r"python -m ([\w.]+)", text):
        assert importlib.util.find_spec(command), command
    for name in {*re.findall(r"\bmnistedu(?:\.\w+)+", text)} - IN_JAVASCRIPT:
        pkgutil.resolve_name(name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_of_the_documentation_is_a_comment_to_sphinx(path):
    assert not re.search(r"^ *%", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_oldest_versions_are_the_lower_bounds():
    lines = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8").splitlines()
    pins = {line for line in lines if not line.startswith("#")}
    extras = PROJECT["optional-dependencies"]
    specs = [*PROJECT["dependencies"], *extras["lab"], *extras["test"]]
    bounds = {re.match(r"([\w.-]+)>=([\d.]+)", spec).expand(r"\1==\2") for spec in specs}
    assert pins == bounds
