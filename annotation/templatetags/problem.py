"""What the validation found, in words."""

from collections.abc import Iterable

from django.template import Library

from generation.validation import Problem

register = Library()


@register.filter
def problem_sentences(keys: Iterable[str]) -> str:
    return " ".join(Problem(key).sentence for key in keys)
