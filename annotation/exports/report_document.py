"""What was computed of a study, in the shape of the JSON that programs rely on."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.exports.pairs_document import pairs_document
from annotation.models import BY_RULE
from annotation.queries.snapshot import Computed

Document = dict[str, Any]


def snapshot_document(computed: Computed) -> Document:
    """Name the ratings, the program and the draw that the numbers come from."""
    snapshot = computed.snapshot
    return {
        "sha256": snapshot.data_sha256,
        "taken_at": snapshot.taken_at.isoformat(),
        "is_current": computed.is_current,
        "code_sha256": snapshot.code_sha256,
        "seed": snapshot.plan["seed"],
        "n_resamples": snapshot.plan["n_resamples"],
        "exclusions": snapshot.plan["exclusions"],
    }


def interval(estimate: Mapping[str, Any]) -> list[float] | None:
    """Return [low, high]; None where there is no interval."""
    return None if estimate["low"] is None else [estimate["low"], estimate["high"]]


def agreement_document(
    report: Mapping[str, Any], *, k: int, conditions: Sequence[Document], raters: Sequence[str]
) -> Document:
    """Return the agreement by criterion, overall and within conditions; where it is refused, values are null.

    conditions, raters: the names and codes that the report's numbers stand for, in its order.
    """
    return {
        key: {
            **_agreement(of_criterion["overall"], is_ordinal=of_criterion["is_ordinal"], k=k),
            "conditions": [
                {
                    **names,
                    **_agreement(agreement, is_ordinal=of_criterion["is_ordinal"], k=k),
                    **pairs_document(agreement, raters=raters),
                }
                for names, agreement in zip(conditions, of_criterion["conditions"], strict=True)
            ],
        }
        for key, of_criterion in report["agreement"].items()
    }


def _agreement(agreement: Mapping[str, Any], *, is_ordinal: bool, k: int) -> Document:
    by_key = {coefficient["key"]: coefficient for coefficient in agreement["coefficients"]}

    def number(key: str) -> Document:
        coefficient = by_key.get(
            key, {"value": None, "low": None, "high": None, "reason": agreement["refusal"]}
        )
        return {
            "value": coefficient["value"],
            "ci": interval(coefficient),
            "ci_items": None
            if coefficient.get("low_items") is None
            else [coefficient["low_items"], coefficient["high_items"]],
            "reason": coefficient["reason"],
        }

    return {
        "n_items": agreement["n_paired"],
        "n_ratings": agreement["n_ratings"],
        "n_raters": agreement["n_raters"],
        "percent": number("exact")["value"],
        "adjacent": number("adjacent")["value"],
        "mean_absolute_difference": number("mean_absolute_difference")["value"],
        "krippendorff_alpha": {"level": "ordinal" if is_ordinal else "nominal", **number("alpha")},
        "gwet_ac": {"weights": "quadratic" if is_ordinal else "identity", **number("ac")},
        "icc": {"form": "1,1", **number("icc")},
        "icc_k": {"form": "1,k", "k": k, **number("icc_k")},
        "specific": {
            key.removeprefix("specific_"): number(key) for key in by_key if key.startswith("specific_")
        },
        "paradox": agreement["paradox"],
    }


def planning_document(computed: Computed | None) -> Document:
    """Say how the comparisons were planned: by the rule, before ratings, or after so many; null without any.

    A snapshot from before there were plans was taken by the rule.
    """
    plan = computed.snapshot.plan if computed else {}
    return {
        "planned": plan.get("planned", BY_RULE) if computed else None,
        "looks_before_plan": plan.get("looks_before_plan", 0) if computed else None,
        "primary_criterion": plan.get("primary_criterion"),
    }


def comparisons_document(report: Mapping[str, Any], *, conditions: list[Document]) -> list[Document]:
    """Return all planned contrasts; `conditions` are the names of the report's conditions, in its order."""
    return [
        _comparison(criterion, contrast, conditions)
        for criterion, comparisons in report["comparisons"].items()
        for contrast in comparisons["contrasts"]
    ]


def _comparison(criterion: str, contrast: Mapping[str, Any], conditions: list[Document]) -> Document:
    result = contrast["result"]
    effects, test = result["effects"], result["sign_flip"]
    return {
        "criterion": criterion,
        "a": conditions[contrast["a"]],
        "b": conditions[contrast["b"]],
        "n_pairs": result["n_pairs"],
        "n_posts": result["n_posts"],
        "difference": effects["difference"]["value"],
        "ci": interval(effects["difference"]),
        "p": test["p"],
        "p_holm": contrast["p_holm"],
        "smallest_p": test["smallest_p"],
        "effect_size": effects["d_z"]["value"],
        "effect_size_ci": interval(effects["d_z"]),
        "superiority": effects["superiority"]["value"],
        "test": "exact sign-flip" if test["exact"] else "sign-flip",
        "p_wilcoxon": result["wilcoxon"]["p"],
        "p_t": result["paired_t"]["p"],
        "reason": test["reason"],
    }
