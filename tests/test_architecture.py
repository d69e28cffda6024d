"""The order of the subpackages, as listed in the table of docs/architecture.md.

A subpackage imports only from those above it, there are no circular imports, and the tests mirror
the package.
"""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mnistedu

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mnistedu"
MODULES = sorted(PACKAGE.rglob("*.py"))
ENTRY_POINTS = {"__init__", "__main__"}  # import any subpackage


def read_subpackages(text: str) -> list[str]:
    """Return the subpackages in the first column of the table."""
    table = text.split("| subpackage | contents |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`.+?) \|", table, flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)/?`", row)]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def subpackage_of(module: str) -> str:
    return module.split(".")[1]


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the modules of the package that a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the subpackage"
            for alias in node.names:
                yield from resolve(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from resolve(alias.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from resolve(f"{node.value.id}.{node.attr}")


def resolve(name: str) -> Iterator[str]:
    """Yield the module that defines a dotted name of the package."""
    package, _, rest = name.partition(".")
    if package != "mnistedu" or not rest:
        return
    if rest in mnistedu.__all__:
        name = f"mnistedu.{mnistedu._MODULE_OF[rest]}"
    while name not in SOURCES:
        name = name.rpartition(".")[0]
    if name != "mnistedu":
        yield name


SOURCES = {name_of(path): path for path in MODULES}
SUBPACKAGES = read_subpackages((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
GRAPH = {
    name: {*imports(ast.parse(path.read_text(encoding="utf-8")))} - {name}
    for name, path in SOURCES.items()
}


def test_every_subpackage_is_in_the_table_once():
    existing = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert sorted(SUBPACKAGES) == sorted(existing - ENTRY_POINTS)


def test_the_root_contains_only_modules_that_all_subpackages_need():
    root = {path.stem for path in PACKAGE.glob("*.py")}
    assert root == {"__init__", "__main__", "_atomic_files", "_backend"}


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - {"mnistedu", "mnistedu.__main__"}))
def test_a_subpackage_imports_only_from_those_above_it(name):
    index = SUBPACKAGES.index(subpackage_of(name))
    wrong = [other for other in GRAPH[name] if SUBPACKAGES.index(subpackage_of(other)) > index]
    assert not wrong


def test_there_are_no_circular_imports():
    # An __init__ re-exports names of its modules, which are what is imported.
    *_, last = graphlib.TopologicalSorter(
        {
            name: {other for other in others if not name.startswith(f"{other}.")}
            for name, others in GRAPH.items()
        }
    ).static_order()
    assert last in SOURCES


def test_imports_finds_attributes_and_subpackages():
    tree = ast.parse("def f():\n    import mnistedu\n    return mnistedu.evaluate")
    assert {*imports(tree)} == {"mnistedu.evaluation"}
    tree = ast.parse("from mnistedu.data import Split\nfrom mnistedu import layers")
    assert {*imports(tree)} == {"mnistedu.data", "mnistedu.layers"}


def test_every_subpackage_has_a_docstring():
    for path in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


MIRRORED = [
    path.relative_to(ROOT / "tests")
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if (PACKAGE / path.relative_to(ROOT / "tests").parent).is_dir()
    and path.parent != ROOT / "tests"
]


@pytest.mark.parametrize("test", MIRRORED, ids=str)
def test_tests_mirror_the_package(test):
    name = test.stem.removeprefix("test_")
    folder = PACKAGE / test.parent
    assert (folder / f"{name}.py").is_file() or name == folder.name
