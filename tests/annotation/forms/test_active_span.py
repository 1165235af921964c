import json
from datetime import timedelta

import pytest

from annotation.domain.active_span import SpanReport
from annotation.forms.active_span import MOST_SPANS, read_spans


def test_spans_are_read() -> None:
    raw = '[{"number": 1, "seconds": 12.5, "ago": 3}, {"number": 7, "seconds": 0, "ago": 0}]'

    assert read_spans(raw) == [
        SpanReport(1, timedelta(seconds=12.5), timedelta(seconds=3)),
        SpanReport(7, timedelta(0), timedelta(0)),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "x",
        "{}",
        "[1, null, []]",
        "[" * 100_000,
        '[{"number": 1}]',
        '[{"number": 0, "seconds": 1, "ago": 0}]',
        '[{"number": true, "seconds": 1, "ago": 0}]',
        '[{"number": 1.0, "seconds": 1, "ago": 0}]',
        '[{"number": 9999999999, "seconds": 1, "ago": 0}]',
        '[{"number": 1, "seconds": "1", "ago": 0}]',
        '[{"number": 1, "seconds": true, "ago": 0}]',
        '[{"number": 1, "seconds": -1, "ago": 0}]',
        '[{"number": 1, "seconds": NaN, "ago": 0}]',
        '[{"number": 1, "seconds": 1, "ago": Infinity}]',
        '[{"number": 1, "seconds": 86401, "ago": 0}]',
    ],
)
def test_what_is_no_span_is_left_out(raw: str | None) -> None:
    assert read_spans(raw) == []


def test_more_spans_than_a_reader_has_are_cut_off() -> None:
    raw = json.dumps([{"number": number, "seconds": 1, "ago": 0} for number in range(1, MOST_SPANS + 100)])

    assert len(read_spans(raw)) == MOST_SPANS
