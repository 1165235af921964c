"""A rater's browser never learns where a text came from: all she can reach is crawled and searched."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import CharField, Value
from django.db.models.functions import Cast as CastTo
from django.db.models.functions import Concat
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone

from annotation.domain.judge_reply import settle_reply
from annotation.enums import JudgeOutcome, Role
from annotation.models import (
    Assignment,
    Condition,
    ConsentText,
    Criterion,
    Flag,
    Item,
    JudgePromptSet,
    JudgeReply,
    JudgeRun,
    JudgeSettlement,
    Membership,
    Rating,
    RatingVersion,
    ScalePoint,
    User,
)
from annotation.queries.rating import DeskItem, desk_item, saved_rating
from annotation.urls import urlpatterns as annotation_urls
from annotation.views.desk_request import lead_to
from generation.models import (
    BackendEnvironment,
    Chain,
    ConstitutionSet,
    Dimension,
    GenerationRun,
    ModelSpec,
    Post,
    PromptSet,
    Response,
    RunModel,
    Step,
)
from generation.urls import urlpatterns as generation_urls
from tests.annotation.judges import make_judged
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study
from tests.row_counters import count_from

pytestmark = pytest.mark.django_db

# What says where a text came from, or who else judged it. Each is planted where the product keeps it.
CANARIES = (
    "canary-model",
    "canary-weights",
    "canary-revision",
    "canary-method",
    "canary-strategy",
    "canary-human-source",
    "canary-run",
    "canary-constitution",
    "canary-prompts",
    "canary-wording",
    "canary-output",
    "canary-environment",
    "canary-problem",
    "canary-post-key",
    "canary-hash",
    "canary-rationale",
    "canary-flag",
    "canary-judge",
    "canary-questions",
    "canary-reply",
    "canary-reason",
    "canary-settlement",
    "canary-subject",
    "rater2@example.org",
    "canary-code",
)
NAMES = ("INDV", "ITER", "vanilla", "+cons", "self-refine", "SmolLM2")
# Whose rows count from a number of their own, so that an id is known wherever it turns up.
NUMBERED = (
    *(Post, Response, Chain, Step, RunModel, GenerationRun, ModelSpec, BackendEnvironment, PromptSet),
    *(ConstitutionSet, Dimension, Condition, Item, Assignment, Rating, RatingVersion, Flag, Membership, User),
    *(Criterion, ScalePoint, ConsentText, JudgePromptSet, JudgeRun, JudgeReply, JudgeSettlement),
)
FIRST_NUMBERS = {model: 700_000_000 + 1_000_000 * index for index, model in enumerate(NUMBERED)}
# What a page for raters must not even ask the database for.
SECRET_TABLES = (
    "annotation_condition",
    "generation_modelspec",
    "generation_generationrun",
    "generation_runmodel",
    "generation_chain",
    "generation_step",
    "generation_backendenvironment",
    "generation_promptset",
    "generation_constitutionset",
    "annotation_judgepromptset",
    "annotation_judgerun",
    "annotation_judgereply",
    "annotation_judgesettlement",
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
BY_SCRIPT = {"X-Desk": "1"}
SCORES = {f"score_{key}": "1" for key in ("alignment", "empathy", "harmfulness", "factuality")}


@pytest.fixture
def cast() -> Cast:
    """A study with every secret planted; the rater has rated one item, skipped none, and can rate seven."""
    for model, first in FIRST_NUMBERS.items():
        count_from(model, first)
    cast = make_study(posts=2, human_sources=("human_source",))
    plant(cast)
    return cast


def plant(cast: Cast) -> None:
    """Put every canary where the product keeps what a rater must not know; the rater has rated one item."""
    _plant_judge(cast)
    other_seat = cast.assignments(cast.raters[1])[0]
    rate(other_seat, rationale="canary-rationale")
    Flag.objects.create(assignment=other_seat, note="canary-flag")
    rate(cast.assignments(cast.rater)[0], rationale="My own words.")
    Membership.objects.filter(study=cast.study, role=Role.RATER).update(topics_chosen_at=timezone.now())
    Membership.objects.filter(user=cast.raters[1]).update(code="canary-code")
    ModelSpec.objects.update(name="canary-model", model="canary-weights", revision="canary-revision")
    Condition.objects.filter(method="vanilla").update(method="canary-method")
    Condition.objects.filter(method="human_source").update(method="canary-human-source")
    Response.objects.filter(method="human_source").update(method="canary-human-source")
    Chain.objects.filter(strategy="INDV vanilla").update(strategy="canary-strategy")
    GenerationRun.objects.update(name="canary-run")
    ConstitutionSet.objects.update(name="canary-constitution")
    PromptSet.objects.update(name="canary-prompts")
    Step.objects.update(wording="canary-wording", output="canary-output")
    BackendEnvironment.objects.update(record={"model": "canary-environment"})
    Response.objects.update(problems=["canary-problem"], sha256="canary-hash")
    for response in Response.objects.filter(chain__isnull=False):
        # The factory writes its chain's id into a text.
        Response.objects.filter(pk=response.pk).update(text=re.sub(r"letter \d+", "letter", response.text))
    for post in Post.objects.all():
        Post.objects.filter(pk=post.pk).update(
            key=f"canary-post-key-{post.position}", sha256="canary-hash", content_note="grief"
        )


def _plant_judge(cast: Cast) -> None:
    """Have a judge score the study's texts, and a manager settle one of its replies."""
    reply = make_judged(cast, "canary-reply")
    settle_reply(reply, outcome=JudgeOutcome.REFUSED, reason="canary-settlement", n_known=0, by=cast.manager)
    JudgeRun.objects.update(judge="canary-judge")
    JudgePromptSet.objects.update(name=Concat(Value("canary-questions "), CastTo("pk", CharField())))
    JudgeReply.objects.update(rationale="canary-reason")
    for chain in Chain.objects.exclude(subject=""):
        Chain.objects.filter(pk=chain.pk).update(subject=f"canary-subject {chain.pk}")


@dataclass
class Crawl:
    """All that one rater was answered, by request; and what the database was asked for each of them."""

    cast: Cast
    client: Client
    answers: dict[str, HttpResponse] = field(default_factory=dict)
    queries: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, name: str, path: str, send: Callable[[], HttpResponse]) -> HttpResponse:
        with CaptureQueriesContext(connection) as captured:
            response = send()
        key = name if name not in self.answers else f"{name} again"
        self.answers[key] = response
        self.queries[key] = [query["sql"] for query in captured]
        return response

    def get(self, path: str, **headers: str) -> HttpResponse:
        name = " ".join(["GET", path, *headers.values()])
        return self.ask(name, path, lambda: self.client.get(path, headers=headers or None))

    def post(
        self, path: str, fields: dict[str, str], *, says: str = "", is_by_script: bool = True
    ) -> HttpResponse:
        name = " ".join(filter(None, ["POST", path, says]))
        headers = BY_SCRIPT if is_by_script else None
        return self.ask(name, path, lambda: self.client.post(path, fields, headers=headers))

    def follow_links(self) -> None:
        waiting = {link for response in self.answers.values() for link in _links(response)}
        while waiting:
            path = waiting.pop()
            if f"GET {path}" not in self.answers:
                waiting |= _links(self.get(path))


def crawl(cast: Cast, client: Client) -> dict[str, HttpResponse]:
    """Return every response that the rater can reach by link, form, script or guess, by method and path."""
    return crawled(cast, client).answers


def crawled(cast: Cast, client: Client) -> Crawl:
    client.force_login(cast.rater)
    crawl = Crawl(cast, client)
    _ask_for_places(crawl)
    _send_forms(crawl)
    _send_as_the_script_does(crawl)
    crawl.follow_links()
    return crawl


def _ask_for_places(crawl: Crawl) -> None:
    """Ask for every address of the site with the names and ids that there are: the rater may guess them."""
    study = crawl.cast.study
    known = {"slug": study.slug, "position": 2, "token": "x" * 43, "name": "means.svg", "change": "pause"}
    by_name: dict[str, Iterable[int]] = {
        "response_id": Response.objects.values_list("pk", flat=True)[:1],
        "chain_id": Chain.objects.values_list("pk", flat=True)[:1],
        "flag_id": Flag.objects.values_list("pk", flat=True)[:1],
        "member_id": Membership.objects.values_list("pk", flat=True)[:1],
        "invitation_id": [1],
        "snapshot_id": [1],
        "file_id": [1],
        "exclusion_id": [1],
        "condition_id": Condition.objects.values_list("pk", flat=True)[:1],
        "judge_id": JudgeRun.objects.values_list("pk", flat=True)[:1],
        "reply_id": JudgeReply.objects.values_list("pk", flat=True)[:1],
    }
    ids = known | {name: next(iter(keys)) for name, keys in by_name.items()}
    for pattern in [*annotation_urls, *generation_urls]:
        names = set(pattern.pattern.converters)
        for pk in _keys_of_library(pattern) if "pk" in names else [0]:
            values = {name: (ids | {"pk": pk})[name] for name in names}
            crawl.get(reverse(pattern.name, kwargs=values))
    crawl.get(f"/rate/{study.slug}/", **{"HX-Request": "true"})
    crawl.get(f"/rate/{study.slug}/2/", **BY_SCRIPT)
    crawl.get("/rate/token/", **BY_SCRIPT)


def _keys_of_library(pattern: URLPattern) -> list[int]:
    kinds = {
        "constitution": ConstitutionSet,
        "prompt": PromptSet,
        "model": ModelSpec,
        "judge": JudgePromptSet,
    }
    kind = next(kind for name, kind in kinds.items() if pattern.name.startswith(name))
    return list(kind.objects.values_list("pk", flat=True)[:1])


def _send_forms(crawl: Crawl) -> None:
    """Send the forms of pages as a browser without JavaScript does."""
    slug = crawl.cast.study.slug
    incomplete = {"submission": str(uuid4()), "base": "0", "score_alignment": "8"}
    changed = {"submission": str(uuid4()), "base": "7", "reason": "x", "rationale_alignment": "Long enough"}
    item = f"/rate/{slug}/2/"
    for path, fields in (
        (item, incomplete),
        (f"/rate/{slug}/1/", changed | SCORES),
        (f"{item}flag/", incomplete | {"about": "poster"}),
        (f"/rate/{slug}/topics/", {}),
        (f"/rate/{slug}/break/", {}),
        (f"/rate/{slug}/8/skip/", {}),
    ):
        crawl.post(path, fields, is_by_script=False, says="as a form")


def _send_as_the_script_does(crawl: Crawl) -> None:
    slug = crawl.cast.study.slug
    item, window = f"/rate/{slug}/3/", str(uuid4())
    crawl.get(item)
    form = {"submission": window, "base": "0", "known": "", "rationale_alignment": "Long enough"} | SCORES
    draft = form | {"window": window, "sequence": "1", "spans": '[{"number": 1, "seconds": 5, "ago": 1}]'}
    crawl.post(f"{item}draft/", draft, says="at first")
    crawl.post(f"{item}draft/", draft | {"window": str(uuid4())}, says="in another window")
    crawl.post(f"{item}draft/", {}, says="without fields")
    crawl.post(f"{item}activity/", draft)
    crawl.post(item, {"submission": window, "base": "0"}, says="incomplete")
    crawl.post(item, form | {"submission": str(uuid4())}, says="over a draft")
    crawl.post(f"{item}flag/", form | {"about": "item", "flag_note": "Odd."})
    crawl.post(item, form, says="complete")
    crawl.post(item, form | {"submission": str(uuid4()), "reason": "x"}, says="changed elsewhere")
    crawl.post(f"{item}draft/", draft | {"sequence": "2"}, says="too late")
    crawl.post(f"/rate/{slug}/4/skip/", {"kind": "cannot_judge"})


def _links(response: HttpResponse) -> set[str]:
    """Return the site's own addresses in an answer, those that end the session left out."""
    kind = response.get("Content-Type", "")
    found = [response[name].split("?")[0] for name in ("Location", "X-Desk-Url") if response.has_header(name)]
    if "text/html" in kind:
        found += re.findall(r'(?:href|src|action|formaction|hx-get)="(/[^"#?]*)', response.content.decode())
    if "javascript" in kind:
        place = Path(response.request["PATH_INFO"]).parent
        found += [str(place / name) for name in re.findall(r'from "\./([^"]+)"', _body(response).decode())]
    return {path for path in found if path.startswith("/") and "logout" not in path}


def _body(response: HttpResponse) -> bytes:
    if response.streaming:
        response.content_once = getattr(response, "content_once", None) or b"".join(response)
        return response.content_once
    return response.content


def leaks(responses: dict[str, HttpResponse]) -> list[tuple[str, str]]:
    """Return (request, secret) for every secret found in a body, a header, a cookie or an address."""
    found = []
    for request, response in responses.items():
        # Scripts and the API's description may use the method's general words; they say nothing of a study.
        is_page = not request.startswith(("GET /static/", "GET /api/schema/"))
        # A guessed address has its ids from this test.
        is_guess = response.status_code in {403, 404, 405}
        cookies = response.cookies.output() if isinstance(response.cookies, SimpleCookie) else ""
        headers = "\n".join(f"{name}: {value}" for name, value in response.items())
        whole = (
            f"{'' if is_guess else request}\n{headers}\n{cookies}\n{_body(response).decode(errors='replace')}"
        )
        # Tokens are random letters, which may spell anything.
        whole = re.sub(r"\b[A-Za-z0-9]{32,}\b", "", whole)
        secrets = (*CANARIES, *NAMES) if is_page else CANARIES
        found += [(request, secret) for secret in secrets if secret in whole]
        numbers = {int(number) for number in re.findall(r"(?<!\d)7\d{8}(?!\d)", whole)}
        found += [
            (request, model.__name__)
            for model, first in FIRST_NUMBERS.items()
            if any(first <= number < first + 1_000_000 for number in numbers)
        ]
    return found


def test_crawl_reaches_what_raters_reach(cast: Cast, client: Client) -> None:
    responses = crawl(cast, client)

    item, third = f"/rate/{cast.study.slug}/2/", f"/rate/{cast.study.slug}/3/"
    statuses = {request: response.status_code for request, response in responses.items()}
    expected = {
        f"GET {item}": 200,
        f"GET {item} 1": 200,
        f"GET /rate/{cast.study.slug}/rated/ratings.csv": 200,
        f"POST {item} as a form": 422,
        f"POST /rate/{cast.study.slug}/1/ as a form": 409,
        f"POST {third}draft/ at first": 200,
        f"POST {third}draft/ in another window": 409,
        f"POST {third}draft/ without fields": 422,
        f"POST {third}draft/ too late": 410,
        f"POST {third}activity/": 204,
        f"POST {third} incomplete": 422,
        f"POST {third} over a draft": 409,
        f"POST {third} complete": 200,
        f"POST {third} changed elsewhere": 409,
        f"POST /rate/{cast.study.slug}/4/skip/": 200,
        "GET /rate/token/ 1": 200,
    }
    assert {request: statuses.get(request) for request in expected} == expected
    assert responses[f"POST {third} complete"]["X-Desk-Url"] == item
    scripts = {name.name for name in (settings.BASE_DIR / "static" / "js" / "desk").glob("*.js")}
    seen = {request.rpartition("/")[2] for request in responses if request.startswith("GET /static/js/desk/")}
    assert scripts - {"desk.js"} <= seen
    assert {request for request in responses if request.startswith("GET /static/css/")} != set()


def test_nothing_that_a_rater_can_reach_says_where_a_text_came_from(cast: Cast, client: Client) -> None:
    assert leaks(crawl(cast, client)) == []


def test_leak_in_a_page_is_found(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(seat: Assignment) -> DeskItem:
        return replace(desk_item(seat), dimension=" ".join((*CANARIES, *NAMES)))

    monkeypatch.setattr("annotation.views.rating.desk_item", leaking)

    found = leaks(crawl(cast, client))

    item = f"/rate/{cast.study.slug}/2/"
    for request in (f"GET {item}", f"GET {item} 1", f"POST /rate/{cast.study.slug}/3/ complete"):
        assert [secret for where, secret in found if where == request] == [*CANARIES, *NAMES]


@pytest.mark.parametrize("kind", ["condition_id", "response_id", "post_id", "pk"])
def test_id_in_a_page_is_found(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def leaking(seat: Assignment) -> DeskItem:
        return replace(desk_item(seat), dimension=f"Dimension {getattr(seat.item, kind)}")

    monkeypatch.setattr("annotation.views.rating.desk_item", leaking)

    found = leaks(crawl(cast, client))

    model = {"condition_id": "Condition", "response_id": "Response", "post_id": "Post", "pk": "Item"}[kind]
    assert (f"GET /rate/{cast.study.slug}/2/", model) in found


def test_leak_in_json_is_found(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.views.draft._shown", lambda draft: {"fields": "canary-rationale"})

    found = leaks(crawl(cast, client))

    assert found == [(f"POST /rate/{cast.study.slug}/3/draft/ in another window", "canary-rationale")]


def test_leak_in_a_header_is_found(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(*args: object, **fields: object) -> HttpResponse:
        response = lead_to(*args, **fields)
        response["X-Served-From"] = "canary-run"
        return response

    monkeypatch.setattr("annotation.views.rating.lead_to", leaking)

    found = leaks(crawl(cast, client))

    assert (f"POST /rate/{cast.study.slug}/8/skip/ as a form", "canary-run") in found


def test_leak_in_a_cookie_is_found(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(*args: object, **fields: object) -> HttpResponse:
        response = JsonResponse(*args, **fields)
        response.set_cookie("last", "canary-strategy")
        return response

    monkeypatch.setattr("annotation.views.draft.JsonResponse", leaking)

    found = leaks(crawl(cast, client))

    assert ("GET /rate/token/", "canary-strategy") in found


def test_leak_in_a_file_name_is_found(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(*args: object, headers: dict[str, str], **fields: object) -> HttpResponse:
        return HttpResponse(*args, headers={"Content-Disposition": 'filename="canary-run.csv"'}, **fields)

    monkeypatch.setattr("annotation.views.own_ratings.HttpResponse", leaking)

    assert leaks(crawl(cast, client)) == [(f"GET /rate/{cast.study.slug}/rated/ratings.csv", "canary-run")]


def test_another_raters_answers_would_be_found(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_seat = cast.assignments(cast.raters[1])[0]
    monkeypatch.setattr("annotation.views.rating.saved_rating", lambda seat: saved_rating(other_seat))

    found = leaks(crawl(cast, client))

    assert (f"GET /rate/{cast.study.slug}/2/", "canary-rationale") in found


def test_pages_of_raters_do_not_ask_for_what_they_must_not_know(cast: Cast, client: Client) -> None:
    asked = crawled(cast, client).queries

    own = {request: queries for request, queries in asked.items() if " /rate/" in request}
    assert sum(map(len, own.values())) > 100
    assert [
        (request, word)
        for request, queries in own.items()
        for sql in queries
        for word in (*SECRET_TABLES, *_secret_columns(request))
        if word in sql
    ] == []


def _secret_columns(request: str) -> tuple[str, ...]:
    """Return what this request must not read; a seat that becomes free is given out by the study's design."""
    frees_seats = request.startswith("POST") and ("/skip/" in request or "/topics/" in request)
    return () if frees_seats else SECRET_COLUMNS


def test_a_query_for_the_condition_would_be_noticed(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(Membership.objects.filter(assignments__item__condition__method="x"))

    assert [word for word in SECRET_TABLES if word in queries[0]["sql"]] == ["annotation_condition"]


def without_texts(page: str, seat: Assignment) -> str:
    """Return a page without what differs from item to item by right: texts, position, tokens."""
    item = Item.objects.select_related("post", "response", "dimension").get(pk=seat.item_id)
    shown = [item.post.text, item.response.text, item.dimension.name, item.dimension.aim]
    for text in sorted([*shown, *item.dimension.standards], key=len, reverse=True):
        page = page.replace(text, "")
    page = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[A-Za-z0-9]{32,}\b", "", page)
    page = re.sub(r"<li>\s*</li>|\d+", "", page)
    return re.sub(r"\s+", " ", page)


def test_items_differ_in_nothing_but_their_texts(cast: Cast, client: Client) -> None:
    """Of every condition the same page, headers and queries: neither looks nor work tell them apart."""
    client.force_login(cast.rater)
    for name in ("aim", "standards"):
        Dimension.objects.update(**{name: getattr(Dimension.objects.first(), name)})
    first, *seats = cast.assignments(cast.rater)
    client.get(f"/rate/{cast.study.slug}/{first.position}/")  # what a process asks for once, of any item
    pages, headers, queries = set(), set(), set()

    for seat in seats:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"/rate/{cast.study.slug}/{seat.position}/")
        pages.add(without_texts(response.content.decode(), seat))
        headers.add(tuple(sorted(response.headers)))
        queries.add(re.sub(r"\d+", "", "; ".join(query["sql"].split(" WHERE ")[0] for query in captured)))

    conditions = {seat.item.condition_id for seat in seats}
    assert len(conditions) == 4
    assert (len(pages), len(headers), len(queries)) == (1, 1, 1)
