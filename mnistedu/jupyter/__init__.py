"""What Jupyter loads: the server extension, the app's server, kernels and Voilà template."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")  # addresses that only this computer reaches
