"""Making a study, and the texts that its raters read."""

from io import BytesIO
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from generation.domain.post import PostDraft
from generation.importers.post import MAX_BYTES, PostFileError, read_post_file
from generation.models import ConstitutionSet


class StudyForm(forms.Form):
    """A new study. After cleaning, `posts` holds drafts, `ignored_columns` what meant nothing in the file."""

    name = forms.CharField(
        label="Name of the study",
        max_length=200,
        help_text="Raters see it, so it should not give away the conditions.",
    )
    posts = forms.FileField(
        label="Posts",
        help_text="A .csv or .jsonl file in UTF-8, at most 5 MB and 5,000 posts.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.jsonl,.ndjson"}),
    )
    constitution_set = forms.ModelChoiceField(
        label="Constitution set",
        queryset=ConstitutionSet.objects.order_by("name", "-version"),
        empty_label=None,
        help_text="The dimensions of appraisal, with the guidance for models and the standards for raters.",
    )

    ignored_columns: tuple[str, ...] = ()

    def clean_posts(self) -> list[PostDraft]:
        upload: UploadedFile = self.cleaned_data["posts"]
        try:
            post_file = read_post_file(BytesIO(upload.read(MAX_BYTES + 1)), name=upload.name or "")
        except PostFileError as error:
            raise forms.ValidationError(error.lines) from error
        self.ignored_columns = post_file.ignored_columns
        return post_file.drafts


class TextsForm(forms.Form):
    instructions = forms.CharField(
        label="Instructions",
        help_text="What to rate and how. Shown before the first item and always one click away.",
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    consent = forms.CharField(
        label="Consent",
        help_text=(
            "What raters agree to before they see a post. A change makes a new version, and every rater is "
            "asked again before the next item."
        ),
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    support_contact = forms.CharField(
        label="Support contact",
        help_text=(
            "Whom a rater can turn to: your team, and the emergency and crisis numbers of the places where "
            "your raters live. Always one click away."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        """Take browsers' line ends off, so that an unchanged text is not a new version."""
        cleaned = super().clean() or {}
        return {name: value.replace("\r\n", "\n").strip() for name, value in cleaned.items()}
