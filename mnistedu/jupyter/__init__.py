"""What Jupyter servers load: the server extension, the app's kernels, and Voilà's template."""
