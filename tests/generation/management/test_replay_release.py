from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.domain.constitution import store_prompt_set
from tests.generation.release.folder import REFUSAL, WORDING, row, write_release, write_rows
from tests.generation.release.samples import RELEASE, needs_release

EQUAL = """\
model_outputs/INDV/vanilla/m.jsonl: 1 posts; compared 1, equal 1, different 0, absent 0
model_outputs/INDV/+cons/m.jsonl: 1 posts; compared 2, equal 2, different 0, absent 0
model_outputs/INDV/+appr/m.jsonl: 1 posts; compared 4, equal 4, different 0, absent 0
model_outputs/INDV/+appr_+cons/m.jsonl: 1 posts; compared 4, equal 4, different 0, absent 0
model_outputs/ITER/self-refine/m.jsonl: 1 posts; compared 2, equal 2, different 0, absent 0
model_outputs/ITER/+cons/m.jsonl: 1 posts; compared 2, equal 2, different 0, absent 0
model_outputs/ITER/+appr/m.jsonl: 1 posts; compared 4, equal 4, different 0, absent 0
model_outputs/ITER/+appr_+cons/m.jsonl: 1 posts; compared 6, equal 6, different 0, absent 0
In all 8 files:
compared: 25
equal: 25
different: 0
absent: 0
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "release")


def replay(*args: object) -> str:
    out = StringIO()
    call_command("replay_release", *map(str, args), stdout=out)
    return out.getvalue()


def failed_replay(*args: object) -> tuple[list[str], str]:
    """Return the printed lines and the complaint of a replay that ends with exit code 1."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("replay_release", *map(str, args), stdout=out)
    assert caught.value.returncode == 1
    return out.getvalue().splitlines(), str(caught.value)


def test_equal_release_is_counted_by_file_and_in_all_without_the_database(release: Path) -> None:
    # No django_db mark: any query would fail.
    assert replay(release) == EQUAL


def test_wording_may_come_from_another_file(release: Path, tmp_path: Path) -> None:
    (release / "prompt_set.yaml").rename(tmp_path / "wording.yaml")

    assert replay(release, "--prompt-set", tmp_path / "wording.yaml") == EQUAL


@pytest.mark.django_db
def test_wording_may_be_a_stored_prompt_set_and_nothing_is_written(release: Path) -> None:
    stored = store_prompt_set(WORDING)
    (release / "prompt_set.yaml").unlink()

    for name in (stored.name, stored.pk):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert replay(release, "--prompt-set", name) == EQUAL

        assert all(query["sql"].startswith("SELECT") for query in queries)


def test_difference_is_shown_and_ends_with_exit_code_1(release: Path) -> None:
    write_rows(
        release, "INDV/vanilla", row("INDV/vanilla"), row("INDV/vanilla", reappraisal_question="Reappraise")
    )

    lines, complaint = failed_replay(release)

    assert lines[:2] == [
        "model_outputs/INDV/vanilla/m.jsonl: 2 posts; compared 2, equal 1, different 1, absent 0",
        "  first difference: line 2, reappraisal_question, character 11: "
        "expected 'OPEN P | Reappraise', sent 'OPEN P | REAPPRAISE'",
    ]
    assert lines[-4:] == ["compared: 26", "equal: 25", "different: 1", "absent: 0"]
    assert complaint == "The release was not matched: 1 prompts differ."


def test_refusal_and_missing_fields_are_no_difference(release: Path) -> None:
    refused = row(
        "ITER/self-refine",
        reappraisal_output_step_0=REFUSAL,
        intermediate_prompt_step_1=f"REVISE P | {REFUSAL}",
    )
    write_rows(release, "ITER/self-refine", refused)
    write_rows(release, "ITER/+cons", row("ITER/+cons", intermediate_prompt_dim_3=None))

    lines = replay(release).splitlines()

    assert "  1 recorded answers are a content filter's refusals" in lines
    assert lines[-4:] == ["compared: 24", "equal: 24", "different: 0", "absent: 1"]


def test_broken_rows_are_named_while_the_others_are_compared(release: Path) -> None:
    path = release / "model_outputs" / "INDV" / "+cons" / "m.jsonl"
    path.write_text(path.read_text() + "{broken\n" + "[]\n" * 21)
    (release / "source_data").mkdir()
    (release / "source_data" / "r_a.jsonl").write_text("3\n")

    lines, complaint = failed_replay(release)

    assert lines[1:4] == [
        "model_outputs/INDV/+cons/m.jsonl: 1 posts; compared 2, equal 2, different 0, absent 0",
        "  model_outputs/INDV/+cons/m.jsonl, line 2: expected a JSON object; "
        "it cannot be read from character 2 on.",
        "  model_outputs/INDV/+cons/m.jsonl, line 3: expected a JSON object in braces.",
    ]
    assert "  and 2 more lines that cannot be read" in lines
    assert "  source_data/r_a.jsonl, line 1: expected a JSON object in braces." in lines
    assert lines[-4:] == ["compared: 25", "equal: 25", "different: 0", "absent: 0"]
    assert complaint == "The release was not matched: 23 lines cannot be read."


def test_trimmed_posts_and_other_files_are_told(release: Path) -> None:
    (release / "source_data").mkdir()
    (release / "source_data" / "r_a.jsonl").write_text('{"Reddit ID": "one", "Reddit Post": "P\\n"}\n')
    write_rows(
        release, "ITER/self-refine", row("ITER/self-refine", intermediate_prompt_step_1="REVISE P\n | T0")
    )
    (release / "model_outputs" / "oracle_responses.jsonl").write_text("{}\n")

    lines = replay(release).splitlines()

    assert "  1 posts were sent as in source_data, not trimmed as here" in lines
    assert "model_outputs/oracle_responses.jsonl: not of the eight strategies; left out." in lines
    assert lines[-4:] == ["compared: 25", "equal: 25", "different: 0", "absent: 0"]


def test_release_in_which_nothing_can_be_compared_is_not_matched(release: Path) -> None:
    for path in (release / "model_outputs").rglob("*.jsonl"):
        path.write_text("")

    lines, complaint = failed_replay(release)

    assert lines[-4:] == ["compared: 0", "equal: 0", "different: 0", "absent: 0"]
    assert complaint == "The release was not matched: nothing could be compared."


def test_release_without_wording_constitution_or_outputs_is_one_complaint(release: Path) -> None:
    (release / "model_outputs").rename(release / "outputs")
    without_outputs = failed_replay(release)
    (release / "prompts" / "reappraisal_aim.txt").unlink()
    without_aim = failed_replay(release)
    (release / "prompt_set.yaml").write_text("name: x\n")
    with_bad_wording = failed_replay(release)
    (release / "prompt_set.yaml").unlink()
    without_wording = failed_replay(release)

    assert without_outputs == (
        [],
        f"There are no outputs of the eight strategies in {release / 'model_outputs'}.",
    )
    assert without_aim == (
        [],
        f"The constitution in {release / 'prompts'} cannot be read.\n"
        "reappraisal_aim.txt: expected this file, but it is not there.",
    )
    assert with_bad_wording[1].startswith(
        "The wording cannot be read. prompt_set.yaml: Line 1: missing field 'appraise'"
    )
    assert without_wording == (
        [],
        f"There is no {release / 'prompt_set.yaml'}: name the wording with --prompt-set.",
    )


@pytest.mark.django_db
def test_unknown_prompt_set_is_one_complaint(release: Path) -> None:
    assert failed_replay(release, "--prompt-set", "Nobody's") == (
        [],
        "There is neither a file nor a stored prompt set 'Nobody's'.",
    )


@needs_release
def test_samples_of_the_authors_release_are_equal() -> None:
    assert replay(RELEASE).splitlines()[-4:] == ["compared: 84", "equal: 84", "different: 0", "absent: 0"]
