"""Read a prompt set from a YAML file."""

from pathlib import Path

from generation.importers.text_file import TextFileError, read_text_file
from generation.prompt_set import PromptSet, PromptSetError, parse_prompt_set


class PromptSetFileError(ValueError):
    """A file that is no prompt set; the message names the file, the line and what was expected."""


def read_prompt_set(path: Path) -> PromptSet:
    """Raises PromptSetFileError."""
    try:
        return parse_prompt_set(read_text_file(path))
    except (TextFileError, PromptSetError) as error:
        raise PromptSetFileError(f"{path.name}: {error}") from error
