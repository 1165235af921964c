"""Read a whole small text file; what is wrong with it is one sentence."""

from pathlib import Path

MAX_BYTES = 5 * 1024 * 1024


class TextFileError(ValueError):
    """A file that cannot be read as text; the message is one sentence, with the line where it has one."""


def read_text_file(path: Path) -> str:
    """Return the text of a UTF-8 file of at most 5 MB, its line ends as newlines. Raises TextFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise TextFileError("expected this file, but it is not there.") from error
    except OSError as error:
        raise TextFileError(f"cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise TextFileError(f"expected at most {MAX_BYTES // (1024 * 1024)} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TextFileError(f"line {line}: expected UTF-8.") from error
    return text.replace("\r\n", "\n")
