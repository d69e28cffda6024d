"""What Jupyter loads: the server extension, the app's server, kernels and Voilà template."""
