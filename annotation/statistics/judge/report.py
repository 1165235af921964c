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
from annotation.statistics.observations import Observations
from annotation.statistics.report.order import in_order, items_in_order
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale, StudyRatings


@dataclass(frozen=True)
class JudgedGroup:
    """The judge and the experts on one criterion, over all items or those of one condition.

    cautions, footing_sentence: in words, for people.
    """

    cautions: tuple[str, ...]
    outcomes: Outcomes
    comparison: Comparison
    calibration: Calibration
    footing: Footing
    footing_sentence: str
    consistency: Consistency


@dataclass(frozen=True)
class CriterionJudge:
    """points: what the scale's points are called, ascending. conditions: in their order."""

    is_ordinal: bool
    points: tuple[str, ...]
    overall: JudgedGroup
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
    observed, n_conditions = ratings.observations(criterion), len(ratings.conditions)
    members = [ratings.condition == number for number in range(n_conditions)]
    return CriterionJudge(
        is_ordinal=scale.is_ordinal,
        points=tuple(scale.name_of(point) for point in range(len(scale.values))),
        overall=_group(judged, observed, scale, plan),
        ranking=ranking(judged, ratings.condition, n_conditions, scale, plan),
        conditions=tuple(
            _group(judged.subset(items), observed.subset(items), scale, plan) for items in members
        ),
    )


def _group(judged: Judged, observed: Observations, scale: Scale, plan: Plan) -> JudgedGroup:
    """Compare some items; observed: all of their ratings."""
    came, compared = outcomes(judged, plan), comparison(judged, scale, plan)
    beside = footing(judged, observed, scale, plan)
    return JudgedGroup(
        cautions=tuple(cautions(compared, came)),
        outcomes=came,
        comparison=compared,
        calibration=calibration(judged, scale, plan),
        footing=beside,
        footing_sentence=footing_sentence(beside),
        consistency=consistency(judged, scale, plan),
    )
