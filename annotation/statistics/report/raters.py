"""How raters differ: severity, spread, halo, drift, and who has never met whom."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.bootstrap import bootstrap_items, bootstrap_posts
from annotation.statistics.drift import Drift, drifts
from annotation.statistics.halo import Halo, halos
from annotation.statistics.intra_rater import IntraRater, intra_rater_agreement
from annotation.statistics.observations import Observations
from annotation.statistics.pair_agreement import PairAgreement, pair_agreement
from annotation.statistics.paired_ratings import rater_pairs
from annotation.statistics.range_use import RangeUse, range_uses
from annotation.statistics.rater_graph import rater_graph
from annotation.statistics.report.occasions import occasions_of
from annotation.statistics.report.plan import Plan
from annotation.statistics.severity import Severity, severities
from annotation.statistics.study_ratings import StudyRatings


@dataclass(frozen=True)
class PairReport:
    """Two raters on the items that both rated; the same with intervals over posts and over items."""

    first: int
    second: int
    agreement: PairAgreement
    over_items: PairAgreement


@dataclass(frozen=True)
class ConditionMeans:
    """Of one condition: each rater's mean, None without a rating, and number of ratings; by rater number."""

    means: tuple[float | None, ...]
    ns: tuple[int, ...]


@dataclass(frozen=True)
class CriterionRaters:
    """use, severity, drift: by rater number, of those with a score on the criterion. cells: by condition.

    counts: of every rater, how often she gave each point of the scale. intra: of raters with re-ratings.
    """

    counts: tuple[tuple[int, ...], ...]
    use: tuple[RangeUse, ...]
    cells: tuple[ConditionMeans, ...]
    severity: tuple[Severity, ...]
    drift: tuple[Drift, ...]
    pairs: tuple[PairReport, ...]
    intra: tuple[IntraRater, ...]


@dataclass(frozen=True)
class RatersReport:
    """n_ratings: of every rater. criteria: by criterion key. halo: pairs of criterion numbers within a rater.

    never_met: pairs of raters without a common item. groups: raters linked by common items; with more than
    one group, severities cannot be compared across them.
    """

    n_ratings: tuple[int, ...]
    criteria: dict[str, CriterionRaters]
    halo: tuple[Halo, ...]
    never_met: tuple[tuple[int, int], ...]
    groups: tuple[tuple[int, ...], ...]


def raters_report(ratings: StudyRatings, plan: Plan) -> RatersReport:
    """Return what can be said of the raters; empty where nobody has rated."""
    by_criterion = {
        scale.key: _of_criterion(ratings, plan, criterion) for criterion, scale in enumerate(ratings.scales)
    }
    graphs = [rater_graph(ratings.observations(criterion)) for criterion in range(len(ratings.scales))]
    widest = max(graphs, key=lambda graph: int(graph.shared.trace()), default=None)
    return RatersReport(
        n_ratings=tuple(np.bincount(ratings.rater, minlength=len(ratings.raters)).tolist()),
        criteria=by_criterion,
        halo=halos(ratings.points(), ratings.rater),
        never_met=widest.never_met if widest and len(widest.raters) else (),
        groups=widest.components if widest and len(widest.raters) else (),
    )


def _of_criterion(ratings: StudyRatings, plan: Plan, criterion: int) -> CriterionRaters:
    observed = ratings.observations(criterion)
    drawn = {"seed": plan.seed, "n_resamples": plan.n_resamples}
    occasions, whose = occasions_of(ratings, criterion)
    n_points = len(observed.values)
    given = observed.rater * n_points + observed.category
    counts = np.bincount(given, minlength=len(ratings.raters) * n_points)
    return CriterionRaters(
        counts=tuple(map(tuple, counts.reshape(len(ratings.raters), n_points).tolist())),
        use=range_uses(observed),
        cells=_condition_means(ratings, observed),
        severity=severities(observed, **drawn),
        drift=drifts(observed, ratings.given[ratings.scored(criterion)]),
        pairs=tuple(
            PairReport(
                one,
                other,
                agreement=pair_agreement(pair, bootstrap=bootstrap_posts, **drawn),
                over_items=pair_agreement(pair, bootstrap=bootstrap_items, **drawn),
            )
            for (one, other), pair in rater_pairs(observed).items()
        ),
        intra=intra_rater_agreement(occasions, whose, **drawn),
    )


def _condition_means(ratings: StudyRatings, observed: Observations) -> tuple[ConditionMeans, ...]:
    n_raters, n_conditions = len(ratings.raters), len(ratings.conditions)
    cell = ratings.condition[observed.unit] * n_raters + observed.rater
    points = observed.values[observed.category]
    sums = np.bincount(cell, weights=points, minlength=n_conditions * n_raters).reshape(
        n_conditions, n_raters
    )
    ns = np.bincount(cell, minlength=n_conditions * n_raters).reshape(n_conditions, n_raters)
    return tuple(
        ConditionMeans(
            means=tuple(
                float(total) / n if n else None
                for total, n in zip(of_condition, numbers.tolist(), strict=True)
            ),
            ns=tuple(numbers.tolist()),
        )
        for of_condition, numbers in zip(sums, ns, strict=True)
    )
