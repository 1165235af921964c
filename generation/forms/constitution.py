"""A constitution set as a form: one block a dimension, as many as there are."""

import re
from typing import Any

from django import forms
from django.forms.renderers import get_default_renderer
from django.http import QueryDict

from generation.constitution import MAX_KEY, MAX_NAME, MAX_NUMBER, Constitution, DimensionText
from generation.forms.words import CopyForm, StandardsField, WordsField
from generation.models import ConstitutionSet

MOST_DIMENSIONS = 100
_KEY = re.compile(r"[a-z][a-z0-9_]*")


class DimensionForm(forms.Form):
    """One dimension; all fields empty is none."""

    number = forms.IntegerField(
        label="Number",
        min_value=1,
        max_value=MAX_NUMBER,
        help_text="Its number among the appraisal dimensions. Models take the dimensions in this order.",
    )
    name = forms.CharField(label="Name", max_length=MAX_NAME)
    key = forms.CharField(
        label="Short name",
        max_length=MAX_KEY,
        required=False,
        help_text="For files and figures: a–z, 0–9 and _. Made from the name if you leave it empty.",
    )
    aim = WordsField(label="Aim", rows=2, help_text="One sentence. Raters see it.")
    appraisal_question = WordsField(
        label="Appraisal question",
        rows=5,
        help_text="Asks the model how the person who wrote the post appraises the situation.",
    )
    guidance = WordsField(
        label="Guidance", rows=5, help_text="Tells the model how to help. It becomes part of the question."
    )
    standards = StandardsField(
        label="Standards",
        rows=6,
        help_text=(
            "What a good response does, one a line. Raters judge by them. A line that begins with two spaces "
            "goes on with the one before it."
        ),
    )

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if key and not _KEY.fullmatch(key):
            raise forms.ValidationError("Please use only a–z, 0–9 and _, with a letter first.")
        return str(key)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and cleaned.get("key") == "":
            cleaned["key"] = _key_from(cleaned["name"])
            if not cleaned["key"]:
                self.add_error("key", "Please give a short name: none can be made from this name.")
        return cleaned

    def to_text(self) -> DimensionText:
        cleaned = {name: self.cleaned_data[name] for name in DimensionText.__dataclass_fields__}
        return DimensionText(**cleaned)


class DimensionFormSet(forms.BaseFormSet):
    """After cleaning, `constitution` returns what was entered."""

    form = DimensionForm
    extra = 0
    can_delete = True
    can_delete_extra = True
    can_order = False
    edit_only = False
    min_num = 0
    max_num = absolute_max = MOST_DIMENSIONS
    validate_min = validate_max = False
    renderer = get_default_renderer()

    @classmethod
    def of(cls, constitution: Constitution) -> "DimensionFormSet":
        return cls(initial=[vars(dimension) for dimension in constitution.dimensions])

    @classmethod
    def with_another(cls, data: QueryDict) -> "DimensionFormSet":
        """Return the blocks as they were sent, unchecked, and an empty one after them."""
        sent = cls(data)
        blocks = cls(initial=[{name: form[name].value() for name in form.fields} for form in sent.forms])
        blocks.extra = 1
        blocks.forms[-1].fields["number"].widget.attrs["autofocus"] = True
        return blocks

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # A block left wholly empty is no dimension, wherever it stands.
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Leave this dimension out"

    def clean(self) -> None:
        taken: dict[str, set[Any]] = {"number": set(), "key": set()}
        for form in self._filled():
            for name, values in taken.items():
                value = form.cleaned_data.get(name)
                if value and value in values:
                    form.add_error(name, f"Another dimension has “{value}” already.")
                values.add(value)
        if not self._filled():
            raise forms.ValidationError("A constitution set needs at least one dimension.")

    def constitution(self, name: str) -> Constitution:
        return Constitution(name, tuple(form.to_text() for form in self._filled()))

    def _filled(self) -> list[DimensionForm]:
        """Return the blocks that count, those with errors among them."""
        return [
            form for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE", False)
        ]


class ConstitutionCopyForm(CopyForm):
    original = forms.ModelChoiceField(
        label="Copy from", queryset=ConstitutionSet.objects.order_by("name", "-version"), empty_label=None
    )
    field_order = ["original", "new_name"]


def _key_from(name: str) -> str:
    """Return the name in a-z, 0-9 and _, a letter first; "" where no letter is left."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).lstrip("0123456789_")[:MAX_KEY].rstrip("_")
