from pathlib import Path

import pytest

from generation.release.comparison import Comparison
from generation.release.posts import SourcePosts
from generation.release.replay import Release, compare_file
from tests.generation.release.folder import CONSTITUTION, FIELDS, REFUSAL, WORDING, row, write_rows

CALLS = {
    "INDV/vanilla": 1,
    "INDV/+cons": 2,
    "INDV/+appr": 4,
    "INDV/+appr_+cons": 4,
    "ITER/self-refine": 2,
    "ITER/+cons": 2,
    "ITER/+appr": 4,
    "ITER/+appr_+cons": 6,
}


def compare(
    folder: Path, strategy: str, *rows: dict[str, object], posts: dict[str, str] | None = None
) -> Comparison:
    file = write_rows(folder, strategy, *rows)
    return compare_file(file, Release(CONSTITUTION, WORDING, SourcePosts(posts or {})))


def counts(comparison: Comparison) -> tuple[int, int, int, int]:
    return comparison.compared, comparison.equal, comparison.different, comparison.absent


@pytest.mark.parametrize("strategy", FIELDS)
def test_recorded_prompts_of_every_strategy_are_what_the_engine_sends(tmp_path: Path, strategy: str) -> None:
    comparison = compare(tmp_path, strategy, row(strategy), row(strategy))

    assert counts(comparison) == (2 * CALLS[strategy], 2 * CALLS[strategy], 0, 0)
    assert comparison.rows == 2


@pytest.mark.parametrize(
    ("strategy", "prompt"),
    [(strategy, name) for strategy in FIELDS for name in FIELDS[strategy] if "output" not in name],
)
def test_one_byte_more_in_a_recorded_prompt_is_one_difference(
    tmp_path: Path, strategy: str, prompt: str
) -> None:
    comparison = compare(tmp_path, strategy, row(strategy, **{prompt: f"{FIELDS[strategy][prompt]} "}))

    assert counts(comparison) == (CALLS[strategy], CALLS[strategy] - 1, 1, 0)
    assert str(comparison.first_difference).startswith(f"line 1, {prompt}, character ")


def test_first_difference_says_where_and_what(tmp_path: Path) -> None:
    post = f"{'long ' * 30}é"
    recorded = f"REVISE {post} | T0\nand better " + "z" * 50

    comparison = compare(
        tmp_path,
        "ITER/self-refine",
        row("ITER/self-refine"),
        row("ITER/self-refine", **{"Reddit Post": post, "intermediate_prompt_step_1": recorded}),
        row("ITER/self-refine", intermediate_prompt_step_0="PLEASE"),
    )

    assert counts(comparison) == (6, 4, 2, 0)
    assert str(comparison.first_difference) == (
        "line 2, intermediate_prompt_step_1, character 164: "
        "expected ...'ong long long \\xe9 | T0\\nand better zzzzzzzzzzzzzzzzzzzzzzzzzzzz'..., "
        "sent ...'ong long long \\xe9 | T0'"
    )


def test_prompt_for_which_the_engine_has_no_call_is_a_difference(tmp_path: Path) -> None:
    comparison = compare(tmp_path, "ITER/+cons", row("ITER/+cons", intermediate_prompt_dim_2="REVISE"))

    assert counts(comparison) == (3, 2, 1, 0)
    assert str(comparison.first_difference) == (
        "line 1, intermediate_prompt_dim_2: recorded, but the engine makes no such call"
    )


@pytest.mark.parametrize("nothing", [..., None, float("nan")])
def test_prompt_that_was_not_recorded_is_absent(tmp_path: Path, nothing: object) -> None:
    comparison = compare(tmp_path, "ITER/+cons", row("ITER/+cons", intermediate_prompt_dim_3=nothing))

    assert counts(comparison) == (1, 1, 0, 1)


@pytest.mark.parametrize("nothing", [..., None, float("nan"), "", " \n"])
def test_prompt_made_from_an_answer_that_was_not_recorded_is_absent(tmp_path: Path, nothing: object) -> None:
    comparison = compare(tmp_path, "ITER/+appr", row("ITER/+appr", intermediate_output_dim_1=nothing))

    # The second appraisal question does not hang on the first text, the revision does.
    assert counts(comparison) == (3, 3, 0, 1)


def test_refusal_in_between_is_passed_on_as_recorded(tmp_path: Path) -> None:
    comparison = compare(
        tmp_path,
        "ITER/self-refine",
        row(
            "ITER/self-refine",
            reappraisal_output_step_0=REFUSAL,
            intermediate_prompt_step_1=f"REVISE P | {REFUSAL}",
        ),
    )

    assert counts(comparison) == (2, 2, 0, 0)
    assert comparison.refusals == 1


def test_prompt_that_does_not_pass_a_refusal_on_is_absent(tmp_path: Path) -> None:
    comparison = compare(
        tmp_path, "ITER/self-refine", row("ITER/self-refine", reappraisal_output_step_0=REFUSAL)
    )

    assert counts(comparison) == (1, 1, 0, 1)


def test_post_that_was_trimmed_is_taken_from_the_source_data(tmp_path: Path) -> None:
    sent = row("ITER/self-refine", intermediate_prompt_step_1="REVISE P \n | T0")

    restored = compare(tmp_path, "ITER/self-refine", sent, posts={"one": "P \n"})
    other_words = compare(tmp_path, "ITER/self-refine", sent, posts={"one": "Q \n"})
    unknown = compare(tmp_path, "ITER/self-refine", sent)

    assert [counts(found) for found in (restored, other_words, unknown)] == [
        (2, 2, 0, 0),
        (2, 1, 1, 0),
        (2, 1, 1, 0),
    ]
    assert [found.restored for found in (restored, other_words, unknown)] == [1, 0, 0]


def test_trimmed_post_that_was_sent_trimmed_stays_so(tmp_path: Path) -> None:
    comparison = compare(tmp_path, "ITER/self-refine", row("ITER/self-refine"), posts={"one": "P \n"})

    assert counts(comparison) == (2, 2, 0, 0)
    assert comparison.restored == 0


def test_self_refinement_recorded_by_dimension_is_read_alike(tmp_path: Path) -> None:
    fields = {"Reddit Post": "P"}
    for step, dimension in enumerate((1, 3)):
        recorded = FIELDS["ITER/self-refine"]
        fields[f"intermediate_prompt_dim_{dimension}"] = recorded[f"intermediate_prompt_step_{step}"]
        fields[f"intermediate_output_dim_{dimension}"] = recorded[f"reappraisal_output_step_{step}"]

    assert counts(compare(tmp_path, "ITER/self-refine", fields)) == (2, 2, 0, 0)


def test_braces_in_posts_and_answers_stay_as_they_are(tmp_path: Path) -> None:
    fields = {
        "Reddit Post": "{response} {0}",
        "reappraisal_output_step_0": "{post} {{",
        "intermediate_prompt_step_1": "REVISE {response} {0} | {post} {{",
    }

    assert counts(compare(tmp_path, "ITER/self-refine", row("ITER/self-refine", **fields))) == (2, 2, 0, 0)
