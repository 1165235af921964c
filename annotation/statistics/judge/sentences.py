"""What the comparison says in plain words, and what to beware of."""

from collections.abc import Iterator

from annotation.statistics.interval import Estimate
from annotation.statistics.judge.comparison import Comparison
from annotation.statistics.judge.footing import Footing
from annotation.statistics.judge.outcomes import Outcomes

_FEW, _MOST = 0.5, 0.9


def cautions(found: Comparison, came: Outcomes) -> Iterator[str]:
    """Yield what speaks against reading the numbers of a criterion as they stand."""
    yield from _of_replies(came.counts["score"], came.n)
    if found.spearman.value is None or found.spearman.low is None or found.spearman.high is None:
        return
    if found.spearman.low <= 0 <= found.spearman.high:
        yield (
            "These data do not show that the judge tells better items from worse as the experts do: the"
            " interval of the rank correlation includes 0."
        )
    elif found.spearman.high < 0:
        yield "The judge tends to give high scores where the experts give low ones."


def _of_replies(scored: int, n: int) -> Iterator[str]:
    """Yield what to beware of where replies are no scores."""
    share = scored / n if n else 1.0
    if share == 0:
        which = "The judge's only reply" if n == 1 else f"Not one of the judge's {n} replies"
        yield f"{which} is {'no' if n == 1 else 'a'} score, so there is nothing to compare."
    elif share < _FEW:
        yield (
            f"Only {scored} of {n} replies of the judge {'is a score' if scored == 1 else 'are scores'}."
            " Whatever stands below is of this part, and says little of the judge."
        )
    elif share < _MOST:
        missing = n - scored
        yield (
            f"{missing} of {n} replies of the judge {'is no score' if missing == 1 else 'are no scores'}."
            " Replies without a score are left out below; their items may be harder than the others."
        )


def footing_sentence(footing: Footing) -> str:
    """Say whether the judge agrees with an expert as experts agree with each other; by Gwet's AC."""
    measure = next((each for each in footing.measures if each.key == "ac"), None)
    if measure is None or measure.judge.value is None or measure.experts.value is None:
        return footing.refusal
    values = f"{_number(measure.judge)} against {_number(measure.experts)} by {measure.name}"
    low, high = measure.difference.low, measure.difference.high
    if low is None or high is None:
        return f"The judge with one expert, and one expert with another: {values}, without an interval."
    between = f"interval of the difference {_signed(low)} to {_signed(high)}"
    if high < 0:
        return f"The judge agrees with an expert less than experts do with each other: {values}, {between}."
    if low > 0:
        return f"The judge agrees with an expert more than experts do with each other: {values}, {between}."
    return (
        f"Whether the judge agrees with an expert less or more than experts do with each other cannot be"
        f" told: {values}, {between}."
    )


def _number(estimate: Estimate) -> str:
    return _signed(estimate.value or 0.0)


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
