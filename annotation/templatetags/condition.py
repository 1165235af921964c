"""Conditions in words, for readers who do not know their keys."""

from django.template import Library

from annotation.enums import ConditionSource
from annotation.forms.design import EXPLANATIONS
from annotation.queries.score import ConditionScores

register = Library()

HUMAN_SOURCES = {
    "oracle_response": ("Written by an expert", "A person wrote this response for one dimension."),
    "top_reddit_comment": ("Most-voted reply", "The reply that readers of the post voted for most."),
}


def _words(condition: ConditionScores) -> tuple[str, str]:
    if condition.source == ConditionSource.HUMAN:
        return HUMAN_SOURCES.get(condition.method, (condition.method, "Written by people."))
    strategy_key = f"{condition.pipeline} {condition.method}"
    return EXPLANATIONS.get(strategy_key, (strategy_key, ""))


@register.filter
def condition_title(condition: ConditionScores) -> str:
    return _words(condition)[0]


@register.filter
def condition_explanation(condition: ConditionScores) -> str:
    return _words(condition)[1]
