"""A study of many items for benchmarks, and what the database has of its ratings."""

import json
import re
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.domain.item import plan_items
from annotation.domain.study import change_design, create_study, open_study
from annotation.enums import AssignmentStatus, Role
from annotation.models import Consent, Item, Membership, Rating, RatingVersion, Study, User
from generation.domain.example import store_example_constitution
from generation.domain.post import PostDraft
from tests.factories import add_human_texts, make_user

SOURCES = ("source-1", "source-2", "source-3", "source-4")
WORDS = 250
POSTS = Path(settings.BASE_DIR) / "generation" / "example" / "posts.jsonl"
NEVER = 1_000_000


def make_big_study(*, items: int, raters: int) -> tuple[Study, dict[str, float]]:
    """Make and open a study of texts of people, four to a post; return it with what its allocation took."""
    words = re.findall(r"\S+", " ".join(json.loads(line)["text"] for line in POSTS.open()))
    n_posts = items // len(SOURCES)
    manager = make_user("manager")
    study = create_study(
        name="Benchmark",
        posts=[
            PostDraft(key=f"post-{number}", text=_text(words, number), area="x")
            for number in range(1, n_posts + 1)
        ],
        constitution_set=store_example_constitution(),
        created_by=manager,
        seed=7,
    )
    for source in SOURCES:
        add_human_texts(study, source)
    for response in (responses := list(_responses(study))):
        response.text = _text(words, response.pk)
    type(responses[0]).objects.bulk_update(responses, ["text"], batch_size=200)
    change_design(
        study,
        dimensions=list(study.constitution_set.dimensions.all()[:2]),
        conditions=[],
        human_sources=SOURCES,
        raters_per_item=2,
        rated_under="draw",
        by=manager,
    )
    # Nothing but ratings is to be measured: no break comes between.
    pauses = ("batch_size", "break_after_minutes", "break_after_heavy_items", "daily_minutes")
    Study.objects.filter(pk=study.pk).update(**dict.fromkeys(pauses, NEVER))
    consent = study.consent_texts.get()
    for number in range(1, raters + 1):
        member = Membership.objects.create(
            study=study,
            user=make_user(f"rater{number}"),
            role=Role.RATER,
            code=f"R{number:02d}",
            topics_chosen_at=timezone.now(),
        )
        Consent.objects.create(membership=member, consent_text=consent)
    plan_items(study)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        open_study(study, by=manager)
    figures = {"open_study_s": time.perf_counter() - began, "open_study_queries": len(queries)}
    study.refresh_from_db()
    return study, figures


def _text(words: Sequence[str], number: int) -> str:
    return " ".join(islice(cycle(words), number * 97 % len(words), number * 97 % len(words) + WORDS))


def _responses(study: Study) -> list:
    return [
        response
        for post in study.posts.posts.prefetch_related("responses")
        for response in post.responses.all()
    ]


def session_of(user: User) -> str:
    """Return the session cookie of a signed-in user."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def kept_figures(acknowledged: Sequence[str]) -> dict[str, float]:
    """Count what was acknowledged and is not there, what is doubled, and items without exactly k seats."""
    stored = set(RatingVersion.objects.values_list("submission", flat=True))
    holding = Q(assignments__status__in=[AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED])
    rated = Q(assignments__status=AssignmentStatus.SUBMITTED)
    items = Item.objects.annotate(
        n_seats=Count("assignments", filter=holding), n_ratings=Count("assignments", filter=rated)
    )
    k = Study.objects.get().raters_per_item
    return {
        "lost": len({UUID(submission) for submission in acknowledged} - stored),
        "doubled": Rating.objects.annotate(n=Count("versions")).filter(n__gt=1).count(),
        "items_without_exactly_k": items.exclude(n_seats=k).count() + items.filter(n_ratings__gt=k).count(),
    }
