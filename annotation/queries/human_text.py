"""Texts that people wrote for a study's posts, and the dimensions under which they are rated."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Case, Value, When

from annotation.enums import RatedUnder
from annotation.models import Study
from generation.enums import ResponseSource, ResponseStatus
from generation.models import Response


@dataclass(frozen=True)
class HumanText:
    """One text without its words; dimension_key is "" where it was not written for one dimension."""

    response_id: int
    post_id: int
    post_position: int
    source: str
    dimension_key: str
    dimension_name: str


@dataclass(frozen=True)
class HumanSource:
    """What one source holds for a study's posts.

    by_dimension counts texts by the dimension's name, under "" those for no single one.
    """

    name: str
    n_texts: int
    n_posts: int
    by_dimension: tuple[tuple[str, int], ...]


def human_texts(study: Study) -> list[HumanText]:
    """Return the texts for the study's posts that can be rated, by source and post. One query.

    A dimension is known by its key, so that texts stay when the study takes a newer version of its set. Where
    one source has a text of a post for two versions of a dimension, the study's own version counts.
    """
    own_set = When(dimension__constitution_set=study.constitution_set_id, then=Value(1))
    rows = (
        Response.objects.filter(
            source=ResponseSource.HUMAN, status=ResponseStatus.VALID, post__collection=study.posts_id
        )
        .order_by("method", "post__position", "dimension__number", Case(own_set, default=Value(0)), "pk")
        .values_list("pk", "post", "post__position", "method", "dimension__key", "dimension__name")
    )
    texts = (HumanText(*row[:4], row[4] or "", row[5] or "") for row in rows)
    return list({(text.source, text.post_id, text.dimension_key): text for text in texts}.values())


def human_sources(texts: Iterable[HumanText]) -> list[HumanSource]:
    """Count the texts of each source; takes them as `human_texts` gives them."""
    return [_count(name, list(of_source)) for name, of_source in groupby(texts, lambda text: text.source)]


def _count(name: str, texts: Sequence[HumanText]) -> HumanSource:
    return HumanSource(
        name=name,
        n_texts=len(texts),
        n_posts=len({text.post_id for text in texts}),
        by_dimension=tuple(sorted(Counter(text.dimension_name for text in texts).items())),
    )


Draw = Callable[[HumanText, Sequence[str]], str]


def rated_cells(
    texts: Sequence[HumanText], *, dimension_keys: Sequence[str], rated_under: str, draw: Draw
) -> list[tuple[HumanText, str]]:
    """Return each text with the key of each dimension under which it is rated.

    A text for one dimension is rated under that one, if it is among the keys. Any other is rated under all of
    them, or under the one that `draw` picks; not under those for which its source has a text of its own.
    """
    own = {(text.source, text.post_id, text.dimension_key) for text in texts}
    cells = []
    for text in texts:
        if text.dimension_key:
            free = [text.dimension_key] if text.dimension_key in dimension_keys else []
        else:
            free = [key for key in dimension_keys if (text.source, text.post_id, key) not in own]
            if free and rated_under == RatedUnder.DRAW:
                free = [draw(text, free)]
        cells += [(text, key) for key in free]
    return cells
