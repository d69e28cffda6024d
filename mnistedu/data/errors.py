"""Errors in loading the data."""


class DataError(RuntimeError):
    """The data set could not be loaded; the message says why and what to do."""


class MissingFileError(DataError):
    """A folder does not contain the files of the data set."""


class CorruptFileError(DataError):
    """A file has a wrong SHA-256 sum, is cut short, or has another format."""


class DownloadError(DataError):
    """No mirror sent the file, or no folder can store it."""
