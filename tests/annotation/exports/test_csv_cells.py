import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.exports.csv_cells import FORMULA_STARTS, MANY, SHORT, UNWRITABLE, csv_lines, guarded


def unguarded(cell: str) -> str:
    """Take the guard away as the documentation tells researchers to."""
    return cell.removeprefix("'")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cons", "'+cons"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\rhello", "'\rhello"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("'tis", "''tis"),
        ("\x00=1", "�=1"),
        ("\x07bell", "�bell"),
        ("\ud800", "�"),
        ("7 - fine", "7 - fine"),
        ("", ""),
    ],
)
def test_guarded(text: str, cell: str) -> None:
    assert guarded(text) == cell


def test_csv_lines_leave_numbers_numbers_and_times_utc() -> None:
    berlin = timezone(timedelta(hours=2))
    row = [
        "-1",
        -1,
        Decimal("0.500"),
        Decimal("10.000"),
        7.25,
        datetime(2026, 5, 1, 12, 30, 5, 999, berlin),
        None,
    ]

    assert "".join(csv_lines([row])) == "'-1,-1,0.5,10,7.25,2026-05-01T10:30:05Z,\r\n"


def test_csv_lines_quote_after_rfc_4180() -> None:
    assert list(csv_lines([['say "no", twice', "two\nlines", "x"], ["y"]])) == [
        '"say ""no"", twice","two\nlines",x\r\n',
        "y\r\n",
    ]


@given(st.text())
def test_guarded_is_never_a_formula_and_loses_nothing_writable(text: str) -> None:
    cell = guarded(text)

    assert not cell.lstrip().startswith(FORMULA_STARTS)
    assert not cell.startswith(("\t", "\r", "\n"))
    assert unguarded(cell) == UNWRITABLE.sub("�", text)


TEXTS = st.text(alphabet=st.characters(blacklist_categories=["Cs"])) | st.sampled_from(
    ["=cmd|' /C calc'!A0", '"', "a\rb", "a\r\nb", "\ufeff", "NA", "null", "\u202eevil", "1,5", "😀", " x "]
)


@given(st.lists(st.tuples(st.decimals(-100, 100, places=3), TEXTS), min_size=1, max_size=5))
def test_csv_lines_come_back_from_pandas_and_csv(rows: list[tuple[Decimal, str]]) -> None:
    content = b"\xef\xbb\xbf" + "".join(csv_lines([("score", "text"), *rows])).encode()

    frame = pd.read_csv(io.BytesIO(content), dtype={"text": str}, keep_default_na=False)
    plain = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    assert list(frame.columns) == ["score", "text"]
    expected = [UNWRITABLE.sub("�", text) for _, text in rows]
    assert [unguarded(cell) for cell in frame["text"]] == expected
    assert list(frame["score"]) == pytest.approx([float(score) for score, _ in rows], rel=1e-15)
    assert [unguarded(cell) for _, cell in plain[1:]] == expected


class Name(str):
    """A text that is not quite a str, as members of an enum are."""


def test_csv_lines_guard_every_kind_of_text_each_time_it_comes() -> None:
    long = "=" + "1" * SHORT
    row = ["=1", Name("=1"), long, True, 1e-7, "plain"]

    assert "".join(csv_lines([row, row])) == f"'=1,'=1,'{long},True,1e-07,plain\r\n" * 2


def test_csv_lines_guard_texts_beyond_those_that_are_remembered() -> None:
    rows = [[f"={number}"] for number in range(MANY + 5)]

    assert list(csv_lines(rows)) == [f"'={number}\r\n" for number in range(MANY + 5)]


def test_csv_lines_hold_nothing_back() -> None:
    taken = []

    def rows():  # noqa: ANN202
        for number in range(3):
            taken.append(number)
            yield [number]

    lines = csv_lines(rows())

    assert (next(lines), taken) == ("0\r\n", [0])


def test_csv_lines_write_utc_as_it_is() -> None:
    assert list(csv_lines([[datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)]])) == ["2026-01-02T03:04:05Z\r\n"]
