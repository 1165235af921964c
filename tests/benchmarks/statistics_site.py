"""Fill the database of the settings with ratings, read a study's scores from it, or ask for their page.

`python -m tests.benchmarks.statistics_site fill|read|page N_RATINGS` prints the figures as its last line.
"""

import json
import statistics
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from annotation.answers import answers_text  # noqa: E402
from annotation.domain.snapshot import take_snapshot  # noqa: E402
from annotation.domain.study import create_study  # noqa: E402
from annotation.enums import AssignmentStatus, ConditionSource, Role  # noqa: E402
from annotation.models import (  # noqa: E402
    Assignment,
    Condition,
    Item,
    Membership,
    Rating,
    RatingVersion,
    Score,
    Study,
    User,
)
from annotation.queries.criterion import criteria_of  # noqa: E402
from annotation.queries.score import scores_for_study  # noqa: E402
from annotation.queries.snapshot import rating_state  # noqa: E402
from annotation.queries.study_ratings import by_value, keyed_ratings  # noqa: E402
from generation.domain.post import PostDraft  # noqa: E402
from tests.benchmarks.desk_load import fixed_loop_ms  # noqa: E402
from tests.benchmarks.memory import peak_mib  # noqa: E402
from tests.benchmarks.statistics_draw import drawn_ratings  # noqa: E402
from tests.factories import make_user  # noqa: E402

CONDITIONS, RATERS, K = 26, 20, 2
# The page shows as much with few as with 2,000, which take minutes.
PAGE_RESAMPLES = 20
BATCH = 20_000
# By hand: millions of model objects would take ten times as long.
INSERT_SCORE = (
    f"INSERT INTO {Score._meta.db_table} (version_id, criterion_id, point_id, rationale)"  # noqa: S608
    " VALUES (%s, %s, %s, '')"
)


def fill(n_ratings: int) -> dict[str, float]:
    """Make a study with so many submitted ratings, each of one version with four scores."""
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    with transaction.atomic():
        _store_ratings(_store_study(n_items=n_ratings // K))
    return {"fill_s": round(time.perf_counter() - began, 1)}


def _store_study(*, n_items: int) -> Study:
    """Store items post by post: each post has an item under every condition."""
    n_posts = -(-n_items // CONDITIONS)
    drafts = [PostDraft(key=f"post-{number}", text=f"Post {number}.", area="x") for number in range(n_posts)]
    study = create_study(name="Benchmark", posts=drafts, created_by=make_user("manager"), seed=7)
    conditions = Condition.objects.bulk_create(
        Condition(study=study, source=ConditionSource.HUMAN, method=f"source-{number}", position=number)
        for number in range(1, CONDITIONS + 1)
    )
    for number in range(1, RATERS + 1):
        Membership.objects.create(
            study=study, user=make_user(f"rater{number}"), role=Role.RATER, code=f"R{number:02d}"
        )
    posts, dimension = list(study.posts.posts.order_by("position")), study.constitution_set.dimensions.first()
    Item.objects.bulk_create(
        (
            Item(
                study=study,
                post=posts[number // CONDITIONS],
                condition=conditions[number % CONDITIONS],
                dimension=dimension,
            )
            for number in range(n_items)
        ),
        batch_size=BATCH,
    )
    return study


def _store_ratings(study: Study) -> None:
    """Store seats, ratings, versions and scores. All are the database's first, so their keys count from 1."""
    items = list(study.items.order_by("pk").values_list("pk", flat=True))
    raters = list(study.memberships.filter(role=Role.RATER).order_by("code").values_list("pk", "user"))
    criteria = [
        (criterion.pk, [point.pk for point in by_value(criterion)]) for criterion in criteria_of(study)
    ]
    drawn = drawn_ratings(
        items=len(items),
        k=K,
        raters=RATERS,
        posts=-(-len(items) // CONDITIONS),
        conditions=CONDITIONS,
        seed=7,
    )
    began_at = timezone.now()
    for start in range(0, drawn.n_ratings, BATCH):
        part = range(start, min(start + BATCH, drawn.n_ratings))
        rater = drawn.rater[part.start : part.stop].tolist()
        item = drawn.item[part.start : part.stop].tolist()
        score = drawn.score[part.start : part.stop].tolist()
        Assignment.objects.bulk_create(
            Assignment(
                pk=number + 1,
                item_id=items[one],
                rater_id=raters[who][0],
                position=number + 1,
                status=AssignmentStatus.SUBMITTED,
                closed_at=began_at + timedelta(seconds=number),
            )
            for number, one, who in zip(part, item, rater, strict=True)
        )
        Rating.objects.bulk_create(
            Rating(
                pk=number + 1,
                assignment_id=number + 1,
                study=study,
                current_id=number + 1,
                answers=answers_text(
                    points[place] for (_, points), place in zip(criteria, places, strict=True)
                ),
            )
            for number, places in zip(part, score, strict=True)
        )
        RatingVersion.objects.bulk_create(
            RatingVersion(
                pk=number + 1, rating_id=number + 1, number=1, submission=uuid.uuid4(), by_id=raters[who][1]
            )
            for number, who in zip(part, rater, strict=True)
        )
        with connection.cursor() as cursor:
            cursor.executemany(INSERT_SCORE, _score_rows(part, score, criteria))


def _score_rows(
    part: range, scores: Sequence[Sequence[int]], criteria: Sequence[tuple[int, Sequence[int]]]
) -> Iterator[tuple[int, int, int]]:
    for number, places in zip(part, scores, strict=True):
        for (criterion, points), place in zip(criteria, places, strict=True):
            yield number + 1, criterion, points[place]


def read(n_ratings: int) -> dict[str, float]:
    """Time Table 3 first: the peak of memory is then its own and that of what is loaded with it."""
    study = Study.objects.get()
    before, loop_ms = peak_mib(), fixed_loop_ms()
    table_s = [seconds_of_table(study, n_ratings) for _ in range(3)]
    peak = peak_mib()
    began = time.perf_counter()
    rating_state(study)
    state_s = time.perf_counter() - began
    began = time.perf_counter()
    keyed_ratings(study)
    arrays_s = time.perf_counter() - began
    return {
        "fixed_loop_ms": round(loop_ms, 1),
        "table_3_first_s": round(table_s[0], 3),
        "table_3_median_s": round(statistics.median(table_s), 3),
        "table_3_peak_mib": round(peak, 1),
        "table_3_mib": round(peak - before, 1),
        "state_s": round(state_s, 3),
        "arrays_s": round(arrays_s, 3),
        "arrays_peak_mib": round(peak_mib(), 1),
    }


def page(n_ratings: int) -> dict[str, float]:
    """Time the scores page with a snapshot of these ratings, and with one of those before the last change."""
    call_command("collectstatic", verbosity=0, interactive=False)
    study = Study.objects.get()
    began = time.perf_counter()
    take_snapshot(study, n_resamples=PAGE_RESAMPLES)
    snapshot_s = time.perf_counter() - began
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(memberships__role=Role.MANAGER))
    seconds_of_page(client, study)
    fresh_s = statistics.median(seconds_of_page(client, study) for _ in range(5))
    change_a_rating()
    first_stale_s, *stale_s = [seconds_of_page(client, study) for _ in range(4)]
    return {
        f"snapshot_of_{PAGE_RESAMPLES}_resamples_s": round(snapshot_s, 1),
        "page_fresh_ms": round(1000 * fresh_s),
        "page_stale_first_s": round(first_stale_s, 3),
        "page_stale_s": round(statistics.median(stale_s), 3),
        "page_fixed_loop_ms": round(fixed_loop_ms(), 1),
    }


def seconds_of_page(client: Client, study: Study) -> float:
    began = time.perf_counter()
    response = client.get(reverse("study_scores", args=[study.slug]))
    took = time.perf_counter() - began
    assert response.status_code == 200, response.status_code
    return took


def change_a_rating() -> None:
    """Give one rating a new version that says the same."""
    rating = Rating.objects.select_related("current").earliest("pk")
    assert rating.current is not None
    version = RatingVersion.objects.create(
        rating=rating, number=rating.current.number + 1, submission=uuid.uuid4(), by_id=rating.current.by_id
    )
    Score.objects.bulk_create(
        Score(version=version, criterion_id=score.criterion_id, point_id=score.point_id)
        for score in rating.current.scores.all()
    )
    Rating.objects.filter(pk=rating.pk).update(current=version)


def seconds_of_table(study: Study, n_ratings: int) -> float:
    began = time.perf_counter()
    scores = scores_for_study(study)
    took = time.perf_counter() - began
    assert scores.n_ratings == n_ratings, scores.n_ratings
    return took


if __name__ == "__main__":
    figures = {"fill": fill, "read": read, "page": page}[sys.argv[1]](int(sys.argv[2]))
    print(json.dumps(figures))
