"""What holds for every page of the admin, over all models."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.domain.assignment import flag
from annotation.domain.judge_reply import settle_reply
from annotation.domain.token import create_token
from annotation.enums import ExclusionKind, FigureLook, JudgeOrigin, JudgeOutcome
from annotation.models import (
    ActiveSpan,
    ContrastPlan,
    DayExtension,
    Draft,
    Exclusion,
    FigureFile,
    ImportedItem,
    ImportedJudgeReply,
    ImportedRating,
    Invitation,
    JudgeReply,
    JudgeRun,
    PlannedContrast,
    Snapshot,
    SnapshotFigure,
    TopicOptOut,
    User,
)
from generation.enums import ReviewKind
from generation.models import ImportRecord, Post, Response, ResponseReview
from tests.annotation.judges import make_judged
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

OURS = [model for label in ("annotation", "generation") for model in apps.get_app_config(label).get_models()]


def page(model: type[Model], action: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


@pytest.fixture
def admin_client() -> Client:
    client = Client()
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return client


def populate(posts: int, prefix: str = "") -> Cast:
    """Give every model at least one row."""
    cast = make_study(posts=posts, prefix=prefix)
    for seat in cast.assignments(cast.rater):
        rate(seat, rationale="CANARY rationale")
        flag(seat, note="CANARY note")
    Invitation.objects.create(
        study=cast.study,
        token_sha256=f"{prefix}hash",
        created_by=cast.manager,
        expires_at=cast.study.created_at,
    )
    create_token(cast.manager)
    seat = cast.assignments(cast.rater)[0]
    now = timezone.now()
    Draft.objects.create(
        assignment=seat, window=uuid4(), sequence=1, base=1, content={"reason": "CANARY draft"}, saved_at=now
    )
    ActiveSpan.objects.create(assignment=seat, window=uuid4(), number=1, began_at=now, ended_at=now)
    TopicOptOut.objects.create(membership=seat.rater, topic="illness")
    DayExtension.objects.create(membership=seat.rater, day=now.date(), reason="CANARY reason")
    Post.objects.filter(collection=cast.study.posts).update(text="CANARY post")
    responses = Response.objects.filter(post__collection=cast.study.posts)
    responses.update(text="CANARY response")
    ResponseReview.objects.create(
        response=responses.first(), kind=ReviewKind.ACCEPTED, text_before="CANARY", text_after="CANARY"
    )
    _import_one(cast)
    _judge(cast)
    snapshot = Snapshot.objects.create(
        study=cast.study,
        state="s",
        data_sha256="d",
        code_sha256="c",
        plan={},
        overview={},
        ratings=b"CANARY",
        taken_at=now,
    )
    Exclusion.objects.create(study=cast.study, kind=ExclusionKind.FLAGGED, reason="CANARY", by=cast.manager)
    plan = ContrastPlan.objects.create(study=cast.study, n_ratings=1, n_looks=0, by=cast.manager)
    a, b, *_ = cast.study.conditions.all()
    PlannedContrast.objects.create(plan=plan, a=a, b=b, position=1)
    figure = SnapshotFigure.objects.create(
        snapshot=snapshot, key="means", title="Means", description="CANARY", table=[["CANARY"]], position=1
    )
    FigureFile.objects.create(figure=figure, look=FigureLook.PRINT, file_type="svg", content=b"CANARY")
    return cast


def _judge(cast: Cast) -> None:
    """Give the models of judges a row each; of a reply that could not be read, and its settlement."""
    reply = make_judged(cast, "CANARY reply")
    settle_reply(reply, outcome=JudgeOutcome.REFUSED, reason="CANARY", n_known=0, by=cast.manager)


def _import_one(cast: Cast) -> None:
    """Give the models of imported releases a row each."""
    rating = cast.assignments(cast.rater)[0].rating
    item = ImportedItem.objects.create(
        item=rating.assignment.item, file="human.json", row=1, fields={"post": "CANARY"}
    )
    ImportedRating.objects.create(
        rating=rating,
        item=item,
        slot=1,
        annotator="11",
        annotation_id=1105,
        created_at_ms=1,
        updated_at_ms=2,
        extra={"note": "CANARY"},
    )
    judge_run = JudgeRun.objects.create(study=cast.study, judge="gpt4", origin=JudgeOrigin.IMPORTED)
    reply = JudgeReply.objects.create(
        judge_run=judge_run,
        criterion=cast.study.criteria.first(),
        raw="CANARY",
        outcome=JudgeOutcome.UNREADABLE,
        rationale="CANARY",
    )
    ImportedJudgeReply.objects.create(
        reply=reply, study=cast.study, file="judge.jsonl", row=1, field="evaluation_raw_output"
    )
    ImportRecord.objects.create(file="texts.jsonl", row=1, field="output", calls=[{"prompt": "CANARY"}])


def test_every_model_is_registered_and_its_pages_open(admin_client: Client) -> None:
    populate(posts=1)

    opened = {
        model: [
            admin_client.get(page(model, "changelist")).status_code,
            admin_client.get(page(model, "changelist"), {"q": "study"}).status_code,
            admin_client.get(page(model, "change", model.objects.first().pk)).status_code,
        ]
        for model in OURS
    }

    assert opened == {model: [200, 200, 200] for model in OURS}


def test_no_list_shows_text_of_posts_responses_or_raters(admin_client: Client) -> None:
    populate(posts=1)

    leaking = [
        model for model in OURS if "CANARY" in admin_client.get(page(model, "changelist")).content.decode()
    ]

    assert leaking == []


def test_every_list_takes_as_many_queries_for_more_rows(admin_client: Client) -> None:
    def queries_of_lists() -> dict[type[Model], int]:
        counts = {}
        for model in OURS:
            with CaptureQueriesContext(connection) as captured:
                admin_client.get(page(model, "changelist"))
            counts[model] = len(captured)
        return counts

    populate(posts=1)
    few = queries_of_lists()
    populate(posts=3, prefix="more-")

    assert queries_of_lists() == few


def test_no_model_can_be_deleted(admin_client: Client) -> None:
    populate(posts=1)
    before = {model: model.objects.count() for model in OURS}

    refused = {}
    for model in OURS:
        row = model.objects.first()
        refused[model] = admin_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code
        selected = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        admin_client.post(page(model, "changelist"), selected)

    assert refused == dict.fromkeys(OURS, 403)
    assert {model: model.objects.count() for model in OURS} == before


def test_all_but_users_are_only_to_look_at(admin_client: Client) -> None:
    populate(posts=1)
    view_only = [model for model in OURS if model is not User]

    refused = {
        model: [
            admin_client.get(page(model, "add")).status_code,
            admin_client.post(page(model, "change", model.objects.first().pk), {}).status_code,
        ]
        for model in view_only
    }

    assert refused == {model: [403, 403] for model in view_only}


def test_no_page_shows_the_words_of_a_draft(admin_client: Client) -> None:
    populate(posts=1)

    html = admin_client.get(page(Draft, "change", Draft.objects.get().pk)).content.decode()

    assert "Sequence:" in html
    assert "CANARY" not in html


def test_version_page_shows_its_time(admin_client: Client) -> None:
    cast = populate(posts=1)
    version = cast.assignments(cast.rater)[0].rating.current

    html = admin_client.get(page(type(version), "change", version.pk)).content.decode()

    assert "Saved at:" in html
    assert "CANARY rationale" in html


def test_token_page_can_revoke_and_never_make() -> None:
    populate(posts=1)
    model = apps.get_model("knox", "AuthToken")
    request = RequestFactory().get("/")
    request.user = make_user("admin", is_staff=True, is_superuser=True)
    registered = admin.site.get_model_admin(model)

    assert (
        registered.has_add_permission(request),
        registered.has_change_permission(request),
        registered.has_delete_permission(request),
    ) == (False, False, True)
