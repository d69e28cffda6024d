"""Consistency of the files that describe the project."""

import ast
import importlib.util
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import mnistedu

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_conda_and_pip_install_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    specs = [spec for spec in environment["dependencies"] if isinstance(spec, str)]
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]
    assert set(specs) == {*wanted, f"python{PROJECT['requires-python']}", "pip"}


def test_every_dependency_is_pinned_to_a_version():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin) for pin in pins)
    pinned = {re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins}
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    named = {re.match(r"[a-z0-9-]+", spec).group() for group in groups for spec in group}
    assert named <= pinned


def test_version_equals_that_of_the_package():
    assert PROJECT["version"] == mnistedu.__version__


def test_the_citation_names_the_latest_release():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (version, date), *_ = re.findall(r"^## ([\d.]+) - (\S+)$", changelog, flags=re.MULTILINE)
    assert (citation["version"], str(citation["date-released"])) == (version, date)
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["repository-code"] == PROJECT["urls"]["Source"]


def test_every_public_name_exists_and_is_documented():
    for name in mnistedu.__all__:
        thing = getattr(mnistedu, name)
        assert thing.__doc__, name
        assert name in dir(mnistedu)
        assert importlib.import_module(thing.__module__).__name__.startswith("mnistedu.")


def test_type_checkers_see_the_same_public_names():
    tree = ast.parse((ROOT / "mnistedu" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    names = {alias.asname: node.module for node in block.body for alias in node.names}
    assert sorted(names) == mnistedu.__all__
    for name, module in names.items():
        assert getattr(importlib.import_module(module), name) is getattr(mnistedu, name)


def test_mypy_accepts_the_code_in_the_readme(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    (tmp_path / "readme.py").write_text("\n".join(blocks), encoding="utf-8")
    code = "reveal_type(mnistedu.evaluate)\nmnistedu.train(7)\n"
    (tmp_path / "wrong.py").write_text(f"import mnistedu\n{code}", encoding="utf-8")
    report = run_mypy(tmp_path)
    assert "readme.py" not in report
    assert "-> mnistedu.evaluation.result.Evaluation" in report
    assert 'Missing positional argument "data" in call to "train"' in report


def run_mypy(path):
    pytest.importorskip("mypy")
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--follow-imports", "silent"]
    command = [sys.executable, "-m", "mypy", *options, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout


def test_unknown_names_raise_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'load_cifar'"):
        mnistedu.load_cifar  # noqa: B018


def test_checksums_in_the_readme_equal_those_of_the_code():
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
