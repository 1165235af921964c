"""The desk's forms: text from a page to typed scores."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms

from annotation.domain.errors import StudyError
from annotation.domain.rating import ScoreEntry, check_rationale
from annotation.enums import RationaleRule, SkipKind
from annotation.models import Criterion
from annotation.queries.rating import SavedRating

CONCERN = "Concern about the poster"


@dataclass(frozen=True)
class Choice:
    """A scale point on the page."""

    key: str
    label: str
    is_chosen: bool
    needs_rationale: bool


@dataclass(frozen=True)
class Question:
    """A criterion on the page, with its two fields."""

    criterion: Criterion
    score: forms.BoundField
    rationale: forms.BoundField

    @property
    def choices(self) -> list[Choice]:
        return [
            Choice(point.key, point.label, self.score.value() == point.key, point.needs_rationale)
            for point in self.criterion.points.all()
        ]

    @property
    def chosen(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.is_chosen), None)

    @property
    def top(self) -> str:
        """Return the last point's key where points have no labels, as in "8 of 10"."""
        last = self.choices[-1]
        return "" if last.label else last.key

    @property
    def is_rationale_always_required(self) -> bool:
        return self.criterion.rationale_rule == RationaleRule.ALWAYS

    @property
    def demanding(self) -> list[str]:
        """Return the words of the points that need a rationale, where only some do."""
        if self.criterion.rationale_rule != RationaleRule.WHEN_POINTS:
            return []
        return [choice.label or choice.key for choice in self.choices if choice.needs_rationale]

    @property
    def is_rationale_open(self) -> bool:
        chosen = self.chosen
        is_needed = bool(chosen and chosen.needs_rationale and self.demanding)
        return bool(is_needed or self.rationale.value() or self.rationale.errors)


class RatingForm(forms.Form):
    """Scores and rationales for one item, with what makes a resent or an outdated form harmless."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        required=False,
        max_length=500,
        label="Why do you change it?",
        widget=forms.TextInput(attrs={"maxlength": 500}),
    )

    def __init__(self, criteria: Sequence[Criterion], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            missing = f"Please choose a score for {criterion}."
            self.fields[f"score_{criterion.key}"] = forms.ChoiceField(
                choices=[(point.key, str(point)) for point in criterion.points.all()],
                label=criterion.label,
                error_messages={"required": missing, "invalid_choice": missing},
            )
            self.fields[f"rationale_{criterion.key}"] = forms.CharField(
                required=False, label=criterion.rationale_question
            )

    @classmethod
    def opened(cls, criteria: Sequence[Criterion], saved: SavedRating | None) -> "RatingForm":
        """Return the form as a rater opens it: empty, or with the rating that counts."""
        initial: dict[str, Any] = {"submission": uuid4(), "base": saved.number if saved else 0}
        for score in saved.scores if saved else ():
            initial[f"score_{score.criterion_key}"] = score.point_key
            initial[f"rationale_{score.criterion_key}"] = score.rationale
        return cls(criteria, initial=initial)

    @classmethod
    def kept(
        cls, criteria: Sequence[Criterion], sent: Mapping[str, str], saved: SavedRating | None
    ) -> "RatingForm":
        """Return what was typed so far, unjudged, as a change of the rating that counts now."""
        typed = {name: sent[name] for name in sent}
        return cls(criteria, initial={**typed, "submission": uuid4(), "base": saved.number if saved else 0})

    def questions(self) -> Iterator[Question]:
        for criterion in self.criteria:
            yield Question(criterion, self[f"score_{criterion.key}"], self[f"rationale_{criterion.key}"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for criterion in self.criteria:
            points = {point.key: point for point in criterion.points.all()}
            name = f"rationale_{criterion.key}"
            typed[name] = typed.get(name, "").replace("\r\n", "\n")
            chosen = points.get(typed.get(f"score_{criterion.key}", ""))
            if chosen is None or name in self.errors:
                continue
            try:
                check_rationale(criterion, chosen, typed[name])
            except StudyError as error:
                self.add_error(name, str(error))
        return typed

    def entries(self) -> list[ScoreEntry]:
        return [
            ScoreEntry(
                criterion_key=criterion.key,
                point_key=self.cleaned_data[f"score_{criterion.key}"],
                rationale=self.cleaned_data[f"rationale_{criterion.key}"],
            )
            for criterion in self.criteria
        ]

    def first_error_name(self) -> str:
        """Return the name of the field in which the page puts the cursor; empty when all are right."""
        return next((field.html_name for field in self if field.errors and not field.is_hidden), "")


class SkipForm(forms.Form):
    """A skip needs no reason; it may have one of a few."""

    kind = forms.TypedChoiceField(
        choices=SkipKind.choices, coerce=SkipKind, required=False, empty_value=SkipKind.NO_REASON
    )


class FlagForm(forms.Form):
    """A note to the manager about an item, or about the person who wrote the post."""

    flag_note = forms.CharField(required=False, max_length=5000)
    concern_note = forms.CharField(required=False, max_length=5000)
    about = forms.ChoiceField(choices=[("item", "The item"), ("poster", "The poster")])

    def note(self) -> str:
        """Return the note as the manager reads it."""
        if self.cleaned_data["about"] == "item":
            return self.cleaned_data["flag_note"]
        return ": ".join(filter(None, [CONCERN, self.cleaned_data["concern_note"]]))
