"""Conditions in words, for readers who do not know their keys."""

from django.template import Library

from annotation.enums import ConditionSource
from annotation.forms.condition import EXPLANATIONS, source_words
from annotation.models import Condition
from annotation.queries.score import ConditionScores

register = Library()


def _words(condition: ConditionScores | Condition) -> tuple[str, str]:
    if condition.source == ConditionSource.HUMAN:
        return source_words(condition.method)
    strategy_key = f"{condition.pipeline} {condition.method}"
    return EXPLANATIONS.get(strategy_key, (strategy_key, ""))


@register.filter
def condition_title(condition: ConditionScores | Condition) -> str:
    return _words(condition)[0]


@register.filter
def condition_explanation(condition: ConditionScores | Condition) -> str:
    return _words(condition)[1]


@register.filter
def strategy_title(strategy_key: str) -> str:
    return EXPLANATIONS.get(strategy_key, (strategy_key, ""))[0]
