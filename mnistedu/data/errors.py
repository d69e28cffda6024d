"""What can go wrong between asking for the data and having it."""


class DataError(RuntimeError):
    """The data set cannot be had; the message says why and what to do."""


class MissingFileError(DataError):
    """A folder that was named for the data does not hold its files."""


class CorruptFileError(DataError):
    """A file is not what it should be: wrong sum, cut short, or of another format."""


class DownloadError(DataError):
    """No mirror gave the file, or there is no folder to keep it in."""
