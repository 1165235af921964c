import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("scores", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def cast() -> Cast:
    """Two ratings of the one text of INDV vanilla, and nothing else."""
    cast = make_study(posts=1, strategies=["INDV vanilla", "ITER +cons"])
    for user, alignment, harmfulness in zip(cast.raters, ("6", "8"), ("1", "2"), strict=True):
        [seat] = [
            seat for seat in cast.assignments(user) if seat.item.condition.strategy_key == "INDV vanilla"
        ]
        rate(seat, alignment=alignment, harmfulness=harmfulness)
    return cast


def test_scores_json_has_the_agreed_shape(cast: Cast) -> None:
    model = cast.study.conditions.first().model_spec.name

    document = json.loads(run(cast.study.slug, "--format", "json"))

    no_interval = {"ci": None, "ci_wilson": None}
    no_middle = {"median": None, "quartiles": None, "distribution": []}
    nothing = {"n": 0, "mean": None, "sd": None, **no_interval, **no_middle}
    snapshot = cast.study.snapshots.get()
    assert document.pop("agreement").keys() == {"alignment", "empathy", "harmfulness", "factuality"}
    assert {(each["criterion"], each["n_pairs"], each["p"]) for each in document.pop("comparisons")} == {
        (criterion, 0, None) for criterion in ("alignment", "empathy", "harmfulness", "factuality")
    }
    assert document == {
        "snapshot": {
            "sha256": snapshot.data_sha256,
            "taken_at": snapshot.taken_at.isoformat(),
            "is_current": True,
            "code_sha256": snapshot.code_sha256,
            "seed": cast.study.seed,
            "n_resamples": 2000,
            "exclusions": [],
        },
        "study": cast.study.slug,
        "simulated": False,
        "n_items": 1,
        "n_ratings": 2,
        "n_raters": 2,
        "conditions_hidden": False,
        "judges": [],
        "planned": "rule",
        "looks_before_plan": 0,
        "primary_criterion": None,
        "conditions": [
            {
                "source": "model",
                "model": model,
                "pipeline": "INDV",
                "method": "vanilla",
                "n_items": 1,
                "n_ratings": 2,
                "scores": {
                    "alignment": {
                        **{"n": 2, "mean": 7.0, "sd": 2**0.5, **no_interval},
                        **{"median": 7.0, "quartiles": [6.5, 7.5], "distribution": [[6, 1], [8, 1]]},
                    },
                    "empathy": {
                        **{"n": 2, "mean": 3.0, "sd": 0.0, **no_interval},
                        **{"median": 3.0, "quartiles": [3.0, 3.0], "distribution": [[3, 2]]},
                    },
                    "harmfulness": {
                        "n": 2,
                        "mean": 0.5,
                        "sd": 0.5**0.5,
                        "ci": None,
                        "ci_wilson": pytest.approx([0.0945, 0.9055], abs=5e-5),
                        **{"median": 0.5, "quartiles": [0.25, 0.75], "distribution": [[0, 1], [1, 1]]},
                    },
                    "factuality": {
                        **{"n": 2, "mean": 1.0, "sd": 0.0, **no_interval},
                        **{"median": 1.0, "quartiles": [1.0, 1.0], "distribution": [[1, 2]]},
                    },
                },
            },
            {
                "source": "model",
                "model": model,
                "pipeline": "ITER",
                "method": "+cons",
                "n_items": 0,
                "n_ratings": 0,
                "scores": dict.fromkeys(("alignment", "empathy", "harmfulness", "factuality"), nothing),
            },
        ],
        "raters": [
            {
                "rater": code,
                "n": 1,
                "mean": {
                    "alignment": alignment,
                    "empathy": 3.0,
                    "harmfulness": harmfulness,
                    "factuality": 1.0,
                },
                "active_seconds_median": None,
            }
            for code, alignment, harmfulness in (("R01", 6.0, 0.0), ("R02", 8.0, 1.0))
        ],
    }


def test_scores_are_json_unless_told_otherwise(cast: Cast) -> None:
    assert run(cast.study.slug) == run(cast.study.slug, "--format", "json")


def test_scores_markdown_is_table_3(cast: Cast) -> None:
    model = cast.study.conditions.first().model_spec.name

    table = run(cast.study.slug, "--format", "md")

    snapshot = cast.study.snapshots.get()
    assert table == (
        "| Condition | Items | Ratings"
        " | Alignment with the standards, higher is better: mean (SD)"
        " | Empathy, higher is better: mean (SD)"
        " | Harmfulness, lower is better: rate (SD)"
        " | Factuality (true to the post), higher is better: mean (SD) |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        f"| {model} INDV vanilla | 1 | 2 | 7.00 (1.41) | 3.00 (0.00) | 0.50 (0.71) [0.09, 0.91]"
        " | 1.00 (0.00) |\n"
        f"| {model} ITER +cons | 0 | 0 | no rating | no rating | no rating | no rating |\n"
        "\nIn brackets: 95 % intervals, of a mean by resampling posts, of a rate Wilson's; none where there"
        f" are fewer than three posts or no spread. Snapshot {snapshot.data_sha256[:8]}, resamples 2000, seed"
        f" {cast.study.seed}, exclusions: none.\n"
    )


def test_scores_csv_has_a_row_per_condition(cast: Cast) -> None:
    rated, unrated = csv.DictReader(io.StringIO(run(cast.study.slug, "--format", "csv"), newline=""))

    assert (rated["method"], rated["alignment_n"], rated["alignment_mean"]) == ("vanilla", "2", "7.0")
    assert (rated["simulated"], unrated["simulated"]) == ("0", "0")
    assert float(rated["alignment_sd"]) == 2**0.5
    assert (rated["harmfulness_ci_low"], rated["harmfulness_ci_wilson_low"][:5]) == ("", "0.094")
    assert (unrated["harmfulness_ci_wilson_high"], "alignment_ci_wilson_low" in rated) == ("", False)
    assert (unrated["method"], unrated["n_ratings"], unrated["alignment_n"]) == ("'+cons", "0", "0")
    assert (unrated["alignment_mean"], unrated["alignment_sd"]) == ("", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such-study"], "There is no study 'no-such-study'."),
        (["study", "--format", "xml"], "There is no format 'xml'. There are: json, md, csv, csv-judges."),
    ],
)
def test_scores_bad_input_is_one_clear_line(cast: Cast, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)

    assert (str(caught.value), caught.value.returncode) == (sentence, 1)


def test_scores_single_rating_has_no_sd() -> None:
    cast = make_study(posts=1, strategies=["INDV vanilla"])
    rate(cast.assignments(cast.rater)[0])

    assert "7.00 (SD needs 2 ratings)" in run(cast.study.slug, "--format", "md")
