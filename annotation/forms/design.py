"""The design of a study: dimensions, conditions, raters per item, and how its texts are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict

from annotation.domain.generation import decoding_of
from annotation.domain.study import MOST_RATERS_PER_ITEM
from annotation.enums import ConditionSource, RatedUnder
from annotation.forms.condition import EXPLANATIONS, source_words
from annotation.forms.decoding import DecodingForm
from annotation.models import Study
from annotation.queries.human_text import HumanSource, human_sources, human_texts
from generation.models import ConstitutionSet, Dimension, ModelSpec, PromptSet
from generation.queries.model_spec import models_to_run
from generation.strategies import STRATEGIES

LARGEST_SEED = 2**31 - 1


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


@dataclass(frozen=True)
class SourceLine:
    """One human source as a tick box."""

    source: HumanSource
    title: str
    explanation: str
    is_ticked: bool


class DesignForm(DecodingForm):
    """After cleaning, `conditions` holds (model, strategy key) pairs, by strategy and then by model.

    What a request leaves out altogether stays as the study has it; what it leaves empty does not.
    """

    constitution_set = forms.ModelChoiceField(
        label="Constitution set",
        queryset=ConstitutionSet.objects.order_by("name", "-version"),
        empty_label=None,
        help_text="The dimensions of appraisal, with the guidance for models and the standards for raters. "
        "Another set has other dimensions: save, and you are asked which of them to use.",
    )
    dimensions = forms.ModelMultipleChoiceField(
        label="Dimensions",
        queryset=Dimension.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Please choose at least one dimension.",
            "invalid_choice": "The dimensions below are those of the constitution set that you chose. Ticks "
            "stay where both sets have a dimension, others are gone: please go through them and save again.",
        },
    )
    conditions = forms.MultipleChoiceField(
        label="Conditions", required=False, widget=forms.CheckboxSelectMultiple
    )
    human_sources = forms.MultipleChoiceField(
        label="Texts by people", required=False, widget=forms.CheckboxSelectMultiple
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
    prompt_set = forms.ModelChoiceField(
        label="Prompt set",
        queryset=PromptSet.objects.order_by("name", "-version"),
        empty_label=None,
        help_text="The wording of all questions to the models.",
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=LARGEST_SEED,
        help_text="Where every random choice starts: the models' words, the dimensions that are drawn, who "
        "rates what and in which order. Kept with the study, so that the choices can be retraced.",
    )

    # As on the page, decoding last: the summary of errors follows it.
    field_order = (
        "constitution_set",
        "dimensions",
        "conditions",
        "human_sources",
        "raters_per_item",
        "rated_under",
        "prompt_set",
    )

    def __init__(self, data: QueryDict | None = None, *, study: Study) -> None:
        stored = _stored(study)
        if data is not None:
            data = data.copy()
            for name in (*DecodingForm.base_fields, "constitution_set", "prompt_set", "seed"):
                data.setdefault(name, "" if stored[name] is None else str(stored[name]))
        super().__init__(data, initial=stored)
        self.models = list(models_to_run(beside=study.conditions.values("model_spec")))
        self.offered = Dimension.objects.filter(constitution_set=self._chosen_set(study)).order_by("number")
        self.human_texts = human_texts(study)
        self.sources = human_sources(self.human_texts)
        cast(forms.ModelMultipleChoiceField, self.fields["dimensions"]).queryset = self.offered
        self._offer("conditions", [_value(model, key) for key in STRATEGIES for model in self.models])
        self._offer("human_sources", [source.name for source in self.sources])

    def _chosen_set(self, study: Study) -> int:
        chosen = str(self["constitution_set"].value())
        return int(chosen) if _is_pk(chosen) else study.constitution_set_id

    def _offer(self, name: str, values: Sequence[str]) -> None:
        field = cast(forms.MultipleChoiceField, self.fields[name])
        field.choices = [(value, value) for value in values]

    def clean_conditions(self) -> list[tuple[ModelSpec, str]]:
        ticked = set(self.cleaned_data["conditions"])
        return [(model, key) for key in STRATEGIES for model in self.models if _value(model, key) in ticked]

    def clean_human_sources(self) -> list[str]:
        ticked = set(self.cleaned_data["human_sources"])
        return [source.name for source in self.sources if source.name in ticked]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("conditions") == [] and cleaned.get("human_sources") == []:
            self.add_error("conditions", "Please choose at least one condition.")
        return cleaned

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

    def source_lines(self) -> list[SourceLine]:
        ticked = set(self["human_sources"].value() or ())
        return [
            SourceLine(source, *source_words(source.name), is_ticked=source.name in ticked)
            for source in self.sources
        ]

    def lines(self) -> Sequence[tuple[Dimension, bool]]:
        """Return the dimensions to choose from, with whether each, or its like of another set, is ticked."""
        values = {str(value) for value in self["dimensions"].value() or ()}
        ticked = set(Dimension.objects.filter(pk__in=filter(_is_pk, values)).values_list("key", flat=True))
        return [(dimension, dimension.key in ticked) for dimension in self.offered]


def _stored(study: Study) -> dict[str, Any]:
    """Return the study's design as the form's fields hold it."""
    conditions = list(study.conditions.select_related("model_spec"))
    return {
        **(study.run.decoding if study.run else decoding_of(study).to_dict()),
        "constitution_set": study.constitution_set_id,
        "prompt_set": study.prompt_set_id,
        "seed": study.seed,
        "dimensions": list(study.dimensions.values_list("pk", flat=True)),
        "conditions": [
            _value(condition.model_spec, condition.strategy_key)
            for condition in conditions
            if condition.model_spec is not None
        ],
        "human_sources": [
            condition.method for condition in conditions if condition.source == ConditionSource.HUMAN
        ],
        "raters_per_item": study.raters_per_item,
        "rated_under": study.rated_under,
    }


def _is_pk(value: str) -> bool:
    """Say whether a database could have such a number: a request may hold anything."""
    return value.isascii() and value.isdigit() and len(value) < 19


def _value(model: ModelSpec, strategy_key: str) -> str:
    return f"{model.pk}:{strategy_key}"
