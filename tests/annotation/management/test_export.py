import hashlib
import io
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from annotation.enums import EventKind
from annotation.exports import csv_cells, provenance
from annotation.models import StudyEvent
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=1)
    rate(cast.assignments(cast.rater)[0])
    return cast


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("export", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def exports_logged(cast: Cast) -> list[tuple[object, str]]:
    events = StudyEvent.objects.filter(study=cast.study, kind=EventKind.EXPORTED)
    return [(event.by, event.detail) for event in events]


def test_export_writes_the_file_and_logs_it(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"

    lines = run(cast.study.slug, "--format", "csv-long", "--out", path)

    companion = tmp_path / "ratings.provenance.jsonl"
    sha256, origins = (hashlib.sha256(file.read_bytes()).hexdigest() for file in (path, companion))
    assert lines == (
        f"4 rows written to {path} (sha256 {sha256}).\n"
        f"Provenance of 1 responses written to {companion} (sha256 {origins}).\n"
    )
    assert len(pd.read_csv(path)) == len(pd.read_json(companion, lines=True)) * 4 == 4
    assert exports_logged(cast) == [
        (None, f"provenance, 1 row, sha256 {origins}"),
        (None, f"csv-long, 4 rows, sha256 {sha256}"),
    ]
    assert {file: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {
        path: "0o600",
        companion: "0o600",
    }


def test_export_keeps_a_file_that_is_there(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("mine")

    with pytest.raises(CommandError, match=r"is there already; add --force to replace it\.$"):
        run(cast.study.slug, "--format", "csv-long", "--out", path)

    assert (path.read_text(), exports_logged(cast)) == ("mine", [])


def test_export_keeps_a_companion_that_is_there(cast: Cast, tmp_path: Path) -> None:
    companion = tmp_path / "ratings.provenance.jsonl"
    companion.write_text("mine")

    with pytest.raises(
        CommandError, match=r"provenance\.jsonl is there already; add --force to replace it\.$"
    ):
        run(cast.study.slug, "--format", "csv-long", "--out", tmp_path / "ratings.csv")

    assert (list(tmp_path.iterdir()), companion.read_text(), exports_logged(cast)) == (
        [companion],
        "mine",
        [],
    )


def test_export_with_force_replaces_the_file(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("mine")

    run(cast.study.slug, "--format", "csv-long", "--out", path, "--force")

    assert len(pd.read_csv(path)) == 4


def test_export_that_fails_half_way_leaves_nothing(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(rows: object) -> object:
        yield "study,item\r\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csv_cells, "csv_lines", break_off)
    path = tmp_path / "ratings.csv"

    with pytest.raises(CommandError, match=r"ratings\.csv cannot be written: No space left on device\.$"):
        run(cast.study.slug, "--format", "csv-long", "--out", path)

    assert (list(tmp_path.iterdir()), exports_logged(cast)) == ([], [])


def test_export_whose_provenance_fails_leaves_nothing(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(responses: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(provenance, "response_records", break_off)

    with pytest.raises(CommandError, match=r"No space left on device\.$"):
        run(cast.study.slug, "--format", "csv-long", "--out", tmp_path / "ratings.csv")

    assert (list(tmp_path.iterdir()), exports_logged(cast)) == ([], [])


@pytest.mark.parametrize(
    ("slug", "export_format", "folder", "sentence"),
    [
        ("nowhere", "csv-long", ".", "There is no study 'nowhere'."),
        (
            "study",
            "parquet",
            ".",
            "The export format 'parquet' is not available."
            " Available: csv-long, resort-release, judge-csv, snapshot.",
        ),
        ("study", "csv-long", "absent", "{path} cannot be written: No such file or directory."),
    ],
)
def test_export_bad_input_is_one_clear_line(
    cast: Cast, tmp_path: Path, slug: str, export_format: str, folder: str, sentence: str
) -> None:
    path = tmp_path / folder / "ratings.csv"

    with pytest.raises(CommandError) as caught:
        run(slug, "--format", export_format, "--out", path)

    assert (str(caught.value), caught.value.returncode) == (sentence.format(path=path), 1)
    assert list(tmp_path.iterdir()) == []
