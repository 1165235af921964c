"""What raters read beside the items."""

from typing import Any

from django import forms


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
    concern_protocol = forms.CharField(
        label="Concern about the poster",
        help_text=(
            "What your study does when a rater worries about the person who wrote a post: who reads the "
            "note, and what happens then. Shown where raters can tell you."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        """Take browsers' line ends off, so that an unchanged text is not a new version."""
        cleaned = super().clean() or {}
        return {name: value.replace("\r\n", "\n").strip() for name, value in cleaned.items()}
