"""What was computed of a study's judges, in the shape of the JSON that programs rely on."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.exports.report_document import Document, interval
from annotation.queries.hidden_conditions import judges_in

Values = Mapping[str, Any]
_COMPARED = (
    *("judge_mean", "expert_mean", "mean_difference"),
    *("spearman", "kendall", "exact", "kappa", "ac"),
)


def judges_document(report: Values, *, conditions: Sequence[Document]) -> list[Document]:
    """Return the judges, each marked as a model; `conditions` are the names of the report's, in its order."""
    return [_judge(judge, conditions) for judge in judges_in(report)]


def _judge(judge: Values, conditions: Sequence[Document]) -> Document:
    names = ("judge_run", "judge", "kind", "origin", "n_items", "n_replies", "n_repeats", "n_elsewhere")
    return {name: judge[name] for name in names} | {
        "criteria": {key: _criterion(part, conditions) for key, part in judge["criteria"].items()}
    }


def _criterion(part: Values, conditions: Sequence[Document]) -> Document:
    return {
        "weights": "quadratic" if part["is_ordinal"] else "identity",
        "points": part["points"],
        "overall": _group(part["overall"]),
        "ranking": part["ranking"] and _ranking(part["ranking"], conditions),
        "conditions": [
            {**names, **_group(group)} for names, group in zip(conditions, part["conditions"], strict=True)
        ],
    }


def _group(group: Values) -> Document:
    compared, came = group["comparison"], group["outcomes"]
    points, without = group["calibration"]["points"], group["calibration"]["without_score"]
    counts = ("n_items", "n_posts", "n_replies", "n_ratings", "n_pairs")
    return {
        "cautions": group["cautions"],
        **{name: compared[name] for name in counts},
        "refusal": compared["refusal"],
        **{name: _estimate(compared[name]) for name in _COMPARED},
        "confusion": compared["confusion"],
        "calibration": [_point(point) for point in points],
        "without_score": _point(without),
        "replies": {
            "n": came["n"],
            "n_waiting": came["n_waiting"],
            "counts": came["counts"],
            "shares": {name: _estimate(share) for name, share in came["shares"].items()},
        },
        "beside_experts": _footing(group["footing"]) | {"sentence": group["footing_sentence"]},
        "self_consistency": _consistency(group["consistency"]),
    }


def _point(point: Values) -> Document:
    return {
        "n_items": point["n_items"],
        "n_replies": point["n_replies"],
        "expert_mean": _estimate(point["expert_mean"]),
    }


def _footing(footing: Values) -> Document:
    counts = ("n_items", "n_posts", "n_ratings", "n_raters", "n_rater_pairs")
    return {
        **{name: footing[name] for name in counts},
        "refusal": footing["refusal"],
        "measures": {
            each["key"]: {
                "name": each["name"],
                **{side: _estimate(each[side]) for side in ("judge", "experts", "difference")},
            }
            for each in footing["measures"]
        },
    }


def _consistency(consistency: Values) -> Document:
    return {
        **{name: consistency[name] for name in ("n_asked_again", "n_items", "n_replies", "refusal")},
        "same_outcome": _estimate(consistency["same_outcome"]),
        "measures": {
            each["key"]: {"name": each["name"], **_estimate(each["value"])}
            for each in consistency["measures"]
        },
    }


def _ranking(ranking: Values, conditions: Sequence[Document]) -> Document:
    return {
        "n_items": ranking["n_items"],
        "n_conditions": ranking["n_conditions"],
        "kendall": _estimate(ranking["kendall"]),
        "conditions": [
            {
                **names,
                "n_items": each["n_items"],
                "judge_mean": _estimate(each["judge_mean"]),
                "expert_mean": _estimate(each["expert_mean"]),
                "judge_rank": each["judge_rank"],
                "expert_rank": each["expert_rank"],
            }
            for names, each in zip(conditions, ranking["conditions"], strict=True)
        ],
    }


def _estimate(estimate: Values) -> Document:
    return {"value": estimate["value"], "ci": interval(estimate), "reason": estimate["reason"]}
