import json
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.domain.judge_reply import settle_reply
from annotation.enums import EventKind, JudgeOutcome
from annotation.importers.resort_release import judge_release, replies
from annotation.models import JudgeReply, Study
from tests.annotation.importers.resort_release.folder import (
    imported,
    rows_by_model,
    write_lines,
    write_whole,
)
from tests.factories import make_study, make_user
from tests.generation.release.samples import RELEASE, needs_release

COUNTS = ["score: 3", "refused: 0", "not applicable: 0", "unreadable: 2"]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_whole(tmp_path / "release")


@pytest.fixture
def study_without_replies(release: Path) -> Study:
    """Return the study of the release, imported while its judge's folder was elsewhere."""
    (release / "eval-gpt4").rename(release / "elsewhere")
    imported(release)
    (release / "elsewhere").rename(release / "eval-gpt4")
    return Study.objects.get(slug="paper")


def run(*args: object) -> list[str]:
    out = StringIO()
    call_command("import_judge_release", *map(str, args), stdout=out)
    return out.getvalue().splitlines()


def refused(*args: object) -> str:
    with pytest.raises(CommandError) as caught:
        run(*args)
    assert caught.value.returncode == 1
    return str(caught.value)


@pytest.mark.parametrize("part", [".", "eval-gpt4"])
def test_counting_needs_no_database(release: Path, part: str) -> None:
    lines = run(release / part)

    others = "refused 0, not applicable 0"
    assert lines[:5] == [
        "Read: 4 files, 4 rows.",
        f"  eval-gpt4/INDV/1_standard_alignment/+cons/m.jsonl: 1 row: score 1, {others}, unreadable 1",
        f"  eval-gpt4/ITER/2_empathy/self-refine/m.jsonl: 1 row: score 0, {others}, unreadable 1",
        f"  eval-gpt4/oracle/4_factuality.jsonl: 1 row: score 1, {others}, unreadable 0",
        f"  eval-gpt4/reddit_top_comment/3_harmful.jsonl: 1 row: score 1, {others}, unreadable 0",
    ]
    assert lines[-5:] == ["Counted only: nothing was written.", *COUNTS]


def test_all_shapes_of_replies_are_counted(tmp_path: Path) -> None:
    post = {"Reddit ID": "one", "Reddit Post": "P"}
    found = [
        4,
        4.0,
        float("nan"),
        None,
        "4",
        "NA",
        "Error code: 400 - content_filter",
        "1. Rest.\n2. Breathe.",
    ]
    write_lines(
        tmp_path,
        "eval-gpt4/reddit_top_comment/2_empathy.jsonl",
        *(
            {**post, "Unnamed: 0.1": 0, "level_0": 1, "Top Comment": "T", "evaluation_raw_output": raw}
            for raw in found
        ),
    )

    assert run(tmp_path)[-4:] == ["score: 3", "refused: 1", "not applicable: 1", "unreadable: 3"]


@pytest.mark.django_db
def test_replies_join_the_texts_of_an_imported_study(release: Path, study_without_replies: Study) -> None:
    lines = run(release, "--study", "paper")

    assert lines[-7:] == [
        "Judge's replies: 5 new",
        "Replies joined to texts that came later: 0 new",
        "Imported into the study 'paper'.",
        *COUNTS,
    ]
    assert list(
        JudgeReply.objects.order_by("id").values_list("response__text", "dimension__number", "point__value")
    ) == [
        ("T1", 1, 8),
        ("T3", 3, None),
        ("T0", 1, None),
        ("It’s no fault of yours.", 1, 1),
        ("Been there.", None, 0),
    ]
    event = study_without_replies.events.get(kind=EventKind.JUDGE_IMPORTED)
    assert event.detail == "5 new, 0 joined to their texts"


@pytest.mark.django_db
def test_both_commands_leave_the_same(release: Path, study_without_replies: Study) -> None:
    run(release / "eval-gpt4", "--study", "paper")
    before = rows_by_model()

    assert imported(release).has_changed is False
    assert run(release, "--study", "paper")[-5] == (
        "The study 'paper' has all of these replies already; nothing was changed."
    )
    assert rows_by_model() == before


@pytest.mark.django_db
def test_settled_reply_survives_another_import(release: Path) -> None:
    imported(release)
    reply = JudgeReply.objects.get(raw=4.5)
    point = reply.criterion.points.get(value=5)
    settle_reply(
        reply,
        outcome=JudgeOutcome.SCORE,
        point=point,
        reason="Rounded up.",
        n_known=0,
        by=make_user("manager"),
    )

    run(release, "--study", "paper")

    reply.refresh_from_db()
    assert (reply.outcome, reply.point, reply.settlements.count()) == (JudgeOutcome.SCORE, point, 1)


@pytest.mark.django_db
def test_dry_run_says_the_same_and_writes_nothing(release: Path, study_without_replies: Study) -> None:
    before = rows_by_model()

    tried = run(release, "--study", "paper", "--dry-run")

    assert (rows_by_model(), tried[-5]) == (before, "A dry run: nothing was written.")
    done = run(release, "--study", "paper")
    assert [line for line in tried if line != tried[-5]] == [line for line in done if line != done[-5]]


@pytest.mark.django_db
def test_import_that_breaks_off_leaves_nothing(
    release: Path, study_without_replies: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, store, files = rows_by_model(), replies.store_replies, []

    def break_at_third_file(*args: object, **kwargs: object) -> object:
        files.append(kwargs["file"])
        return store(*args, **kwargs) if len(files) < 3 else 1 / 0

    monkeypatch.setattr(replies, "store_replies", break_at_third_file)
    with pytest.raises(ZeroDivisionError):
        run(release, "--study", "paper")

    assert rows_by_model() == before


@pytest.mark.django_db
def test_bad_input_is_one_clear_complaint(release: Path, tmp_path: Path) -> None:
    own = make_study().study.slug
    (tmp_path / "empty").mkdir()
    nothing = f"Nothing was imported from {release}.\n"

    assert refused(tmp_path / "absent") == f"There is no folder {tmp_path / 'absent'}."
    assert refused(tmp_path / "empty").endswith(
        "empty: expected a RESORT release with eval-gpt4, or that folder."
    )
    assert refused(release, "--study", "unknown") == (
        f"{nothing}There is no study 'unknown'. Make it with import_resort_release first."
    )
    assert refused(release, "--study", own) == (
        f"{nothing}The study '{own}' was not imported, so nothing can be imported into it."
    )
    path = release / "eval-gpt4" / "oracle" / "4_factuality.jsonl"
    path.write_text(path.read_text() + json.dumps({"Reddit Post": "P"}))
    assert refused(release) == (
        f"{nothing}eval-gpt4/oracle/4_factuality.jsonl, row 2: expected the post's id in 'Reddit ID'."
    )


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["--study", "paper"]])
def test_bar_moves_by_rows(
    release: Path, study_without_replies: Study, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    run(release, *arguments)

    shown = [line for line in terminal.getvalue().split("\r") if line.strip()]
    assert " 0/4 " in shown[0]
    assert " 4/4 " in shown[-1]
    assert "3_harmful.jsonl" in shown[-1]


def test_every_file_and_every_row_is_told_to_the_bar_once(release: Path) -> None:
    files: list[Path] = []
    rows: list[Path] = []

    judge_release.count_judge_release(release, on_file=files.append, on_row=lambda: rows.append(files[-1]))

    assert sorted(files) == sorted(judge_release.judge_files_of(release))
    assert rows == files
    assert len(rows) == 4


def test_without_a_terminal_there_is_no_bar(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(release)

    assert capsys.readouterr().err == ""


@needs_release
def test_all_replies_of_the_authors_sample_are_scores() -> None:
    assert run(RELEASE)[-4:] == ["score: 112", "refused: 0", "not applicable: 0", "unreadable: 0"]
