"""A prompt set as a form: one text a wording."""

from typing import Any

from django import forms

from generation.forms.words import CopyForm, WordsField
from generation.models import PromptSet as StoredPromptSet
from generation.prompt_set import PLACEHOLDERS, PromptSet, Wording, placeholders_in
from generation.strategies import STRATEGIES, Pipeline, Strategy
from generation.wording_labels import EXPLANATIONS, LABELS
from generation.wording_labels import PLACEHOLDERS as PLACEHOLDER_WORDS


class WordingForm(forms.Form):
    """One field a wording, each with its placeholders; once valid, `prompt_set` returns them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for wording in Wording:
            self.fields[wording.value] = WordsField(
                label=LABELS[wording],
                rows=6 if "post" in PLACEHOLDERS[wording] else 4,
                required=wording is not Wording.SYSTEM,
                help_text=_help(wording),
            )

    @classmethod
    def of(cls, prompts: PromptSet) -> "WordingForm":
        return cls(initial=vars(prompts))

    def clean(self) -> dict[str, Any]:
        """A forgotten {post} would make a run write nonsense for hours."""
        cleaned = super().clean() or {}
        for wording in Wording:
            if wording.value in cleaned:
                for complaint in _placeholder_complaints(wording, cleaned[wording.value]):
                    self.add_error(wording.value, complaint)
        return cleaned

    def prompt_set(self, name: str) -> PromptSet:
        return PromptSet(
            name=name, **{wording.value: self.cleaned_data[wording.value] for wording in Wording}
        )


class PromptSetCopyForm(CopyForm):
    original = forms.ModelChoiceField(
        label="Copy from", queryset=StoredPromptSet.objects.order_by("name", "-version"), empty_label=None
    )
    field_order = ["original", "new_name"]


def _in_words(strategy: Strategy) -> str:
    if strategy.dimension_wise:
        texts = "a text for each dimension"
    elif strategy.pipeline is Pipeline.INDV:
        texts = "one text"
    else:
        texts = "one text, revised step by step"
    aids = ["appraisal"] * strategy.appraises + ["guidance"] * strategy.guided
    return f"{texts}, with {' and '.join(aids)}" if aids else f"{texts}, without guidance"


class PreviewForm(forms.Form):
    """Whose calls to show."""

    strategy = forms.ChoiceField(
        label="Way of writing",
        choices=[(key, f"{key}: {_in_words(strategy)}") for key, strategy in STRATEGIES.items()],
    )


def _help(wording: Wording) -> str:
    names = sorted(PLACEHOLDERS[wording])
    if not names:
        return f"{EXPLANATIONS[wording]} No placeholder belongs here."
    listed = "; ".join(f"{{{name}}} for {PLACEHOLDER_WORDS[name]}" for name in names)
    return f"{EXPLANATIONS[wording]} Write {listed}."


def _placeholder_complaints(wording: Wording, text: str) -> list[str]:
    found, wanted = placeholders_in(text), PLACEHOLDERS[wording]
    missing = [
        f"Please write {{{name}}} where {PLACEHOLDER_WORDS[name]} shall stand."
        for name in sorted(wanted - found)
    ]
    unknown = [
        f"{{{name}}} is not filled in here, so the model would read it as it stands. Please take it out."
        for name in sorted(found - wanted)
    ]
    return missing + unknown
