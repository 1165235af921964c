"""What is told of judges in JSON, Markdown and CSV: the numbers computed, under the name of a model."""

import csv
import io
import json
from typing import Any

import pytest

from annotation.domain.hidden_conditions import hide_conditions
from annotation.domain.snapshot import take_snapshot
from annotation.exports.score_table import render_scores
from annotation.models import Assignment
from annotation.queries.shown_scores import shown_scores
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

LABEL = "SmolLM2-135M-Instruct (a language model, not a person)"


@pytest.fixture
def cast() -> Cast:
    """A study whose judge gives empathy 1 to 5 and refuses a fifth, and was not asked about more."""
    cast = make_study(posts=14)
    for seat in Assignment.objects.select_related("item").order_by("pk"):
        rate(seat, empathy=str(1 + (seat.item_id + seat.rater_id) % 5), alignment=str(1 + seat.item_id % 10))
    answer_judge(
        start_judge(cast, criteria=["empathy"]),
        lambda chain, step: "I cannot help with that." if chain.pk % 5 == 0 else str(1 + chain.pk % 7 % 5),
    )
    take_snapshot(cast.study, n_resamples=200)
    return cast


def rendered(cast: Cast, format_key: str) -> str:
    cast.study.refresh_from_db()
    shown = shown_scores(cast.study)
    return render_scores(shown.scores, shown.computed, format_key=format_key)


def judge_in_json(cast: Cast) -> dict[str, Any]:
    [judge] = json.loads(rendered(cast, "json"))["judges"]
    return dict(judge)


def test_json_has_the_judge_apart_from_raters(cast: Cast) -> None:
    document = json.loads(rendered(cast, "json"))

    [judge] = document["judges"]
    empathy = judge["criteria"]["empathy"]
    reported = cast.study.snapshots.get().report["judges"][0]["criteria"]["empathy"]
    compared = reported["overall"]["comparison"]
    assert (judge["judge"], judge["kind"], judge["origin"]) == (
        "SmolLM2-135M-Instruct",
        "a language model, not a person",
        "run",
    )
    assert [rater["rater"] for rater in document["raters"]] == ["R01", "R02"]
    assert empathy["weights"] == "quadratic"
    assert empathy["overall"]["n_items"] == compared["n_items"] > 10
    assert empathy["overall"]["spearman"] == {
        "value": compared["spearman"]["value"],
        "ci": [compared["spearman"]["low"], compared["spearman"]["high"]],
        "reason": "",
    }
    assert empathy["overall"]["confusion"] == compared["confusion"]
    assert empathy["overall"]["replies"]["counts"]["refused"] > 0
    assert [point["n_items"] for point in empathy["overall"]["calibration"]] == [
        point["n_items"] for point in reported["overall"]["calibration"]["points"]
    ]
    assert set(empathy["overall"]["beside_experts"]["measures"]) == {
        *("exact", "mean_absolute_difference", "ac", "kappa", "spearman"),
    }
    assert [condition["method"] for condition in empathy["conditions"]] == ["vanilla", "+cons", "+cons"]
    assert [condition["method"] for condition in empathy["ranking"]["conditions"]] == [
        "vanilla",
        "+cons",
        "+cons",
    ]


def test_json_says_in_words_what_is_not_there(cast: Cast) -> None:
    alignment = judge_in_json(cast)["criteria"]["alignment"]

    reason = "The judge was not asked about these items."
    assert alignment["overall"]["refusal"] == alignment["overall"]["beside_experts"]["refusal"] == reason
    assert alignment["overall"]["kappa"] == {"value": None, "ci": None, "reason": reason}


def test_hidden_conditions_are_in_none_of_the_formats(cast: Cast) -> None:
    hide_conditions(cast.study, by=cast.manager)

    empathy = judge_in_json(cast)["criteria"]["empathy"]

    assert (empathy["conditions"], empathy["ranking"]) == ([], None)
    assert empathy["overall"]["spearman"]["value"] is not None
    texts = {key: rendered(cast, key) for key in ("md", "csv", "csv-judges")}
    assert f"**Judge: {LABEL}, Empathy**" in texts["md"]
    assert "spearman" in texts["csv-judges"]
    assert [key for key, text in texts.items() if "vanilla" in text] == []


def test_markdown_has_tables_of_the_judge_below_table_3(cast: Cast) -> None:
    table_3, *tables = rendered(cast, "md").split(f"\n**Judge: {LABEL}, ")

    names = [table.partition("**")[0] for table in tables]
    empathy = tables[1].splitlines()[2:]
    alignment = tables[0].splitlines()[4:]
    assert "SmolLM2-135M-Instruct INDV vanilla" in table_3
    assert names == [
        "Alignment with the standards",
        "Empathy",
        "Harmfulness",
        "Factuality (true to the post)",
    ]
    assert empathy[0].startswith("| Items of | Replies | Refused | Unreadable | Items compared |")
    assert [line.split(" |")[0] for line in empathy[2:]] == [
        "| All conditions",
        *(f"| SmolLM2-135M-Instruct {label}" for label in ("INDV vanilla", "INDV +cons", "ITER +cons")),
    ]
    judged = judge_in_json(cast)["criteria"]["empathy"]
    for line, group in zip(empathy[2:], (judged["overall"], *judged["conditions"]), strict=True):
        found = group["kendall"]
        assert f"{found['value']:.2f} [{found['ci'][0]:.2f}, {found['ci'][1]:.2f}]" in line
    assert len(alignment) == 1
    assert "The judge was not asked about these items." in alignment[0]


def number(row: dict[str, str], name: str) -> float | None:
    return float(row[name]) if row[name] else None


def of_csv(row: dict[str, str]) -> dict[str, object]:
    low, high = number(row, "ci_low"), number(row, "ci_high")
    return {
        "value": number(row, "value"),
        "ci": None if low is None else [low, high],
        "reason": row["reason"],
    }


def test_csv_of_judges_has_what_the_json_has_also_by_condition(cast: Cast) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered(cast, "csv-judges"))))

    judged = judge_in_json(cast)["criteria"]["empathy"]
    groups = {("all", ""): judged["overall"]} | {
        ("condition", f"{group['pipeline']} {group['method']}"): group for group in judged["conditions"]
    }
    assert len(groups) == 4
    assert {(row["judge"], row["kind"]) for row in rows} == {
        ("SmolLM2-135M-Instruct", "a language model, not a person")
    }
    for (items, name), group in groups.items():
        here = [
            row
            for row in rows
            if (row["criterion"], row["items"]) == ("empathy", items)
            and name in ("", f"{row['pipeline']} {row['method'].removeprefix(chr(39))}")
        ]
        found = {(row["about"], row["measure"], row["of"], row["judge_gave"]): of_csv(row) for row in here}
        for measure in ("mean_difference", "spearman", "kendall", "exact", "kappa", "ac"):
            assert found["comparison", measure, "", ""] == group[measure]
        for outcome, share in group["replies"]["shares"].items():
            assert found["replies", f"share_{outcome}", "", ""] == share
        for point, expected in zip(judged["points"], group["calibration"], strict=True):
            assert found["calibration", "expert_mean", "", point] == expected["expert_mean"]
        assert group["beside_experts"]["measures"]
        for key, measure in group["beside_experts"]["measures"].items():
            for side in ("judge", "experts", "difference"):
                assert found["beside_experts", key, side, ""] == measure[side]
        assert found["self_consistency", "", "", ""]["reason"] == group["self_consistency"]["refusal"]
        confusion = [int(row["value"]) for row in here if row["about"] == "confusion"]
        assert confusion == [n for row in group["confusion"] for n in row]
        assert {
            row["n_items"] for row in here if row["measure"] == "ac" and row["about"] == "comparison"
        } == {str(group["n_items"])}


def test_csv_names_the_judge_beside_its_means(cast: Cast) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered(cast, "csv"))))

    ranked = judge_in_json(cast)["criteria"]["empathy"]["ranking"]["conditions"]
    assert [row["judge_1"] for row in rows] == [LABEL] * 3
    assert [row["judge_1_empathy_n_items"] for row in rows] == [str(each["n_items"]) for each in ranked]
    assert [float(row["judge_1_empathy_mean"]) for row in rows] == pytest.approx(
        [each["judge_mean"]["value"] for each in ranked]
    )
    assert {row["judge_1_alignment_mean"] for row in rows} == {""}


def test_study_without_judges_has_no_words_about_them() -> None:
    cast = make_study(posts=1)
    rate(cast.assignments(cast.rater)[0])
    take_snapshot(cast.study, n_resamples=20)

    texts = [rendered(cast, format_key) for format_key in ("json", "md", "csv")]

    assert json.loads(texts[0])["judges"] == []
    assert "judge" not in (texts[1] + texts[2]).lower()
