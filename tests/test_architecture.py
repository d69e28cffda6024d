"""The rooms and their order: what stands in docs/architecture.md holds in the code.

The table there is the one list. A room imports only from the rooms above it, no modules import
each other in a circle, and tests mirror the package.
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
ENTRY_POINTS = {"__init__", "__main__"}  # load whatever they are asked for, or the command line


def read_rooms(text: str) -> list[str]:
    """The rooms in the first column of the table, from the ground up."""
    table = text.split("| subpackage | contents |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`.+?) \|", table, flags=re.MULTILINE)
    return [room for row in rows for room in re.findall(r"`(\w+)/?`", row)]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports(tree: ast.Module) -> Iterator[str]:
    """The package's modules that a module imports, in functions and for type checkers as well."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the room"
            for alias in node.names:
                yield from resolve(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from resolve(alias.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from resolve(f"{node.value.id}.{node.attr}")


def resolve(name: str) -> Iterator[str]:
    """The module behind a dotted name of the package, also behind a public name."""
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
ROOMS = read_rooms((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
GRAPH = {
    name: {*imports(ast.parse(path.read_text(encoding="utf-8")))} - {name}
    for name, path in SOURCES.items()
}


def test_every_room_is_in_the_table_once():
    there = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert sorted(ROOMS) == sorted(there - ENTRY_POINTS)


def test_the_root_holds_nothing_but_what_all_rooms_need():
    root = {path.stem for path in PACKAGE.glob("*.py")}
    assert root == {"__init__", "__main__", "_atomic_files", "_backend"}


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - {"mnistedu", "mnistedu.__main__"}))
def test_a_room_imports_only_from_rooms_above_it(name):
    floor = ROOMS.index(room_of(name))
    climbing = [other for other in GRAPH[name] if ROOMS.index(room_of(other)) > floor]
    assert not climbing


def test_no_modules_import_each_other_in_a_circle():
    # A folder's __init__ hands on names of its modules; they are what is imported.
    *_, last = graphlib.TopologicalSorter(
        {
            name: {other for other in others if not name.startswith(f"{other}.")}
            for name, others in GRAPH.items()
        }
    ).static_order()
    assert last in SOURCES


def test_an_import_that_climbs_is_found():
    tree = ast.parse("def f():\n    import mnistedu\n    return mnistedu.evaluate")
    assert {*imports(tree)} == {"mnistedu.evaluation"}
    tree = ast.parse("from mnistedu.data import Split\nfrom mnistedu import layers")
    assert {*imports(tree)} == {"mnistedu.data", "mnistedu.layers"}


def test_every_folder_says_what_lives_there():
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
    about = test.stem.removeprefix("test_")
    folder = PACKAGE / test.parent
    assert (folder / f"{about}.py").is_file() or about == folder.name
