"""How texts are sampled: the figures of generation.backends.base.Decoding, in plain words."""

from typing import Any

from django import forms

from generation.backends.base import Decoding, DecodingError

# Figures with which any one other figure can be tried alone. The token limit comes before what depends on it.
SENSIBLE: dict[str, object] = {"max_new_tokens": 32_768, "temperature": 0}
FIGURES = ("max_new_tokens", "temperature", "top_p", "repetition_penalty", "end_at_sentence_after")


def _decimal() -> forms.NumberInput:
    return forms.NumberInput(attrs={"step": "any"})


class DecodingForm(forms.Form):
    """After cleaning, `decoding` holds the Decoding, in place of its figures."""

    temperature = forms.FloatField(
        label="Temperature",
        widget=_decimal(),
        help_text="How freely the model chooses its words, from 0 to 2. At 0 it always takes the likeliest "
        "one; the higher the figure, the more texts vary.",
    )
    max_new_tokens = forms.IntegerField(
        label="Longest text, in tokens",
        help_text="A token is a short word or a piece of a longer one. A text that reaches this limit in the "
        "middle of a sentence is kept back for you to look at.",
    )
    top_p = forms.FloatField(
        label="Top-p",
        required=False,
        widget=_decimal(),
        help_text="With 0.9 the model chooses only among the likeliest words that together make up 90 % of "
        "the probability; unlikely ones are left out. Empty: among all words.",
    )
    repetition_penalty = forms.FloatField(
        label="Repetition penalty",
        required=False,
        widget=_decimal(),
        help_text="Above 1, words that stand in the text already become less likely: small models repeat "
        "themselves. Empty: none.",
    )
    end_at_sentence_after = forms.IntegerField(
        label="End at the first full sentence after, in tokens",
        required=False,
        help_text="Small models ramble on: from this length on, a text ends with its next full sentence. "
        "Empty: it ends where the model ends it.",
    )

    def decoding_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in DecodingForm.base_fields]

    def clean(self) -> dict[str, Any]:
        """Put the figures together; one that makes no sense is an error of its own field."""
        cleaned = super().clean() or {}
        sensible = dict(SENSIBLE)
        for name in FIGURES:
            if name not in cleaned:
                continue
            figure = cleaned.pop(name)
            try:
                Decoding.from_dict(sensible | {name: figure})
            except DecodingError as error:
                self.add_error(name, f"This{str(error).removeprefix(name)}")
            else:
                sensible[name] = figure
        cleaned["decoding"] = Decoding.from_dict(sensible)
        return cleaned
