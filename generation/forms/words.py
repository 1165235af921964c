"""Texts that models read to the last character, as form fields."""

from typing import Any

from django import forms

# Far more than a model can read; a page with longer ones could not be handled.
LONGEST = 20_000


class WordsField(forms.CharField):
    """A text of any number of lines, kept as it is: spaces at its ends are part of a prompt."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:  # noqa: ANN401
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(strip=False, max_length=LONGEST, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:  # noqa: ANN401
        """Take browsers' line ends off, so that an unchanged text is not a new version."""
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        return text if text.strip() else ""


class StandardsField(WordsField):
    """A list of texts, one a line; a line that begins with two spaces goes on with the one before it."""

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, list | tuple):
            return "\n".join(standard.replace("\n", "\n  ") for standard in value)
        return value

    def clean(self, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        standards: list[str] = []
        empty = ""  # lines within a standard, if it goes on after them
        for line in super().clean(value).split("\n"):
            if line.startswith("  ") and standards:
                empty += f"\n{line.removeprefix('  ')}"
                if line.strip():
                    standards[-1] += empty
                    empty = ""
            elif line.strip():
                standards.append(line)
                empty = ""
        return tuple(standards)

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401
        return super().has_changed(self.prepare_value(initial), data)


class VersionForm(forms.Form):
    """What a person says of a new version, and the newest version that she had seen."""

    note = forms.CharField(
        label="What did you change, and why?",
        max_length=240,
        required=False,
        help_text="Shown beside the version. It helps others, and you in a year.",
    )
    newest_seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class CopyForm(forms.Form):
    """A set of one's own from another one; the choice is set by the subclass."""

    original: forms.ModelChoiceField
    new_name = forms.CharField(label="Name of the new set", max_length=200)
