"""Which judge scores a study's texts, and what a person makes of a reply that could not be read."""

from typing import Any

from django import forms

from annotation.domain.judge_run import MOST_REPEATS
from annotation.enums import JudgeOutcome
from annotation.models import Criterion, JudgePromptSet, JudgeReply, ScalePoint, Study
from generation.backends.base import Decoding, DecodingError
from generation.models import ModelSpec
from generation.queries.model_spec import models_to_run

LONGEST_REPLY = 120


class JudgeForm(forms.Form):
    """A new judge; after cleaning, `decoding` holds the Decoding in place of its figures."""

    model = forms.ModelChoiceField(
        label="Model",
        queryset=ModelSpec.objects.none(),
        empty_label=None,
        help_text="Who is asked. A model that also wrote texts of this study judges its own work, too.",
    )
    prompt_set = forms.ModelChoiceField(
        label="Questions",
        queryset=JudgePromptSet.objects.none(),
        empty_label=None,
        help_text="The judge's prompt set: the question for each criterion, and the form of the reply.",
    )
    criteria = forms.ModelMultipleChoiceField(
        label="Criteria",
        queryset=Criterion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Please choose at least one criterion."},
    )
    repeats = forms.IntegerField(
        label="How often it is asked about each text",
        min_value=1,
        max_value=MOST_REPEATS,
        initial=1,
        help_text="Asked several times, it shows how far it agrees with itself. That needs a temperature "
        "above 0.",
    )
    temperature = forms.FloatField(
        label="Temperature",
        initial=0,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="From 0 to 2. At 0 the judge always takes the likeliest word and so repeats itself.",
    )
    max_new_tokens = forms.IntegerField(
        label="Longest reply, in tokens",
        initial=LONGEST_REPLY,
        help_text="A token is a short word or a piece of a longer one. Longer replies are cut there.",
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = models_to_run()  # type: ignore[attr-defined]  # a choice's own
        sets = JudgePromptSet.objects.order_by("name", "-version")
        self.fields["prompt_set"].queryset = sets  # type: ignore[attr-defined]  # a choice's own
        criteria = study.criteria.order_by("position")
        self.fields["criteria"].queryset = criteria  # type: ignore[attr-defined]  # a choice's own
        self.initial.setdefault("criteria", list(criteria.values_list("pk", flat=True)))

    def clean(self) -> dict[str, Any]:
        """Put the figures together; a temperature of 0 with repeats is told at its field."""
        cleaned = super().clean() or {}
        if "temperature" not in cleaned or "max_new_tokens" not in cleaned:
            return cleaned
        temperature, limit = cleaned.pop("temperature"), cleaned.pop("max_new_tokens")
        try:
            cleaned["decoding"] = Decoding(max_new_tokens=limit, temperature=temperature)
        except DecodingError as error:
            field = "temperature" if str(error).startswith("temperature") else "max_new_tokens"
            self.add_error(field, f"This{str(error).removeprefix(field)}")
        else:
            if temperature == 0 and cleaned.get("repeats", 1) > 1:
                self.add_error(
                    "temperature", "At 0 the judge would only repeat itself. Try 0.7, or ask it once."
                )
        return cleaned


class SettlementForm(forms.Form):
    """What a reply is taken for: one of the scale's points, or nothing that counts.

    After cleaning, `outcome` and `point` are as settle_reply takes them.
    """

    choice = forms.ChoiceField(
        label="The reply means",
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose what the reply means."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="Kept with the reply, together with your name.",
        error_messages={"required": "Please say why: a reader of the study will ask."},
    )
    n_known = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reply: JudgeReply, **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self._points = {f"point-{point.pk}": point for point in reply.criterion.points.order_by("position")}
        self.fields["choice"].choices = [  # type: ignore[attr-defined]  # a choice's own
            *((value, _point_words(point)) for value, point in self._points.items()),
            (JudgeOutcome.REFUSED, "It refuses to score"),
            (JudgeOutcome.NOT_APPLICABLE, "It says that the criterion does not apply"),
            (JudgeOutcome.UNREADABLE, "Nobody can tell"),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if choice := cleaned.pop("choice", ""):
            cleaned["point"] = self._points.get(choice)
            cleaned["outcome"] = JudgeOutcome.SCORE if cleaned["point"] else JudgeOutcome(choice)
        return cleaned


def _point_words(point: ScalePoint) -> str:
    return f"Score: {point.label or point.key}"
