"""Configuration of the site: lessons, guides and API reference, built offline."""

import shutil
from pathlib import Path

import mnistedu

HERE = Path(__file__).parent

# Sphinx only reads files in this folder, so copy the lessons into it.
LESSONS = HERE / "lessons"
shutil.rmtree(LESSONS, ignore_errors=True)
NOTEBOOKS = HERE.parent / "notebooks"
for notebook in [*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("solutions/*.ipynb")]:
    copy = LESSONS / notebook.relative_to(NOTEBOOKS)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(notebook, copy)

project = "mnistedu"
author = "the mnistedu developers"
copyright = "2026, the mnistedu developers"
version = release = mnistedu.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "jupyter_execute", "figures"]

html_theme = "furo"
html_title = "mnistedu"
html_static_path = ["_static"]
html_css_files = ["site.css"]

# Show the stored outputs of the lessons; `make test` runs them.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
