"""A rater's browser never learns where a text came from: all she can reach is crawled and searched."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.models import Assignment, Condition, Flag, Membership
from annotation.queries.rating import DeskItem, desk_item, saved_rating
from annotation.urls import urlpatterns
from generation.models import BackendEnvironment, Chain, GenerationRun, ModelSpec, Post, Response, Step
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

# What says where a text came from, or who else judged it. Each is planted where the product keeps it.
CANARIES = (
    "canary-model",
    "canary-weights",
    "canary-method",
    "canary-strategy",
    "canary-run",
    "canary-wording",
    "canary-output",
    "canary-environment",
    "canary-problem",
    "canary-post-key",
    "canary-hash",
    "canary-rationale",
    "canary-flag",
    "rater2@example.org",
    "canary-code",
)
NAMES = ("INDV", "ITER", "vanilla", "+cons", "self-refine", "SmolLM2")
# What a page for raters must not even ask the database for.
SECRET_TABLES = (
    "annotation_condition",
    "generation_modelspec",
    "generation_generationrun",
    "generation_runmodel",
    "generation_chain",
    "generation_step",
    "generation_backendenvironment",
)
SECRET_COLUMNS = (
    "condition_id",
    "chain_id",
    "step_id",
    "run_id",
    "problems",
    "is_final",
    '"generation_response"."source"',
    '"generation_response"."method"',
    '"generation_response"."dimension_id"',
    '"generation_post"."key"',
    "sha256",
)


@pytest.fixture
def cast() -> Cast:
    """A study with every secret planted; the rater has rated one item, skipped none, and can rate three."""
    cast = make_study(posts=1)
    other_seat = cast.assignments(cast.raters[1])[0]
    rate(other_seat, rationale="canary-rationale")
    Flag.objects.create(assignment=other_seat, note="canary-flag")
    rate(cast.assignments(cast.rater)[0], rationale="My own words.")
    Membership.objects.filter(user=cast.raters[1]).update(code="canary-code")
    ModelSpec.objects.update(name="canary-model", model="canary-weights")
    Condition.objects.filter(method="vanilla").update(method="canary-method")
    Chain.objects.filter(strategy="INDV vanilla").update(strategy="canary-strategy")
    GenerationRun.objects.update(name="canary-run")
    Step.objects.update(wording="canary-wording", output="canary-output")
    BackendEnvironment.objects.update(record={"model": "canary-environment"})
    Response.objects.update(problems=["canary-problem"], sha256="canary-hash")
    Post.objects.update(key="canary-post-key", sha256="canary-hash")
    return cast


def crawl(cast: Cast, client: Client) -> dict[str, HttpResponse]:
    """Return every response that the rater can reach by link, form or guess, by method and path."""
    client.force_login(cast.rater)
    responses = {f"{method} {path}": send(path) for method, path, send in _first_requests(cast, client)}
    waiting = {link for response in responses.values() for link in _links(response)}
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        responses[f"GET {path}"] = response = client.get(path)
        waiting |= _links(response) - seen
    return responses


def _first_requests(cast: Cast, client: Client) -> list[tuple[str, str, Callable[[str], HttpResponse]]]:
    """Begin with every address of the app that takes at most a study's name, and with the rater's forms."""
    slug = cast.study.slug
    named = [pattern for pattern in urlpatterns if set(pattern.pattern.converters) <= {"slug"}]
    paths = [
        reverse(pattern.name, kwargs={"slug": slug} if pattern.pattern.converters else {})
        for pattern in named
    ]
    item = f"/rate/{slug}/2/"
    incomplete = {"submission": str(uuid4()), "base": "0", "score_alignment": "8"}
    changed = {"submission": str(uuid4()), "base": "7", "reason": "x"} | {
        f"score_{key}": "1" for key in ("alignment", "empathy", "harmfulness", "factuality")
    }
    return [
        *(("GET", path, client.get) for path in paths),
        ("HX", f"/rate/{slug}/", lambda path: client.get(path, headers={"HX-Request": "true"})),
        ("POST", item, lambda path: client.post(path, incomplete)),
        (
            "POST",
            f"/rate/{slug}/1/",
            lambda path: client.post(path, changed | {"rationale_alignment": "Long enough"}),
        ),
        ("POST", f"{item}flag/", lambda path: client.post(path, incomplete | {"about": "poster"})),
    ]


def _links(response: HttpResponse) -> set[str]:
    """Return the site's own addresses in a page and its Location, those that end the session left out."""
    if "text/html" not in response.get("Content-Type", ""):
        return set()
    found = re.findall(r'(?:href|src|action|formaction|hx-get)="(/[^"#?]*)', response.content.decode())
    if response.has_header("Location"):
        found.append(response["Location"].split("?")[0])
    return {path for path in found if path.startswith("/") and "logout" not in path}


def leaks(responses: dict[str, HttpResponse]) -> list[tuple[str, str]]:
    """Return (request, secret) for every secret found in a body or header."""
    found = []
    for request, response in responses.items():
        # Scripts and the API's description may use the method's general words; they say nothing of a study.
        is_page = not request.startswith(("GET /static/", "GET /api/schema/"))
        body = b"".join(response) if response.streaming else response.content
        whole = f"{request}\n{response.headers}\n{body.decode(errors='replace')}"
        # Tokens are random letters, which may spell anything.
        whole = re.sub(r"\b[A-Za-z0-9]{32,}\b", "", whole)
        secrets = (*CANARIES, *NAMES) if is_page else CANARIES
        found += [(request, secret) for secret in secrets if secret in whole]
    return found


def test_crawl_reaches_the_pages_of_raters(cast: Cast, client: Client) -> None:
    responses = crawl(cast, client)

    slug = cast.study.slug
    places = ["", "consent/", "instructions/", "1/", "2/", "rated/", "support/", "concern/"]
    assert {f"GET /rate/{slug}/{place}" for place in places} <= responses.keys()
    assert {request for request in responses if request.startswith("GET /static/js/rating")} != set()
    assert responses[f"GET /rate/{slug}/2/"].status_code == 200
    assert responses[f"POST /rate/{slug}/2/"].status_code == 422
    assert responses[f"POST /rate/{slug}/1/"].status_code == 409


def test_nothing_that_a_rater_can_reach_says_where_a_text_came_from(cast: Cast, client: Client) -> None:
    assert leaks(crawl(cast, client)) == []


def test_planted_leaks_are_found(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(seat: Assignment) -> DeskItem:
        return replace(desk_item(seat), dimension=" ".join((*CANARIES, *NAMES)))

    monkeypatch.setattr("annotation.views.rating.desk_item", leaking)

    found = leaks(crawl(cast, client))

    desk = f"GET /rate/{cast.study.slug}/2/"
    assert [secret for request, secret in found if request == desk] == [*CANARIES, *NAMES]


def test_another_raters_answers_would_be_found(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_seat = cast.assignments(cast.raters[1])[0]
    monkeypatch.setattr("annotation.views.rating.saved_rating", lambda seat: saved_rating(other_seat))

    found = leaks(crawl(cast, client))

    assert (f"GET /rate/{cast.study.slug}/2/", "canary-rationale") in found


def test_pages_of_raters_do_not_ask_for_what_they_must_not_know(cast: Cast, client: Client) -> None:
    client.force_login(cast.rater)
    places = ["", "consent/", "instructions/", "1/", "2/", "rated/", "support/", "concern/"]

    with CaptureQueriesContext(connection) as queries:
        for place in places:
            client.get(f"/rate/{cast.study.slug}/{place}")
        client.get("/rate/")

    asked = [query["sql"] for query in queries]
    assert len(asked) > len(places)
    assert [(word, sql) for sql in asked for word in (*SECRET_TABLES, *SECRET_COLUMNS) if word in sql] == []


def test_a_query_for_the_condition_would_be_noticed(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(Membership.objects.filter(assignments__item__condition__method="x"))

    assert [word for word in SECRET_TABLES if word in queries[0]["sql"]] == ["annotation_condition"]
