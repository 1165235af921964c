"""Active time as a browser reports it: text to spans."""

import json
from datetime import timedelta
from typing import Any

from django import forms

from annotation.domain.active_span import SpanReport

# A window has as many spans as it had pauses of a minute; one with more is not a person reading.
MOST_SPANS = 500
MOST_CHARACTERS = 50_000
LONGEST_S = 24 * 60 * 60
LARGEST_NUMBER = 2**31 - 1


def read_spans(raw: str | None) -> list[SpanReport]:
    """Return the spans of a report, without what is no span. Never raises: time must not cost a rating."""
    if not raw or len(raw) > MOST_CHARACTERS:
        return []
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    if not isinstance(sent, list):
        return []
    return [report for entry in sent[:MOST_SPANS] if (report := _read_span(entry)) is not None]


def _read_span(entry: Any) -> SpanReport | None:  # noqa: ANN401  # as JSON gives it
    if not isinstance(entry, dict):
        return None
    number, length, since_end = (
        entry.get("number"),
        _seconds(entry.get("seconds")),
        _seconds(entry.get("ago")),
    )
    if type(number) is not int or not 1 <= number <= LARGEST_NUMBER or length is None or since_end is None:
        return None
    return SpanReport(number=number, length=length, since_end=since_end)


def _seconds(value: Any) -> timedelta | None:  # noqa: ANN401  # as JSON gives it
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return timedelta(seconds=value) if is_number and 0 <= value <= LONGEST_S else None


class ActivityForm(forms.Form):
    """What a window says of its active time as it is left."""

    submission = forms.UUIDField()
    spans = forms.CharField(required=False)

    def reports(self) -> list[SpanReport]:
        return read_spans(self.cleaned_data["spans"])
