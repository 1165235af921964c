"""Constitution sets and prompt sets as files: ours (YAML), or the four text files of RESORT's authors."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from generation.constitution import Constitution
from generation.importers.constitution import (
    FILES,
    ConstitutionFileError,
    SkippedDimension,
    read_constitution,
)
from generation.importers.prompt_set import PromptSetFileError, read_prompt_set
from generation.importers.text_file import MAX_BYTES
from generation.prompt_set import PromptSet

_LONGEST_NAME = 200
_NAME_TOO_LONG = f"Expected a name of at most {_LONGEST_NAME} characters for the set."


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; cleans to a list."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # noqa: ANN401
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class ConstitutionUploadForm(forms.Form):
    """After cleaning, `constitution` is what the files hold and `skipped` what of them is no dimension."""

    uploads = FilesField(
        label="Files",
        widget=_FilesInput(attrs={"accept": ".yaml,.yml,.txt", "multiple": True}),
        help_text="One YAML file, or the four text files together: " + ", ".join(FILES.values()) + ".",
    )
    name = forms.CharField(
        label="Name of the set",
        max_length=_LONGEST_NAME,
        required=False,
        help_text=("Needed for the four text files. A YAML file's own name counts if you leave this empty."),
    )

    constitution: Constitution
    skipped: tuple[SkippedDimension, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self._read(cleaned["uploads"], name=cleaned["name"])
            except ConstitutionFileError as error:
                self.add_error("uploads", error.lines)
        return cleaned

    def _read(self, files: Sequence[UploadedFile], *, name: str) -> None:
        is_four_files = not (len(files) == 1 and (files[0].name or "").lower().endswith((".yaml", ".yml")))
        if is_four_files and not name:
            self.add_error("name", "Please give the set a name: the four text files have none in them.")
            return
        with tempfile.TemporaryDirectory() as folder:
            paths = _write(files, Path(folder))
            if is_four_files and (strange := sorted({path.name for path in paths} - set(FILES.values()))):
                expected = ", ".join(FILES.values())
                raise ConstitutionFileError(
                    [f"{', '.join(strange)}: expected one .yaml file, or the files {expected}."]
                )
            read = read_constitution(Path(folder) if is_four_files else paths[0], name=name)
        self.constitution, self.skipped = read.constitution, read.skipped
        if len(self.constitution.name) > _LONGEST_NAME:
            raise ConstitutionFileError([_NAME_TOO_LONG])


class PromptSetUploadForm(forms.Form):
    """After cleaning, `prompt_set` is what the file holds."""

    file = forms.FileField(
        label="File",
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
        help_text="A YAML file, such as one downloaded here.",
    )

    prompt_set: PromptSet

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        with tempfile.TemporaryDirectory() as folder:
            (path,) = _write([upload], Path(folder))
            try:
                self.prompt_set = read_prompt_set(path)
            except PromptSetFileError as error:
                raise forms.ValidationError(str(error)) from error
        if len(self.prompt_set.name) > _LONGEST_NAME:
            raise forms.ValidationError(_NAME_TOO_LONG)
        return upload


def _write(files: Iterable[UploadedFile], folder: Path) -> list[Path]:
    """Lay the files into the folder under their own names, one byte above the limit at most."""
    paths = []
    for file in files:
        path = folder / Path(file.name or "file").name
        path.write_bytes(file.read(MAX_BYTES + 1))
        paths.append(path)
    return paths
