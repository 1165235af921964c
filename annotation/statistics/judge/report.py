"""The whole report of a judge against a study's experts."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from annotation.statistics.judge.calibration import Calibration, calibration
from annotation.statistics.judge.comparison import Comparison, comparison
from annotation.statistics.judge.consistency import Consistency, consistency
from annotation.statistics.judge.footing import Footing, footing
from annotation.statistics.judge.judged import Judged, judged_of
from annotation.statistics.judge.outcomes import Outcomes, outcomes
from annotation.statistics.judge.ranking import Ranking, ranking
from annotation.statistics.judge.scores import JudgeScores
from annotation.statistics.judge.sentences import cautions, footing_sentence
from annotation.statistics.report.order import in_order, items_in_order
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale, StudyRatings


@dataclass(frozen=True)
class JudgedGroup:
    """The judge and the experts on one criterion, over all items or those of one condition."""

    outcomes: Outcomes
    comparison: Comparison
    calibration: Calibration


@dataclass(frozen=True)
class CriterionJudge:
    """points: what the scale's points are called, ascending. conditions: in their order.

    cautions, footing_sentence: in words, for people.
    """

    is_ordinal: bool
    points: tuple[str, ...]
    cautions: tuple[str, ...]
    overall: JudgedGroup
    footing: Footing
    footing_sentence: str
    consistency: Consistency
    ranking: Ranking
    conditions: tuple[JudgedGroup, ...]


@dataclass(frozen=True)
class JudgeReport:
    """Everything that is computed of a judge; `criteria` by criterion key.

    n_items: that it has replies to and that experts rated. n_elsewhere: replies to other items, not used.
    """

    n_items: int
    n_replies: int
    n_repeats: int
    n_elsewhere: int
    criteria: dict[str, CriterionJudge]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON holds it: names of the fields, numbers, None, words."""
        return asdict(self)


def judge_report(ratings: StudyRatings, judge: JudgeScores, plan: Plan) -> JudgeReport:
    """Compare a judge with the experts; the same ratings, replies and plan give the same report."""
    judge = judge.in_order(np.argsort(items_in_order(ratings)))
    ratings = in_order(ratings)
    return JudgeReport(
        n_items=len(set(judge.item.tolist())),
        n_replies=judge.n_replies,
        n_repeats=judge.n_repeats,
        n_elsewhere=judge.n_elsewhere,
        criteria={
            scale.key: _of_criterion(ratings, judge, plan, criterion)
            for criterion, scale in enumerate(ratings.scales)
        },
    )


def _of_criterion(ratings: StudyRatings, judge: JudgeScores, plan: Plan, criterion: int) -> CriterionJudge:
    scale, judged = ratings.scales[criterion], judged_of(ratings, judge, criterion)
    n_conditions = len(ratings.conditions)
    overall = _group(judged, scale, plan)
    compared = footing(judged, ratings.observations(criterion), scale, plan)
    return CriterionJudge(
        is_ordinal=scale.is_ordinal,
        points=tuple(scale.name_of(point) for point in range(len(scale.values))),
        cautions=tuple(cautions(overall.comparison, overall.outcomes)),
        overall=overall,
        footing=compared,
        footing_sentence=footing_sentence(compared),
        consistency=consistency(judged, scale, plan),
        ranking=ranking(judged, ratings.condition, n_conditions, scale, plan),
        conditions=tuple(
            _group(judged.subset(ratings.condition == number), scale, plan) for number in range(n_conditions)
        ),
    )


def _group(judged: Judged, scale: Scale, plan: Plan) -> JudgedGroup:
    return JudgedGroup(
        outcomes=outcomes(judged, plan),
        comparison=comparison(judged, scale, plan),
        calibration=calibration(judged, scale, plan),
    )
