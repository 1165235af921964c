"""A decision about a text that needs review."""

from typing import Any, Self

from django import forms
from django.db.models import TextChoices

from generation.models import Response


class Decision(TextChoices):
    """What a manager may do with the text; the buttons of the page."""

    ACCEPT = "accept", "Accept as it is"
    EDIT = "edit", "Save and accept"
    AGAIN = "again", "Write again"
    EXCLUDE = "exclude", "Exclude"


class ReviewForm(forms.Form):
    """known_reviews is how many decisions about the text the page showed, so that none is overlooked."""

    decision = forms.ChoiceField(choices=Decision.choices, widget=forms.HiddenInput)
    known_reviews = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label="The text",
        required=False,
        # Nothing is trimmed unseen: what stands here is what raters read.
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="The text as the model wrote it stays on record, with your name and the time.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=300,
        # In a line, Enter would press the first button.
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the record: why you decide so. It goes into the text's history and its exports.",
    )

    @classmethod
    def opened(cls, response: Response) -> Self:
        """Return the form as the page first shows it."""
        return cls(initial={"text": response.text, "known_reviews": response.reviews.count()})

    def clean_text(self) -> str:
        """Take browsers' line ends off, so that an unchanged text is no edit."""
        return self.cleaned_data["text"].replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == Decision.EDIT and not cleaned.get("text", "").strip():
            self.add_error("text", "Please write the text, or exclude it.")
        return cleaned
