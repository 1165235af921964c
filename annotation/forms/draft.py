"""What a window sends while a rater types: text to a draft, judged by nothing but its size."""

from typing import Any

from django import forms

from annotation.domain.rating import LONGEST_RATIONALE

LARGEST_NUMBER = 2**31 - 1
# More than any study has criteria; a form with more fields is not the desk's.
MOST_FIELDS = 200
TOO_LONG = (
    f"This text is too long to be kept on the server: {LONGEST_RATIONALE:,} characters fit. "
    "It is kept on this computer; please shorten it."
)


class DraftForm(forms.Form):
    """A draft with what tells windows and their saves apart."""

    window = forms.UUIDField()
    sequence = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    base = forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER)
    known = forms.CharField(required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        content = {
            name: plain_text(self.data[name])
            for name in self.data
            if name == "reason" or name.startswith(("score_", "rationale_"))
        }
        if len(content) > MOST_FIELDS or any(len(text) > LONGEST_RATIONALE for text in content.values()):
            raise forms.ValidationError(TOO_LONG)
        return typed | {"content": content}

    def complaint(self) -> str:
        """Return what to tell the rater when the draft cannot be kept."""
        said = [str(error) for error in self.non_field_errors()]
        return said[0] if said else "Something was missing in this form. Please open the item again."


def plain_text(text: str) -> str:
    """Return what a person typed, as it is kept: one kind of line end, and no NUL, which databases refuse."""
    return text.replace("\r\n", "\n").replace("\x00", "")
