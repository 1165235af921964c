"""The design of a study: dimensions, conditions, raters per item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms

from annotation.domain.study import MOST_RATERS_PER_ITEM
from annotation.enums import RatedUnder
from annotation.models import Study
from generation.models import Dimension, ModelSpec
from generation.strategies import STRATEGIES

# What each strategy does, for readers who do not know its key.
EXPLANATIONS = {
    "INDV vanilla": (
        "Asked and no more",
        "The model is asked for a reappraisal and told nothing else. One text per post: the plain baseline.",
    ),
    "INDV +cons": (
        "With guidance",
        "The model is given the guidance for one dimension. One text per post and dimension.",
    ),
    "INDV +appr": (
        "Appraisal first",
        "The model first says how the person appraises the situation on one dimension, and writes from "
        "there. One text per post and dimension.",
    ),
    "INDV +appr +cons": (
        "Appraisal first, with guidance",
        "The model first says how the person appraises the situation, then writes with the guidance for that "
        "dimension. One text per post and dimension.",
    ),
    "ITER self-refine": (
        "Revised without guidance",
        "The model writes a text and is asked again and again to help better, once per further dimension but "
        "without naming it. One text per post: the baseline for revised texts.",
    ),
    "ITER +cons": (
        "Revised with guidance",
        "The model writes with the guidance for the first dimension and revises its text with that for each "
        "further one. One text per post.",
    ),
    "ITER +appr": (
        "Revised by appraisal",
        "For each dimension in turn, the model says how the person appraises the situation and revises its "
        "text in that light. One text per post.",
    ),
    "ITER +appr +cons": (
        "Revised by appraisal and guidance",
        "For each dimension in turn, the model revises its text by the person's appraisal and then with the "
        "guidance. One text per post.",
    ),
}


@dataclass(frozen=True)
class GridCell:
    """One condition as a tick box."""

    value: str
    model: str
    is_ticked: bool


@dataclass(frozen=True)
class GridRow:
    """One strategy with a cell for each model."""

    strategy_key: str
    title: str
    explanation: str
    cells: tuple[GridCell, ...]


class DesignForm(forms.Form):
    """After cleaning, `conditions` holds (model, strategy key) pairs, by strategy and then by model."""

    dimensions = forms.ModelMultipleChoiceField(
        label="Dimensions",
        queryset=Dimension.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Please choose at least one dimension."},
    )
    conditions = forms.MultipleChoiceField(
        label="Conditions",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Please choose at least one condition."},
    )
    raters_per_item = forms.IntegerField(
        label="Raters per item",
        min_value=1,
        max_value=MOST_RATERS_PER_ITEM,
        help_text="How many raters rate each item. Agreement can be measured from two on.",
    )
    rated_under = forms.ChoiceField(
        label="Texts not written for one dimension are rated under",
        choices=RatedUnder.choices,
        widget=forms.RadioSelect,
        help_text="A text written for one dimension is always rated under that one.",
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.models = list(ModelSpec.objects.order_by("name"))
        self.offered = study.constitution_set.dimensions.order_by("number")
        cast(forms.ModelMultipleChoiceField, self.fields["dimensions"]).queryset = self.offered
        cast(forms.MultipleChoiceField, self.fields["conditions"]).choices = [
            (_value(model, key), f"{key} with {model}") for key in STRATEGIES for model in self.models
        ]

    @classmethod
    def of(cls, study: Study) -> "DesignForm":
        """Return the form filled with the study's design as it is stored."""
        conditions = study.conditions.select_related("model_spec")
        return cls(
            study=study,
            initial={
                "dimensions": list(study.dimensions.values_list("pk", flat=True)),
                "conditions": [
                    _value(condition.model_spec, condition.strategy_key)
                    for condition in conditions
                    if condition.model_spec is not None
                ],
                "raters_per_item": study.raters_per_item,
                "rated_under": study.rated_under,
            },
        )

    def clean_conditions(self) -> list[tuple[ModelSpec, str]]:
        ticked = set(self.cleaned_data["conditions"])
        return [(model, key) for key in STRATEGIES for model in self.models if _value(model, key) in ticked]

    def grid(self) -> list[GridRow]:
        ticked = set(self["conditions"].value() or ())
        return [
            GridRow(
                strategy_key=key,
                title=EXPLANATIONS[key][0],
                explanation=EXPLANATIONS[key][1],
                cells=tuple(
                    GridCell(_value(model, key), model.name, _value(model, key) in ticked)
                    for model in self.models
                ),
            )
            for key in STRATEGIES
        ]

    def lines(self) -> Sequence[tuple[Dimension, bool]]:
        """Return the dimensions to choose from, with whether each is ticked."""
        ticked = {str(value) for value in self["dimensions"].value() or ()}
        return [(dimension, str(dimension.pk) in ticked) for dimension in self.offered]


def _value(model: ModelSpec, strategy_key: str) -> str:
    return f"{model.pk}:{strategy_key}"
