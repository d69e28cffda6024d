"""Widgets for the notebook, one folder each: thin views over the rest of the package."""
