"""Statistics as journals print them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.template import Library

from annotation.queries.score import ConditionScores, CriterionColumn
from annotation.statistics.description import Description

register = Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def coefficient(value: float | None) -> str:
    """Return a number between -1 and 1 without its leading zero: .123; the empty text for None."""
    if value is None:
        return ""
    digits = f"{abs(value):.3f}"
    return (MINUS if value < 0 and float(digits) else "") + digits.removeprefix("0")


@register.filter
def points(value: float | None) -> str:
    """Return a number in points of a scale, with two decimals and a proper minus sign; empty for None."""
    return "" if value is None else _signed(f"{value:.2f}")


@register.filter
def plain(value: float | Decimal | None) -> str:
    """Return a point of a scale, or what lies between two, as 0.5, 0.25 or 7; empty for None."""
    return "" if value is None else _signed(f"{value:.2f}".rstrip("0").removesuffix("."))


@register.filter
def difference(value: float | None) -> str:
    """Return a difference in points with its sign: +0.42, −1.10, 0.00; empty for None."""
    if value is None:
        return ""
    digits = f"{value:.2f}"
    return _signed(digits) if float(digits) <= 0 else f"+{digits}"


@register.filter
def p_value(value: float | None) -> str:
    """Return a p with three decimals, as .012 or < .001; empty for None."""
    if value is None:
        return ""
    return "< .001" if value < 0.0005 else f"{value:.3f}".removeprefix("0")


@register.filter
def share(value: float | None) -> str:
    """Return a share as a whole percentage; empty for None."""
    return "" if value is None else f"{_signed(f'{100 * value:.0f}')} %"


_FORMS = {"points": points, "difference": difference, "coefficient": coefficient, "share": share}


@register.filter
def as_form(value: float | None, form: str) -> str:
    """Return a number by a filter's name; empty for None."""
    return _FORMS[form](value)


@register.filter
def between(estimate: Mapping[str, Any] | None, form: str = "points") -> str:
    """Return an estimate's interval, "1.20 to 3.40"; empty where there is none. `form` is a filter's name."""
    if not estimate or estimate["low"] is None:
        return ""
    shown = _FORMS[form]
    return f"{shown(estimate['low'])} to {shown(estimate['high'])}"


@register.simple_tag
def interval_of(
    intervals: Mapping[int, Mapping[str, list[float] | None]] | str,
    condition: ConditionScores,
    criterion: CriterionColumn,
) -> str:
    """Return the interval of a condition's mean or rate, "1.20 to 3.40"; empty where there is none."""
    known = intervals.get(condition.condition, {}).get(criterion.key) if isinstance(intervals, dict) else None
    if not known:
        return ""
    return between({"low": known[0], "high": known[1]}, "share" if criterion.is_rate else "points")


@register.simple_tag
def rate_of(description: Description, criterion: CriterionColumn) -> str:
    """Return a rate as a count, "3 of 28"."""
    positive = description.counts.get(criterion.highest, 0) if criterion.highest is not None else 0
    return f"{positive} of {description.n}"


def _signed(digits: str) -> str:
    return digits.removeprefix("-") if float(digits) == 0 else digits.replace("-", MINUS)


SHARES = ("exact", "adjacent")
EXPLAINED = {
    "exact": "Of two ratings of an item, how often they are equal; chance is not taken off.",
    "adjacent": "Of two ratings of an item, how often they are at most one step of the scale apart.",
    "mean_absolute_difference": "How far two ratings of an item lie apart, in points of the scale.",
}


def _is_share(measured: Mapping[str, Any]) -> bool:
    return measured["key"] in SHARES or measured["key"].startswith("specific_")


@register.filter
def measure(measured: Mapping[str, Any]) -> str:
    """Return the value of a coefficient of agreement in the form that its kind has."""
    if _is_share(measured):
        return share(measured["value"])
    return (points if measured["key"] == "mean_absolute_difference" else coefficient)(measured["value"])


@register.filter
def measure_between(measured: Mapping[str, Any], over: str) -> str:
    """Return the interval of a coefficient of agreement over posts or items; empty where there is none."""
    suffix = "_items" if over == "items" else ""
    form = "share" if _is_share(measured) else "coefficient"
    if measured["key"] == "mean_absolute_difference":
        form = "points"
    return between({"low": measured[f"low{suffix}"], "high": measured[f"high{suffix}"]}, form)


@register.filter
def measure_explained(measured: Mapping[str, Any]) -> str:
    """Say what a measure is that no sentence judges; empty where the reason says all."""
    if measured["key"].startswith("specific_"):
        return "Of two ratings of an item, if one gives this point, how often the other does too."
    return EXPLAINED.get(measured["key"], "")


@register.filter
def at(row: Sequence[Any], place: int) -> Any:  # noqa: ANN401  # whatever stands there
    """Return what stands at a place of a row, from 0."""
    return row[place]
