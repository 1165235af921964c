"""Why a number about the judge is not there, in words."""

from annotation.statistics.interpretation import MINIMUM_ITEMS
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.scores import OUTCOMES, WAITING

CONSTANT_JUDGE = "The judge gave every one of these items the same point, so nothing can go along with it."
CONSTANT_EXPERTS = "Experts gave every one of these items the same mean, so nothing can go along with it."
NO_ORDER = "The points of this criterion have no order, so there is nothing to rank, add up or average."
ONE_MARGIN = "The judge and the experts gave one and the same point only, so agreement is certain by chance."
_NAMES = {"refused": "refused", "not_applicable": "not applicable", "unreadable": "unreadable"}


def why_not_compared(judged: Judged) -> str:
    """Say why no item has both a score by the judge and one by an expert; empty where one has."""
    if judged.is_compared().any():
        return ""
    totals = dict(zip(OUTCOMES, judged.outcomes.sum(axis=0).tolist(), strict=True))
    if not sum(totals.values()):
        return "The judge was not asked about these items."
    if totals[OUTCOMES[WAITING]] == sum(totals.values()):
        return "No reply of the judge has come yet."
    if not judged.is_scored().any():
        parts = [f"{totals[key]} {name}" for key, name in _NAMES.items() if totals[key]]
        return f"No reply of the judge is a score: {', '.join(parts)}."
    return "No expert has rated an item that the judge scored."


def why_no_agreement(judged: Judged) -> str:
    """Say why no coefficient of agreement is shown of these items; empty where there are enough."""
    n_items = int(judged.is_compared().sum())
    if n_items == 0 or n_items >= MINIMUM_ITEMS:
        return why_not_compared(judged)
    return f"Only {items_have(n_items)} both scores; agreement is shown from {MINIMUM_ITEMS} items on."


def items_have(n: int) -> str:
    return "1 item has" if n == 1 else f"{n} items have"
