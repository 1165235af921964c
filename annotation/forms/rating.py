"""The desk's forms: text from a page to typed scores."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from annotation.domain.errors import StudyError
from annotation.domain.rating import ScoreEntry, check_rationale
from annotation.enums import RationaleRule, SkipKind
from annotation.forms.draft import plain_text
from annotation.models import Criterion, Draft
from annotation.queries.rating import SavedRating

CONCERN = "Concern about the poster"
LONGEST_LABEL_ON_POINT = 24


@dataclass(frozen=True)
class Choice:
    """A scale point on the page."""

    key: str
    label: str
    is_chosen: bool
    needs_rationale: bool

    @property
    def is_long(self) -> bool:
        """Say whether the label is cut on its button and shown whole below the scale."""
        return len(self.label) > LONGEST_LABEL_ON_POINT


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
    def rationale_rule(self) -> str:
        """Return in plain words when a rationale is required, and how long it must be; empty for never."""
        least = self.criterion.rationale_min_length
        length = f", at least {least} character{'s' if least > 1 else ''}" if least else ""
        if self.is_rationale_always_required:
            return f"required{length}"
        if self.demanding:
            return f"required for {' or '.join(self.demanding)}{length}"
        return ""

    @property
    def has_long_labels(self) -> bool:
        return any(choice.is_long for choice in self.choices)

    @property
    def is_rationale_open(self) -> bool:
        chosen = self.chosen
        is_needed = bool(chosen and chosen.needs_rationale and self.demanding)
        return bool(is_needed or self.rationale.value() or self.rationale.errors)


class TypedText(forms.CharField):
    """What a person typed."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401  # as Django has it
        return super().to_python(plain_text(value or "")) or ""


class PointField(forms.CharField):
    """The key of a point of a criterion's scale. The page draws the scale itself: see `Question.choices`."""

    def __init__(self, criterion: Criterion) -> None:
        missing = f"Please choose a score for {criterion}."
        super().__init__(label=criterion.label, error_messages={"required": missing})
        self.keys = {point.key for point in criterion.points.all()}

    def validate(self, value: str) -> None:
        super().validate(value)
        if value not in self.keys:
            raise ValidationError(self.error_messages["required"], code="invalid_choice")


class RatingForm(forms.Form):
    """Scores and rationales for one item, with what makes a resent or an outdated form harmless.

    `base` is the number of the version that the form shows, `known` the key of the draft.
    """

    submission = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    known = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    reason = TypedText(
        required=False,
        max_length=500,
        label="Why do you change it?",
        widget=forms.TextInput(attrs={"maxlength": 500}),
    )

    def __init__(self, criteria: Sequence[Criterion], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"score_{criterion.key}"] = PointField(criterion)
            self.fields[f"rationale_{criterion.key}"] = TypedText(
                required=False, label=criterion.rationale_question
            )

    @classmethod
    def opened(
        cls, criteria: Sequence[Criterion], saved: SavedRating | None, draft: Draft | None = None
    ) -> "RatingForm":
        """Return the form as a rater opens it: with her draft, else the rating that counts, else empty."""
        initial: dict[str, Any] = {"submission": uuid4(), "base": saved.number if saved else 0}
        for score in saved.scores if saved else ():
            initial[f"score_{score.criterion_key}"] = score.point_key
            initial[f"rationale_{score.criterion_key}"] = score.rationale
        if draft:
            initial |= {**draft.content, "base": draft.base, "known": draft.key}
        return cls(criteria, initial=initial)

    @classmethod
    def kept(
        cls,
        criteria: Sequence[Criterion],
        sent: Mapping[str, str],
        *,
        base: int,
        known: str = "",
        submission: UUID | None = None,
    ) -> "RatingForm":
        """Return what was typed so far, unjudged, on top of a version and a draft; by default a new form."""
        typed = {name: sent[name] for name in sent}
        now = {"submission": submission or uuid4(), "base": base, "known": known}
        return cls(criteria, initial=typed | now)

    @property
    def is_blank(self) -> bool:
        """Say whether nothing has been entered."""
        return not self.is_bound and not any(
            name.startswith(("score_", "rationale_")) for name in self.initial
        )

    def questions(self) -> Iterator[Question]:
        for criterion in self.criteria:
            yield Question(criterion, self[f"score_{criterion.key}"], self[f"rationale_{criterion.key}"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for criterion in self.criteria:
            points = {point.key: point for point in criterion.points.all()}
            name = f"rationale_{criterion.key}"
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

    @cached_property
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
