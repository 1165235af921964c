"""A file of texts that people wrote for a study's posts."""

from io import BytesIO

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from annotation.models import Study
from generation.domain.human_response import HumanResponseDraft
from generation.importers.human_response import (
    MAX_BYTES,
    MAX_RESPONSES,
    HumanResponseFileError,
    dimension_names,
    read_human_responses,
)


class HumanTextsForm(forms.Form):
    """After cleaning, `file` holds drafts, `ignored_columns` what meant nothing in the file."""

    file = forms.FileField(
        label="File of texts",
        help_text=f"A .csv or .jsonl file in UTF-8, at most {MAX_BYTES // 1024**2} MB and {MAX_RESPONSES:,} "
        "texts. A file with any mistake imports nothing.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.jsonl,.ndjson"}),
    )

    ignored_columns: tuple[str, ...] = ()

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        study: Study,
    ) -> None:
        super().__init__(data, files)
        self.study = study

    def clean_file(self) -> list[HumanResponseDraft]:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            text_file = read_human_responses(
                BytesIO(upload.read(MAX_BYTES + 1)),
                name=upload.name or "",
                post_keys=set(self.study.posts.posts.values_list("key", flat=True)),
                dimensions=dimension_names(self.study.constitution_set.dimensions.all()),
            )
        except HumanResponseFileError as error:
            raise forms.ValidationError(error.lines) from error
        self.ignored_columns = text_file.ignored_columns
        return text_file.drafts
