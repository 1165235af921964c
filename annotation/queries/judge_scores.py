"""A study's judges as arrays, beside its counted ratings, for statistics."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotation.enums import JudgeOutcome
from annotation.models import Criterion, JudgeReply, JudgeRun, Study
from annotation.queries.criterion import criteria_of
from annotation.queries.judge_state import compared_judge_runs
from annotation.queries.judged_item import JudgedItems, judged_items
from annotation.queries.study_ratings import KeyedRatings, by_value
from annotation.statistics.judge.scores import NOT_ASKED, OUTCOMES, JudgeScores
from annotation.statistics.observations import IntArray

_FIELDS = ("criterion", "item", "response", "dimension", "outcome", "point")
_NUMBER_OF = {JudgeOutcome(name).value: number for number, name in enumerate(OUTCOMES)}


@dataclass(frozen=True, eq=False)
class KeyedJudge:
    """A judge's scores of the items of `KeyedRatings`, and whose they are."""

    judge_run: JudgeRun
    scores: JudgeScores


def keyed_judges(study: Study, keyed: KeyedRatings) -> tuple[KeyedJudge, ...]:
    """Return the compared judges of a study. Four queries and one for each judge; replies are streamed."""
    judge_runs = list(compared_judge_runs(study))
    if not judge_runs:
        return ()
    criteria, items = list(criteria_of(study)), judged_items(study)
    place_of = {key: place for place, key in enumerate(keyed.items.tolist())}
    return tuple(
        KeyedJudge(judge_run, _scores(judge_run, criteria, items, place_of)) for judge_run in judge_runs
    )


def _scores(
    judge_run: JudgeRun, criteria: Sequence[Criterion], items: JudgedItems, place_of: Mapping[int, int]
) -> JudgeScores:
    """Return the judge's scores; replies to one item on one criterion are its repeats, in their order.

    place_of: where the rated items stand among those of `KeyedRatings`, by primary key.
    """
    column_of = {criterion.pk: column for column, criterion in enumerate(criteria)}
    category_of = {
        point.pk: category for criterion in criteria for category, point in enumerate(by_value(criterion))
    }
    cells: list[tuple[int, int, int, int, int]] = []
    n_elsewhere = 0
    asked: defaultdict[tuple[int, int], int] = defaultdict(int)
    for criterion, item, response, dimension, outcome, point in _rows(judge_run):
        found = [place_of[key] for key in items.of(item, response, dimension) if key in place_of]
        n_elsewhere += not found
        for place in found:
            column = column_of[criterion]
            asked[place, column] += 1
            category = -1 if point is None else category_of[point]
            cells.append((place, asked[place, column], column, _NUMBER_OF[outcome], category))
    return _matrix(np.array(cells, dtype=np.int64).reshape(-1, 5), len(criteria), n_elsewhere=n_elsewhere)


def _rows(judge_run: JudgeRun) -> Iterator[tuple[int, int | None, int | None, int | None, str, int | None]]:
    replies = JudgeReply.objects.filter(judge_run=judge_run).order_by("repeat", "pk")
    return replies.values_list(*_FIELDS).iterator(chunk_size=5_000)


def _matrix(cells: IntArray, n_criteria: int, *, n_elsewhere: int) -> JudgeScores:
    """Return a row for each item and repeat; cells: (n, 5) item, repeat, column, outcome, category."""
    keys, row = np.unique(cells[:, :2], axis=0, return_inverse=True)
    outcome, score = (np.full((len(keys), n_criteria), empty, dtype=np.int64) for empty in (NOT_ASKED, -1))
    at = (row.reshape(-1), cells[:, 2])
    outcome[at], score[at] = cells[:, 3], cells[:, 4]
    return JudgeScores(
        item=keys[:, 0], repeat=keys[:, 1], outcome=outcome, score=score, n_elsewhere=n_elsewhere
    )
