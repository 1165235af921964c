"""The whole report of a study's ratings."""

from dataclasses import asdict, dataclass
from typing import Any

from annotation.statistics.report.agreement import CriterionAgreement, agreement_reports
from annotation.statistics.report.comparisons import CriterionComparisons, comparison_reports
from annotation.statistics.report.conditions import ConditionReport, condition_reports, group_reports
from annotation.statistics.report.order import in_order
from annotation.statistics.report.plan import Plan
from annotation.statistics.report.raters import RatersReport, raters_report
from annotation.statistics.study_ratings import StudyRatings

# Beside the groupings of items, ratings part by who gave them.
RATER = "rater"


@dataclass(frozen=True)
class StudyReport:
    """Everything that is computed of a study. The same ratings and plan give the same report.

    breakdowns: by the study's groupings of items, as "topic", and by rater, of all raters in their order.
    """

    n_items: int
    n_ratings: int
    n_raters: int
    conditions: tuple[ConditionReport, ...]
    agreement: dict[str, CriterionAgreement]
    raters: RatersReport
    comparisons: dict[str, CriterionComparisons]
    breakdowns: dict[str, tuple[ConditionReport, ...]]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON holds it: names of the fields, numbers, None, words."""
        return asdict(self)


def study_report(ratings: StudyRatings, plan: Plan) -> StudyReport:
    """Compute the report: seconds for a study of hundreds of items, so not while a page waits."""
    ratings = in_order(ratings)
    return StudyReport(
        n_items=len(set(ratings.item.tolist())),
        n_ratings=ratings.n_ratings,
        n_raters=len(set(ratings.rater.tolist())),
        conditions=condition_reports(ratings, plan),
        agreement=agreement_reports(ratings, plan),
        raters=raters_report(ratings, plan),
        comparisons=comparison_reports(ratings, plan),
        breakdowns={
            RATER: group_reports(ratings, plan, ratings.rater, len(ratings.raters)),
            **{
                kind: group_reports(ratings, plan, grouping.group[ratings.item], len(grouping.names))
                for kind, grouping in ratings.groupings.items()
            },
        },
    )
