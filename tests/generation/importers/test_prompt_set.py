from pathlib import Path

import pytest

from generation.domain.example import FOLDER, example_prompts
from generation.importers.prompt_set import PromptSetFileError, read_prompt_set


def test_prompt_set_is_read() -> None:
    assert read_prompt_set(FOLDER / "prompt_set.yaml") == example_prompts()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name: x\nsystem: \xff", "wording.yaml: line 2: expected UTF-8."),
        (b"name: [", "wording.yaml: Line 1: not valid YAML"),
        (b"name: x\nhint: y\n", "wording.yaml: Line 2: unknown field 'hint'."),
        (b"#" * (5 * 1024 * 1024 + 1), "wording.yaml: expected at most 5 MB."),
    ],
)
def test_malformed_file_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "wording.yaml"
    path.write_bytes(content)

    with pytest.raises(PromptSetFileError) as caught:
        read_prompt_set(path)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_folder_in_place_of_a_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PromptSetFileError, match=r": cannot be read: Is a directory\.$"):
        read_prompt_set(tmp_path)
