"""Structure, prose and stored outputs of the lessons, and that they match their sources.

nbval checks that the notebooks run and that their asserts hold.
"""

from __future__ import annotations

import ast
import base64
import importlib.util
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from jupyter_server.services.contents.manager import ContentsManager

LESSONS = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted(path for path in (LESSONS / "source").glob("*.py") if path.name != "make.py")
NUMBERED = [path for path in SOURCES if path.name[0].isdigit()]
NOTEBOOKS = sorted({*LESSONS.glob("*.ipynb"), *LESSONS.glob("solutions/*.ipynb")})
MAX_LINES = 30
MAX_BYTES = 500_000

# Names, which start with a capital letter anywhere in a heading.
NAMES = {"Adadelta", "CNN", "Keras", "MLP", "MNIST", "NumPy", "Python"}
CLOSING = ["On your own", "In practice", "Further reading"]
EXERCISE = r"(?P<name>\d\d\.\d) (?P<task>.+) \((?P<level>easy|medium|hard|open)\)"
# Sections after which there is nothing to ask.
SETUP = {"Load the digits", "Train a network", "Draw a digit", "Look back"}
TOUR = {  # of lesson 00, where the sections ask to draw, run and stop
    "Draw a digit",
    "Ask for help",
    "Check that everything is there",
    "Fix what does not work",
    "Find your way",
}
# Numbers up to this one need not be in a cell.
SMALL = 10


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make", LESSONS / "source" / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=NUMBERED, ids=lambda path: path.stem)
def source(request) -> Path:
    return request.param


@pytest.fixture
def lesson(source):
    return nbformat.read(LESSONS / f"{source.stem}.ipynb", as_version=4)


@pytest.fixture
def solutions(source):
    return nbformat.read(LESSONS / "solutions" / f"{source.stem}.ipynb", as_version=4)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: str(path.relative_to(LESSONS)))
def path(request) -> Path:
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def texts(lesson, cell_type: str) -> list[str]:
    return [cell.source for cell in lesson.cells if cell.cell_type == cell_type]


def prose(lesson) -> str:
    return "\n\n".join(texts(lesson, "markdown"))


def headings(lesson, level: str = "#+") -> list[str]:
    return re.findall(rf"^{level} (.+)$", prose(lesson), flags=re.MULTILINE)


def tagged(lesson, tag: str) -> list[str]:
    return [cell.source for cell in lesson.cells if tag in cell.metadata.get("tags", [])]


def checks(lesson) -> dict[str, str]:
    """Return the output of each call of ``check`` by exercise."""
    shown = {}
    for cell in lesson.cells:
        if cell.source.startswith("check("):
            (output,) = cell.outputs
            shown[re.match(r'check\("(\d\d\.\d)"', cell.source)[1]] = output.data["text/plain"]
    return shown


def stored(lesson):
    return [
        (cell, output)
        for cell in lesson.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def test_every_notebook_has_a_source(make):
    assert NUMBERED
    assert {path for source in SOURCES for path in make.editions(source)} == set(NOTEBOOKS)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebooks_match_their_source(make, source):
    assert make.stale(source) == [], "run make lessons"


def test_both_editions_of_a_changed_source_are_stale(make, source, tmp_path):
    changed = tmp_path / source.name
    changed.write_text(source.read_text(encoding="utf-8") + "\n# %%\n1 + 1\n", encoding="utf-8")
    assert make.stale(changed) == list(make.editions(source))


def test_ids_of_cells_do_not_depend_on_other_cells(make, source, tmp_path):
    changed = tmp_path / source.name
    text = source.read_text(encoding="utf-8")
    changed.write_text("# %%\n1 + 1\n\n" + text, encoding="utf-8")
    before, after = (
        [cell.id for cell in next(iter(make.editions(path).values())).cells]
        for path in (source, changed)
    )
    assert after[1:] == before
    assert len(set(after)) == len(after)


def test_editions_differ_only_in_blanks_and_solutions(make, source):
    learner, solutions = make.editions(source).values()
    assert not tagged(learner, "solution")
    assert not tagged(solutions, "blank")
    shared = [
        [
            cell.id
            for cell in edition.cells
            if not {"blank", "solution"} & {*cell.metadata.get("tags", [])}
        ]
        for edition in (learner, solutions)
    ]
    assert shared[0] == shared[1]


def test_exercises_are_numbered_in_order_and_sorted_by_level(lesson, source):
    named = [re.fullmatch(EXERCISE, heading) for heading in headings(lesson, "###")]
    assert all(named)
    number = source.name[:2]
    assert [match["name"] for match in named] == [
        f"{number}.{index}" for index in range(1, len(named) + 1)
    ]
    order = ["easy", "medium", "hard", "open"]
    levels = [order.index(match["level"]) for match in named]
    assert levels == sorted(levels)
    assert {0, 1, 3} <= {*levels}


def test_all_but_open_exercises_are_checked(lesson):
    named = [re.fullmatch(EXERCISE, heading) for heading in headings(lesson, "###")]
    must = {match["name"] for match in named if match["level"] != "open"}
    assert must <= set(checks(lesson)) <= {match["name"] for match in named}
    assert len(tagged(lesson, "blank")) >= len(named)


def test_blanks_are_reported_as_blank_and_solutions_as_right(lesson, solutions):
    assert all(f"{name}: still blank." in shown for name, shown in checks(lesson).items())
    assert all(f"{name}: right." in shown for name, shown in checks(solutions).items())
    assert checks(lesson).keys() == checks(solutions).keys()


def test_solutions_link_to_the_lesson(solutions, source):
    assert f"(../{source.stem}.ipynb)" in solutions.cells[1].source


def test_each_lesson_links_to_its_solutions_and_to_the_next_lesson(lesson, solutions, source):
    following = [path.stem for path in NUMBERED if path > source][:1] or [NUMBERED[0].stem]
    *_, closing = tagged(lesson, "blank")
    assert f"(solutions/{source.stem}.ipynb)" in closing
    assert f"({following[0]}.ipynb)" in closing
    assert f"(../{following[0]}.ipynb)" in prose(solutions)


def test_each_section_asks_a_question(lesson, source):
    before_exercises = prose(lesson).split("\n## On your own")[0]
    sections = [each.split("\n") for each in before_exercises.split("\n## ")[1:]]
    silent = {title for title, *text in sections if "<b>Question.</b>" not in "\n".join(text)}
    assert silent <= (TOUR if source.name[:2] == "00" else SETUP)


def test_make_lab_does_not_list_the_sources():
    makefile = (LESSONS.parent / "Makefile").read_text(encoding="utf-8")
    (hidden,) = re.findall(r"hide_globs=,(.*)\)", makefile)
    contents = ContentsManager(hide_globs=hidden.split())
    assert not contents.should_list("source")
    assert all(contents.should_list(path.name) for path in NOTEBOOKS)


def test_plots_follow_the_theme(notebook):
    """Displays have a light and a dark version; a figure of pyplot is white on any page."""
    for code in texts(notebook, "code"):
        assert not re.search(r"\bplt\b|pyplot", code), code
    for _, output in stored(notebook):
        assert not output.get("data", {}).get("text/plain", "").startswith("<Figure")


def test_opens_with_what_you_will_do_learn_and_need(lesson):
    opening = lesson.cells[0]
    assert opening.cell_type == "markdown"
    assert re.match(r"# .+\n\n\*About \d+ minutes\.\*\n", opening.source)
    for heading in ("**What you'll do.**", "**What you'll learn**", "**What you'll need.**"):
        assert heading in opening.source


def test_loads_the_data_with_a_fallback(lesson):
    loads = re.findall(r"load_mnist\((.*)\)", "\n".join(texts(lesson, "code")))
    assert all('fallback="digits"' in arguments for arguments in loads)


def test_closes_with_exercises_practice_and_reading(lesson):
    assert headings(lesson, "##")[-3:] == CLOSING
    reading = re.split(r"^## ", lesson.cells[-1].source, flags=re.MULTILINE)[-1]
    assert len(re.findall(r"^- ", reading, flags=re.MULTILINE)) >= 3


def test_headings_are_verbs_in_sentence_case(lesson):
    exercises = [re.fullmatch(EXERCISE, heading) for heading in headings(lesson, "###")]
    for heading in [*headings(lesson, "##")[:-3], *(match["task"] for match in exercises)]:
        first, *rest = re.findall(r"[\w']+", heading)
        assert first[0].isupper(), heading
        assert first.lower() not in {"the", "a", "an", "how", "what", "why"}, heading
        assert not first.endswith(("ing", "tion")), heading
        assert all(word.islower() or word.isdigit() or word in NAMES for word in rest), heading


def test_heading_levels_do_not_skip(lesson):
    levels = [len(hashes) for hashes in re.findall(r"^(#+) ", prose(lesson), flags=re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - upper <= 1 for upper, deeper in pairwise(levels))


def test_every_display_is_shown(notebook):
    """Jupyter shows only the value of a cell's last line: a display before an assert is lost."""
    for code in texts(notebook, "code"):
        assert not lost_values(code), code


@pytest.mark.parametrize(
    ("code", "lost"),
    [
        ("display.plot()\nassert True", ["display.plot()"]),
        ("result\nassert True", ["result"]),
        ("data.train[0]\nprint(1)", ["data.train[0]"]),
        ("assert True\ndisplay.plot()", []),
        ("ax.plot(x, y)\nplt.show()", []),
        ("print(1)\nfigure.savefig('a')\nplt.show()\nassert True", []),
        ("shown = display.plot()\nassert shown", []),
    ],
)
def test_lost_values_are_found(code, lost):
    assert lost_values(code) == lost


def lost_values(code: str) -> list[str]:
    """Return the expressions of a cell whose values Jupyter would show, were they last."""
    statements = ast.parse(re.sub("^[%!].*$", "", code, flags=re.MULTILINE)).body[:-1]
    values = [each.value for each in statements if isinstance(each, ast.Expr)]
    return [
        ast.unparse(value)
        for value in values
        if not isinstance(value, ast.Call)
        or re.fullmatch(r"(?!ax\.|plt\.).*\.plot", ast.unparse(value.func), flags=re.DOTALL)
    ]


def test_cells_are_short(notebook):
    lengths = [len(code.splitlines()) for code in texts(notebook, "code")]
    assert max(lengths) <= MAX_LINES
    assert sum(lengths) / len(lengths) <= 8


def test_has_at_least_as_much_prose_as_code(lesson):
    code = "\n".join(texts(lesson, "code"))
    assert len(prose(lesson).split()) >= len(code.split())


def test_contains_asserts(lesson):
    asserting = [code for code in texts(lesson, "code") if re.search(r"^ *assert ", code, re.M)]
    assert len(asserting) >= 5


def test_numbers_in_the_prose_come_from_cells(lesson, solutions, source):
    """Check that every larger number in the text is in code or a stored output of the lesson.

    Numbers of an exercise may also be in its checker.
    """
    checker = LESSONS.parent / "mnistedu" / "exercises" / f"lesson_{source.name[:2]}.py"
    shown = "\n".join([*texts(solutions, "code"), checker.read_text(encoding="utf-8")])
    shown += "\n".join(str(output.get("text", "")) for _, output in stored(lesson))
    shown += "\n".join(output.get("data", {}).get("text/plain", "") for _, output in stored(lesson))
    known = {float(number.replace("_", "").replace(",", "")) for number in numbers(shown)}
    known |= {100 * value for value in known}  # 0.95 is 95 %
    running = [cell.source for cell in lesson.cells[1:-1] if cell.cell_type == "markdown"]
    for text in running:
        for number in numbers(re.sub(r"[Ll]essons? \d\d( and \d\d)?", "", text)):
            value = float(number.replace(",", ""))
            assert value <= SMALL or value in known, f"{number} in: {text}"


def numbers(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])\d[\d,_]*(?:\.\d+)?(?<![,_])", text)


def test_relative_links_exist(notebook, path):
    for link in links(prose(notebook)):
        assert (path.parent / link).exists(), link


def test_the_readme_links_to_every_notebook():
    reached = {LESSONS / link for link in links((LESSONS / "README.md").read_text("utf-8"))}
    assert all(path.exists() for path in reached)
    assert {path for path in NOTEBOOKS if path.parent == LESSONS} <= reached


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)#]+)", text)
    return [link for link in found if not link.startswith("https://")]


def test_stored_outputs_are_clean(notebook, path):
    for _, output in stored(notebook):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        assert not any("widget" in kind for kind in output.get("data", {}))
    assert "widgets" not in notebook.metadata
    assert not any("execution" in cell.metadata for cell in notebook.cells)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|tmp|usr|work|Users)/", text)
    assert not re.search(r" at 0x[0-9a-f]+>", text)
    assert len(text) < MAX_BYTES


def test_images_in_the_prose_have_alternative_text(notebook):
    assert all(alt for alt in re.findall(r"!\[([^\]]*)\]", prose(notebook)))
    assert "<img" not in prose(notebook)


def test_stored_images_have_alternative_text(notebook):
    for cell, output in stored(notebook):
        if "image/png" in output.get("data", {}):
            assert output.metadata["image/png"].get("alt"), cell.source
            assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")


def test_duration_equals_that_in_the_readme_and_the_teaching_guide(source, lesson):
    (minutes,) = re.findall(r"\*About (\d+) minutes", lesson.cells[0].source)
    readme = (LESSONS / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\({source.stem}\.ipynb\) \| {minutes} \|", readme)
    guide = (LESSONS.parent / "docs" / "teaching.md").read_text(encoding="utf-8")
    assert re.search(rf"\| {source.name[:2]} [^|]+ \| {minutes} \|", guide)
