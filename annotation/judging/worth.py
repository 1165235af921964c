"""How much a judge's scores can be worth, in plain words, from its size and from what it answered."""

import re
from collections.abc import Mapping

# Of so few billions of parameters, models rarely follow a question with a scale and a form of reply.
SMALL_BILLIONS = 3.0
# From these shares on, scores say little, whoever gave them.
MANY_UNREADABLE = 0.2
NEARLY_ALWAYS_SAME = 0.9
FEWEST_SCORES = 10

_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)(m|b)(?![a-z0-9])", re.IGNORECASE)


def billions_in(name: str) -> float | None:
    """Return the billions of parameters that a model's name states, as SmolLM2-135M does; else None."""
    found = _SIZE.search(name)
    if found is None:
        return None
    return float(found[1]) / (1000 if found[2].lower() == "m" else 1)


def worth_warnings(
    judge: str, *, n_answered: int, n_scores: int, commonest: Mapping[str, tuple[str, int, int]]
) -> list[str]:
    """Say why its scores are worth little; nothing where nothing of the kind is known.

    commonest has, for each criterion, the point given most often, how often, and how many scores there are.
    """
    warnings = []
    billions = billions_in(judge)
    if billions is not None and billions < SMALL_BILLIONS:
        warnings.append(
            f"{judge} is a very small model, with about {_amount(billions)} parameters. So small a model "
            "hardly understands what it is asked here. Its scores show that judging works on this site. They "
            "say next to nothing about the texts, and belong in no paper."
        )
    unread = n_answered - n_scores
    if n_answered >= FEWEST_SCORES and not n_scores:
        warnings.append(f"Not one of its {n_answered:,} replies holds a score.")
    elif n_answered >= FEWEST_SCORES and unread >= MANY_UNREADABLE * n_answered:
        warnings.append(
            f"{unread:,} of {n_answered:,} replies ({unread / n_answered:.0%}) hold no score. What is left "
            "is a selection, and need not be like the rest."
        )
    same = [
        f"{criterion} “{point}” ({n:,} of {n_of_criterion:,} scores)"
        for criterion, (point, n, n_of_criterion) in commonest.items()
        if n_of_criterion >= FEWEST_SCORES and n >= NEARLY_ALWAYS_SAME * n_of_criterion
    ]
    if same:
        warnings.append(
            f"It says nearly always the same, so it does not tell texts apart: {'; '.join(same)}."
        )
    return warnings


def _amount(billions: float) -> str:
    return f"{billions * 1000:.0f} million" if billions < 1 else f"{billions:g} billion"
