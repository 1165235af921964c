"""Which conditions of a study are compared, and on which criterion first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, cast

from django import forms
from django.http import QueryDict

from annotation.enums import ConditionSource
from annotation.forms.condition import EXPLANATIONS, source_words
from annotation.models import Condition, Criterion, Study

# Pairs that can be added at a time; more when these are saved.
ROWS = 3


@dataclass(frozen=True)
class ContrastLine:
    """One pair as a tick box."""

    value: str
    a: Condition
    b: Condition
    is_ticked: bool


class ContrastForm(forms.Form):
    """After cleaning, `pairs` holds the ticked pairs in the order of the lines, then the added ones."""

    contrasts = forms.MultipleChoiceField(
        label="Contrasts", required=False, widget=forms.CheckboxSelectMultiple
    )
    primary_criterion = forms.ModelChoiceField(
        label="Primary criterion",
        queryset=Criterion.objects.none(),
        required=False,
        empty_label="None is named",
        help_text="The one that the study is decided on. Every criterion is tested; a reader wants to know "
        "which one was meant to count, before the numbers were there.",
    )
    # The number of the plan that the page shows; the page itself holds it.
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        study: Study,
        planned: Sequence[tuple[Condition, Condition]],
        proposed: Sequence[tuple[Condition, Condition]],
        primary_criterion: Criterion | None,
    ) -> None:
        ticked = [_value(a, b) for a, b in planned]
        super().__init__(data, initial={"contrasts": ticked, "primary_criterion": primary_criterion})
        self.conditions = list(study.conditions.select_related("model_spec").order_by("position"))
        self._pairs = {_value(a, b): (a, b) for a, b in permutations(self.conditions, 2)}
        known = {frozenset({a.pk, b.pk}) for a, b in planned}
        others = [_value(a, b) for a, b in proposed if frozenset({a.pk, b.pk}) not in known]
        self._shown = [*ticked, *others]
        of_contrasts = cast(forms.MultipleChoiceField, self.fields["contrasts"])
        of_contrasts.choices = [(value, value) for value in self._pairs]
        of_criterion = cast(forms.ModelChoiceField, self.fields["primary_criterion"])
        of_criterion.queryset = Criterion.objects.filter(study=study).order_by("position")
        for number in range(1, ROWS + 1):
            self.fields[f"a_{number}"] = self._condition_field("Compare")
            self.fields[f"b_{number}"] = self._condition_field("Against")

    def _condition_field(self, label: str) -> forms.ChoiceField:
        choices = [(str(condition.pk), _in_words(condition)) for condition in self.conditions]
        return forms.ChoiceField(label=label, required=False, choices=[("", "Choose a condition"), *choices])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        by_key = {str(condition.pk): condition for condition in self.conditions}
        ticked = set(cleaned.get("contrasts", ()))
        pairs = [self._pairs[value] for value in self._in_order(ticked)]
        for number in range(1, ROWS + 1):
            a, b = (by_key.get(cleaned.get(f"{side}_{number}", "")) for side in "ab")
            if a and b:
                pairs.append((a, b))
            elif a or b:
                self.add_error(f"b_{number}" if a else f"a_{number}", "Please choose the other condition.")
        return {**cleaned, "pairs": pairs}

    def lines(self) -> list[ContrastLine]:
        """Return the pairs of the plan, those of the rule, and those that were ticked, each once."""
        ticked = {str(value) for value in self["contrasts"].value() or ()}
        values = dict.fromkeys([*self._shown, *self._in_order(ticked)])
        return [ContrastLine(value, *self._pairs[value], is_ticked=value in ticked) for value in values]

    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Yield the two fields of each pair to add."""
        for number in range(1, ROWS + 1):
            yield self[f"a_{number}"], self[f"b_{number}"]

    def _in_order(self, ticked: set[str]) -> list[str]:
        return [value for value in dict.fromkeys([*self._shown, *self._pairs]) if value in ticked]


def _value(a: Condition, b: Condition) -> str:
    return f"{a.pk}-{b.pk}"


def _in_words(condition: Condition) -> str:
    if condition.source == ConditionSource.HUMAN:
        return f"{condition.method}: {source_words(condition.method)[0]}"
    title = EXPLANATIONS.get(condition.strategy_key, ("",))[0]
    return f"{condition}: {title}" if title else str(condition)
