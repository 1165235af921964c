"""A study's design as options of a command, checked by the form of the design page."""

from argparse import SUPPRESS
from typing import Any

from django.core.management.base import CommandParser
from django.http import QueryDict

from annotation.domain.errors import StudyError
from annotation.domain.study import change_design
from annotation.forms.design import DesignForm
from annotation.models import Study
from generation.models import Dimension
from generation.queries.model_spec import models_to_run
from generation.strategies import STRATEGIES

# What the form's fields are called here; their figures are checked there.
FIGURES = {
    "max_new_tokens": "tokens that an answer has at most",
    "temperature": "how freely the model chooses its words, from 0 to 2",
    "top_p": "share of the likeliest words to choose among; '' for all",
    "repetition_penalty": "above 1, words used already become less likely; '' for none",
    "end_at_sentence_after": "a text ends with its first full sentence after so many tokens; '' for none",
    "seed": "where every random choice starts",
}


def add_design_options(parser: CommandParser) -> None:
    group = parser.add_argument_group(
        "design", "Each of these changes the study's design before the start; what is not named stays."
    )
    group.add_argument(
        "--strategy",
        action="append",
        default=[],
        metavar="KEY",
        help=f"one of {', '.join(STRATEGIES)}; may recur",
    )
    group.add_argument(
        "--model", action="append", default=[], metavar="NAME", help="writes by every strategy; may recur"
    )
    group.add_argument(
        "--dimension", action="append", default=[], metavar="KEY", help="of the constitution set; may recur"
    )
    for name, meaning in FIGURES.items():
        group.add_argument(f"--{name.replace('_', '-')}", default=SUPPRESS, metavar="VALUE", help=meaning)


def apply_design_options(study: Study, options: dict[str, Any]) -> bool:
    """Change the study's design by the options; say whether there were any. Raises StudyError."""
    figures = {name: options[name] for name in FIGURES if name in options}
    keys, names, dimensions = options["strategy"], options["model"], options["dimension"]
    if not (figures or keys or names or dimensions):
        return False
    if study.run is not None:
        raise StudyError("The generation has been started, so the design can no longer be changed.")
    sent = _design_of(study)
    for name, value in figures.items():
        sent[name] = value
    if keys or names:
        sent.setlist("conditions", _conditions(study, keys, names))
    if dimensions:
        sent.setlist("dimensions", _dimensions(study, dimensions))
    form = DesignForm(sent, study=study)
    if not form.is_valid():
        raise StudyError(" ".join(_complaints(form)))
    change_design(study, **form.cleaned_data, by=None)
    return True


def _design_of(study: Study) -> QueryDict:
    """Return the design as its page would send it."""
    sent = QueryDict(mutable=True)
    for name, value in DesignForm(study=study).initial.items():
        sent.setlist(name, [str(one) for one in value] if isinstance(value, list) else [_sent(value)])
    return sent


def _sent(value: object) -> str:
    return "" if value is None else str(value)


def _conditions(study: Study, keys: list[str], names: list[str]) -> list[str]:
    """Pair every strategy with every model; of what is not named, the study's own stays."""
    if unknown := [key for key in keys if key not in STRATEGIES]:
        raise StudyError(f"There is no strategy {unknown[0]!r}; there are {', '.join(STRATEGIES)}.")
    stored = [condition for condition in study.conditions.all() if condition.model_spec_id is not None]
    keys = keys or sorted({condition.strategy_key for condition in stored})
    models = dict(models_to_run().values_list("name", "pk"))
    if unknown := [name for name in names if name not in models]:
        raise StudyError(
            f"There is no model {unknown[0]!r}; there are {', '.join(sorted(models)) or 'none'}."
        )
    chosen = [models[name] for name in names] or sorted(
        {one.model_spec_id for one in stored if one.model_spec_id}
    )
    if not keys or not chosen:
        raise StudyError("Name at least one strategy and one model.")
    return [f"{model}:{key}" for key in keys for model in chosen]


def _dimensions(study: Study, keys: list[str]) -> list[str]:
    offered = dict(
        Dimension.objects.filter(constitution_set=study.constitution_set)
        .order_by("number")
        .values_list("key", "pk")
    )
    if unknown := [key for key in keys if key not in offered]:
        raise StudyError(f"There is no dimension {unknown[0]!r}; there are {', '.join(offered)}.")
    return [str(offered[key]) for key in keys]


def _complaints(form: DesignForm) -> list[str]:
    return [
        f"{form.fields[name].label if name in form.fields else 'Design'}: {' '.join(map(str, errors))}"
        for name, errors in form.errors.items()
    ]
