"""The texts of a run, beside each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from generation.enums import ResponseSource, ResponseStatus
from generation.models import Chain, Response


@dataclass(frozen=True)
class Rival:
    """A final text of a post with its condition: strategy and model, or a human source's name."""

    condition: tuple[str, int | None]
    text: str

    @classmethod
    def of(cls, chain: Chain, text: str) -> "Rival":
        return cls((chain.strategy, chain.run_model_id), text)

    def others_among(self, rivals: Iterable["Rival"]) -> Iterator[str]:
        """Yield the texts of the other conditions."""
        return (rival.text for rival in rivals if rival.condition != self.condition)


def rival_texts(run_id: int, post_ids: Sequence[int]) -> dict[int, list[Rival]]:
    """Return the final texts of these posts by post: those of the run that count, and people's. One query."""
    rows = (
        Response.objects.filter(
            Q(source=ResponseSource.HUMAN) | Q(chain__run_model__run=run_id, chain__is_current=True),
            post__in=post_ids,
            is_final=True,
        )
        .exclude(status=ResponseStatus.EXCLUDED)
        .values_list("post_id", "chain__strategy", "chain__run_model_id", "method", "text")
    )
    rivals: dict[int, list[Rival]] = {post_id: [] for post_id in post_ids}
    for post_id, strategy, run_model_id, method, text in rows:
        rivals[post_id].append(Rival((strategy or method, run_model_id), text))
    return rivals
