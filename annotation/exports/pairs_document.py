"""Pairs of raters and re-ratings within a condition, in the shape of the JSON that programs rely on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]


def pairs_document(agreement: Values, *, raters: Sequence[str]) -> dict[str, Any]:
    """Return `pairs` and `repeats` of agreement within a condition; null where a snapshot has none yet."""
    pairs, repeats = agreement.get("pairs"), agreement.get("repeats")
    return {
        "pairs": pairs
        and _shown(pairs, lambda pair: {"raters": [raters[pair["first"]], raters[pair["second"]]]}),
        "repeats": repeats and _shown(repeats, lambda hers: {"rater": raters[hers["rater"]]}),
    }


def _shown(part: Values, who: Callable[[Values], dict[str, Any]]) -> dict[str, Any]:
    return {
        "shown": [{**who(each), "n_items": each["n_items"], **_measures(each)} for each in part["shown"]],
        "n_too_few": part["n_too_few"],
        "reason": part["reason"],
    }


def _measures(pair: Values) -> dict[str, Any]:
    """Return the numbers of a pair, with intervals over posts and over items."""
    return {
        name: {
            "value": measure["value"],
            "ci": measure["posts"],
            "ci_items": measure["items"],
            "reason": measure["reason"],
        }
        for name, measure in pair.items()
        if isinstance(measure, Mapping)
    }
