"""The widgets for notebooks, one folder each: thin views of the rest of the package."""
