import re
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Length
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from annotation.domain.draft import save_draft
from annotation.domain.rating import note_opened
from annotation.domain.study import close_study, open_study, pause_study
from annotation.enums import AssignmentStatus, SkipKind, StudyStatus
from annotation.models import Assignment, Draft, Flag, Item, Membership, Rating, RatingVersion, Study
from generation.models import Post
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"X-Desk": "1"}
QUERIES_OF_A_SUBMIT = 24 + connection.features.has_select_for_update
PAGES = ["", "1/", "rated/", "support/", "concern/"]


@pytest.fixture
def cast(client: Client) -> Cast:
    """Return a study in which the rater, signed in, has opened every item."""
    cast = make_study(posts=1)
    client.force_login(cast.rater)
    Assignment.objects.update(opened_at=timezone.now())
    return cast


def url(cast: Cast, place: str = "") -> str:
    return f"/rate/{cast.study.slug}/{place}"


def typed(**changes: str) -> dict[str, str]:
    return {
        "submission": str(uuid4()),
        "base": "0",
        "score_alignment": "8",
        "rationale_alignment": "Names two small steps.",
        "score_empathy": "4",
        "score_harmfulness": "1",
        "score_factuality": "1",
    } | changes


def statuses(cast: Cast) -> list[str]:
    return [seat.status for seat in cast.assignments(cast.rater)]


def text_of(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("who", ["manager", "researcher", "outsider"])
def test_rating_pages_are_for_the_studys_raters(cast: Cast, place: str, who: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    assert client.get(url(cast, place)).status_code == 404


@pytest.mark.parametrize("place", PAGES)
def test_rating_pages_ask_strangers_to_sign_in(cast: Cast, place: str) -> None:
    response = Client().get(url(cast, place))

    assert response["Location"] == f"/accounts/login/?next={url(cast, place)}"


def test_removed_rater_finds_nothing(cast: Cast, client: Client) -> None:
    Membership.objects.filter(user=cast.rater).update(removed_at="2026-01-01T00:00Z")

    assert client.post(url(cast, "1/"), typed()).status_code == 404
    assert Rating.objects.count() == 0


def test_home_leads_to_the_only_study(cast: Cast, client: Client) -> None:
    assert client.get("/rate/")["Location"] == url(cast)


@pytest.mark.parametrize("count", [1, 3])
def test_home_lists_several_studies(
    cast: Cast, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        other = make_study(posts=1, prefix=f"other{number}-", is_generated=False)
        Membership.objects.create(study=other.study, user=cast.rater, role="rater", code="R09")

    # Session, user, roles, memberships, and one per study: a rater has few.
    with django_assert_num_queries(5 + count):
        page = text_of(client.get("/rate/"))

    assert page.count("Go to the study") == count + 1


def test_next_leads_to_the_first_open_item(cast: Cast, client: Client) -> None:
    rate(cast.assignments(cast.rater)[0])

    assert client.get(url(cast))["Location"] == url(cast, "2/")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (StudyStatus.DRAFT, "This study is not open yet"),
        (StudyStatus.PAUSED, "This study is paused"),
        (StudyStatus.CLOSED, "This study is closed"),
    ],
)
def test_next_says_why_there_is_nothing_to_rate(
    cast: Cast, client: Client, status: StudyStatus, words: str
) -> None:
    Study.objects.update(status=status)

    assert words in text_of(client.get(url(cast)))


def test_next_says_that_nothing_is_assigned(cast: Cast, client: Client) -> None:
    Assignment.objects.all().delete()

    assert "Nothing is assigned to you yet" in text_of(client.get(url(cast)))


def test_next_waits_for_texts_and_goes_on_by_itself(cast: Cast, client: Client) -> None:
    Item.objects.update(response=None)
    waiting = text_of(client.get(url(cast)))
    asked = text_of(client.get(url(cast), headers={"HX-Request": "true"}))

    seat = cast.assignments(cast.rater)[2]
    Item.objects.filter(pk=seat.item_id).update(
        response=seat.item.post.responses.filter(is_final=True).first()
    )
    ready = client.get(url(cast), headers={"HX-Request": "true"})

    assert "4 of your items wait for their texts" in waiting
    assert 'hx-trigger="every 5s"' in waiting
    assert asked.startswith("<div")
    assert ready["HX-Redirect"] == url(cast, "3/")


def test_next_thanks_at_the_end(cast: Cast, client: Client) -> None:
    for seat in cast.assignments(cast.rater):
        rate(seat)

    page = text_of(client.get(url(cast)))

    assert "You have come to the end" in page
    assert '<dt>Items you rated</dt><dd class="figure">4</dd>' in page
    assert "hx-trigger" not in page


def test_desk_shows_texts_as_text_and_where_she_is(cast: Cast, client: Client) -> None:
    Post.objects.update(text="First.\n\n<script>alert('post')</script> & more")
    Assignment.objects.update(opened_at=None)
    seat = cast.assignments(cast.rater)[1]

    response = client.get(url(cast, "2/"))

    page = response.content.decode()
    assert "First.\n\n&lt;script&gt;alert(&#x27;post&#x27;)&lt;/script&gt; &amp; more" in page
    assert escape(seat.item.response.text) in page
    assert all(escape(standard) in page for standard in seat.item.dimension.standards)
    assert "<title>Item 2 of 4 · Study · RESORT studies</title>" in page
    assert 'value="0" max="4"' in page
    assert Assignment.objects.get(pk=seat.pk).opened_at is not None


def test_desk_shows_the_content_note_before_the_folded_text(cast: Cast, client: Client) -> None:
    Post.objects.update(content_note="death in the family")
    Membership.objects.update(topics_chosen_at="2026-01-01T00:00Z")

    page = text_of(client.get(url(cast, "1/")))

    assert "<summary>Content note: death in the family." in page
    assert page.index("death in the family") < page.index("Post number 1.")


def test_desk_takes_a_fixed_number_of_queries(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(url(cast, "2/"))

    # Session, user; seat with membership and study, consent, topics; saved, draft; texts, back, standing. The
    # process knows the criteria from the first time.
    with django_assert_num_queries(10):
        client.get(url(cast, "2/"))


def test_submit_saves_and_leads_to_the_next_item(cast: Cast, client: Client) -> None:
    response = client.post(
        url(cast, "1/"), typed(rationale_alignment="<b>Two</b> small steps, \U0001f33f שלום")
    )

    version = RatingVersion.objects.get()
    assert response["Location"] == url(cast, "2/")
    assert (
        version.scores.get(criterion__key="alignment").rationale == "<b>Two</b> small steps, \U0001f33f שלום"
    )
    assert statuses(cast) == ["submitted", "open", "open", "open"]
    assert "Item 1 saved" in text_of(client.get(url(cast, "2/")))


def test_submit_twice_counts_once(cast: Cast, client: Client) -> None:
    form = typed()

    responses = [client.post(url(cast, "1/"), form) for _ in range(2)]

    assert [response["Location"] for response in responses] == [url(cast, "2/")] * 2
    assert RatingVersion.objects.count() == 1


def test_incomplete_form_comes_back_whole_with_the_cursor_at_the_first_error(
    cast: Cast, client: Client
) -> None:
    form = typed(score_empathy="", score_harmfulness="2", rationale_alignment="Kept, of course. " * 1200)

    response = client.post(url(cast, "1/"), form)

    page = text_of(response)
    assert response.status_code == 422
    assert form["rationale_alignment"].strip() in page
    assert 'href="#id_score_empathy">Please choose a score for Empathy.' in page
    assert 'href="#id_rationale_harmfulness">Please say why you chose Harmful for Harmfulness.' in page
    assert page.split("desk__bar")[0].count("autofocus") == 1
    assert 'value="1" id="id_score_empathy" aria-invalid="true" data-says="1 of 5" autofocus>' in page
    assert 'value="8" checked' in page
    assert f'value="{form["submission"]}"' in page
    assert Rating.objects.count() == 0


def test_rated_item_opens_with_its_scores_and_can_be_changed(cast: Cast, client: Client) -> None:
    rate(cast.assignments(cast.rater)[0], alignment="3", rationale="At first sight.")
    page = text_of(client.get(url(cast, "1/")))

    response = client.post(url(cast, "1/"), typed(base="1", reason="Read it again."))

    assert "At first sight.</textarea>" in page
    assert 'name="base" value="1"' in page
    assert response["Location"] == url(cast, "2/")
    assert list(RatingVersion.objects.order_by("number").values_list("number", "reason")) == [
        (1, ""),
        (2, "Read it again."),
    ]


def test_change_from_an_outdated_window_is_a_calm_choice(cast: Cast, client: Client) -> None:
    seat = cast.assignments(cast.rater)[0]
    rate(seat, alignment="3")
    rate(seat, alignment="5")

    asked = client.post(url(cast, "1/"), typed(base="1", score_alignment="9"))
    page = text_of(asked)
    decided = client.post(url(cast, "1/"), typed(base="2", score_alignment="9"))

    assert asked.status_code == 409
    assert "You saved this item in another window" in page
    assert "Alignment with the standards <b>5</b>" in page
    assert 'name="base" value="2"' in page
    assert 'name="score_alignment" value="9" checked' in page
    assert decided["Location"] == url(cast, "2/")
    assert RatingVersion.objects.count() == 3


def test_submit_while_paused_says_so_and_keeps_everything(cast: Cast, client: Client) -> None:
    pause_study(cast.study, by=cast.manager)

    response = client.post(url(cast, "1/"), typed())

    page = text_of(response)
    assert response.status_code == 409
    assert "The study is paused" in page
    assert "Names two small steps.</textarea>" in page
    assert "data-submit" in page


def test_rated_item_of_a_closed_study_can_be_read(cast: Cast, client: Client) -> None:
    rate(cast.assignments(cast.rater)[0])
    close_study(cast.study, by=cast.manager)

    page = text_of(client.get(url(cast, "1/")))

    assert 'id="criteria" disabled' in page
    assert "data-submit" not in page


@pytest.mark.parametrize("end", [pause_study, close_study])
def test_what_counts_is_shown_while_nothing_can_be_changed(
    cast: Cast, client: Client, end: Callable[..., object]
) -> None:
    seat = cast.assignments(cast.rater)[0]
    rate(seat, empathy="5")
    change = {"score_empathy": "2", "rationale_empathy": "On second thoughts"}
    save_draft(seat, window=uuid4(), sequence=1, base=1, known="", content=change)
    before = text_of(client.get(url(cast, "1/")))

    end(cast.study, by=cast.manager)
    page = text_of(client.get(url(cast, "1/")))

    assert "On second thoughts" in before
    assert "On second thoughts" not in page
    assert re.findall(r'name="score_empathy" value="(\d)"[^>]*checked', page) == ["5"]


def test_unrated_item_of_a_closed_study_leads_on(cast: Cast, client: Client) -> None:
    close_study(cast.study, by=cast.manager)

    assert client.get(url(cast, "1/"))["Location"] == url(cast)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({}, SkipKind.NO_REASON),
        (typed(kind="no_reason"), SkipKind.NO_REASON),
        ({"kind": "text_broken"}, SkipKind.TEXT_BROKEN),
    ],
)
def test_skip_closes_the_seat_by_kind_and_leads_on(
    cast: Cast, client: Client, sent: dict[str, str], kind: SkipKind
) -> None:
    response = client.post(url(cast, "1/skip/"), sent)

    seat = cast.assignments(cast.rater)[0]
    assert response["Location"] == url(cast, "2/")
    assert (seat.status, seat.skip_kind) == (AssignmentStatus.SKIPPED, kind)
    assert client.get(url(cast, "1/"))["Location"] == url(cast)


def test_skip_of_a_rated_item_is_refused_with_a_sentence(cast: Cast, client: Client) -> None:
    rate(cast.assignments(cast.rater)[0])

    response = client.post(url(cast, "1/skip/"), follow=True)

    assert "This item is no longer yours to skip." in text_of(response)
    assert statuses(cast)[0] == "submitted"


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ({"about": "item", "flag_note": "The post looks cut off."}, "The post looks cut off."),
        ({"about": "poster"}, "Concern about the poster"),
    ],
)
def test_flag_reaches_the_manager_and_keeps_what_was_typed(
    cast: Cast, client: Client, note: dict[str, str], kept: str
) -> None:
    response = client.post(url(cast, "1/flag/"), typed(score_empathy="") | note)

    page = text_of(response)
    assert list(Flag.objects.values_list("assignment__position", "note")) == [(1, kept)]
    assert "Your note has gone to the study team" in page
    assert "Names two small steps.</textarea>" in page
    assert 'name="score_alignment" value="8"' in page
    assert "error-summary" not in page
    assert Rating.objects.count() == 0


def test_empty_flag_says_what_is_missing(cast: Cast, client: Client) -> None:
    response = client.post(url(cast, "1/flag/"), typed(about="item", flag_note=" "))

    assert "Say in a few words what the manager should look at." in text_of(response)
    assert Flag.objects.count() == 0


@pytest.mark.parametrize("action", ["", "skip/", "flag/"])
@pytest.mark.parametrize("who", ["manager", "outsider"])
def test_others_change_nothing(cast: Cast, action: str, who: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    response = client.post(url(cast, f"1/{action}"), typed(about="poster"))

    assert response.status_code == 404
    assert statuses(cast) == ["open"] * 4
    assert Flag.objects.count() == 0


@pytest.mark.parametrize("action", ["skip/", "flag/"])
def test_reading_an_action_leads_back_to_the_item(cast: Cast, client: Client, action: str) -> None:
    assert client.get(url(cast, f"1/{action}"))["Location"] == url(cast, "1/")


@pytest.mark.parametrize("count", [1, 3])
def test_list_shows_own_ratings(
    cast: Cast, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for seat in cast.assignments(cast.rater)[:count]:
        rate(seat, alignment="9", harmfulness="2")
    rate(cast.assignments(cast.raters[1])[0])

    # Session, user; membership, number, seats; criteria, points, scores, standing; roles for the header.
    with django_assert_num_queries(10):
        page = text_of(client.get(url(cast, "rated/")))

    assert page.count("Item&nbsp;") == count
    assert page.count("<td>Harmful</td>") == count


def test_list_is_kind_when_empty(cast: Cast, client: Client) -> None:
    assert "Nothing rated yet" in text_of(client.get(url(cast, "rated/")))


def test_support_contact_is_on_its_page_and_on_every_desk(cast: Cast, client: Client) -> None:
    Study.objects.update(support_contact="Ring 0123 at any hour.")

    pages = [text_of(client.get(url(cast, place))) for place in ("support/", "1/")]

    assert ["Ring 0123 at any hour." in page for page in pages] == [True, True]


def begin(cast: Cast, text: str = "From another window.", *, position: int = 1) -> Draft:
    """Leave a draft on an item, as some other window would."""
    seat = cast.assignments(cast.rater)[position - 1]
    note_opened(seat)
    content = {"rationale_alignment": text}
    return save_draft(seat, window=uuid4(), sequence=1, base=0, known="", content=content)


def test_submit_by_script_answers_with_the_next_item(cast: Cast, client: Client) -> None:
    Assignment.objects.filter(position=2).update(opened_at=None)

    response = client.post(url(cast, "1/"), typed(), headers=BY_SCRIPT)

    page = text_of(response)
    assert response["X-Desk-Url"] == url(cast, "2/")
    assert page.startswith("<header")
    assert page.endswith("</main>")
    assert 'data-title="Item 2 of 4 · Study · RESORT studies"' in page
    assert "Item 1 saved" in page
    assert statuses(cast)[0] == "submitted"
    assert cast.assignments(cast.rater)[1].opened_at is not None


def test_submit_by_script_takes_a_fixed_number_of_queries(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as first:
        client.post(url(cast, "1/"), typed(), headers=BY_SCRIPT)

    # Session, user; seat with membership and study, consent, topics; two savepoints with their releases;
    # lock, what belongs to the seat, resent, rating, version, scores, current, active time, seat; next, two
    # for pauses, opened or draft; texts, back, standing. A process asks for criteria and their points once.
    assert len(first) == QUERIES_OF_A_SUBMIT + 2
    with django_assert_num_queries(QUERIES_OF_A_SUBMIT):
        client.post(url(cast, "2/"), typed(), headers=BY_SCRIPT)


def test_last_submit_by_script_leads_to_the_end(cast: Cast, client: Client) -> None:
    for seat in cast.assignments(cast.rater)[1:]:
        rate(seat)

    response = client.post(url(cast, "1/"), typed(), headers=BY_SCRIPT)

    assert (response.status_code, response["X-Desk-Url"], response.content) == (204, url(cast), b"")


def test_submit_by_script_leads_to_a_pause_that_is_due(cast: Cast, client: Client) -> None:
    Study.objects.update(batch_size=1)
    Assignment.objects.filter(position=2).update(opened_at=None)

    response = client.post(url(cast, "1/"), typed(), headers=BY_SCRIPT)

    assert (response.status_code, response["X-Desk-Url"]) == (204, url(cast, "break/"))
    assert cast.assignments(cast.rater)[1].opened_at is None


def test_incomplete_form_by_script_comes_back_as_a_fragment(cast: Cast, client: Client) -> None:
    response = client.post(url(cast, "1/"), typed(score_empathy=""), headers=BY_SCRIPT)

    page = text_of(response)
    assert response.status_code == 422
    assert page.startswith("<header")
    assert "Please choose a score for Empathy." in page
    assert "data-is-unsaved" in page
    assert "X-Desk-Url" not in response


def test_skip_by_script_answers_with_the_next_item(cast: Cast, client: Client) -> None:
    response = client.post(url(cast, "1/skip/"), typed(kind="text_broken"), headers=BY_SCRIPT)

    assert response["X-Desk-Url"] == url(cast, "2/")
    assert "Item 1 skipped" in text_of(response)


@pytest.mark.parametrize(
    ("note", "status", "said"),
    [
        ("Cut off.", 200, "Your note has gone to the study team"),
        (" ", 409, "Say in a few words what the manager should look at."),
    ],
)
def test_flag_by_script_is_answered_with_a_sentence(
    cast: Cast, client: Client, note: str, status: int, said: str
) -> None:
    response = client.post(url(cast, "1/flag/"), {"about": "item", "flag_note": note}, headers=BY_SCRIPT)

    assert (response.status_code, response.json()) == (status, {"said": said})


def test_forms_are_answered_with_see_other(cast: Cast, client: Client) -> None:
    assert client.post(url(cast, "1/"), typed()).status_code == 303


@pytest.mark.parametrize("headers", [{}, BY_SCRIPT])
def test_submit_over_an_unseen_draft_is_a_calm_choice(
    cast: Cast, client: Client, headers: dict[str, str]
) -> None:
    draft = begin(cast)

    asked = client.post(url(cast, "1/"), typed(), headers=headers)
    page = text_of(asked)
    kept = Draft.objects.get()
    decided = client.post(url(cast, "1/"), typed(known=draft.key), headers=headers)

    assert asked.status_code == 409
    assert "You have typed on this item in another window" in page
    assert "Names two small steps.</textarea>" in page
    assert f'name="known" value="{draft.key}"' in page
    assert kept.content == draft.content
    assert decided.status_code in {200, 303}
    assert (RatingVersion.objects.count(), Draft.objects.count()) == (1, 0)


def test_draft_on_the_next_item_comes_with_it(cast: Cast, client: Client) -> None:
    begin(cast, "Begun earlier.", position=2)

    response = client.post(url(cast, "1/"), typed(), headers=BY_SCRIPT)

    assert "Begun earlier.</textarea>" in text_of(response)


def test_rationale_that_is_too_long_is_refused_with_a_sentence_and_kept(cast: Cast, client: Client) -> None:
    response = client.post(url(cast, "1/"), typed(rationale_alignment="x" * 100_001))

    page = text_of(response)
    assert response.status_code == 422
    assert (
        "Please shorten what you wrote on Alignment with the standards: it has 100,001 characters, "
        "and 100,000 can be kept." in page
    )
    assert f"{'x' * 100_001}</textarea>" in page


def test_rationale_of_the_longest_length_in_every_field_is_saved(cast: Cast, client: Client) -> None:
    keys = ("alignment", "empathy", "harmfulness", "factuality")
    longest = {f"rationale_{key}": "\U0001f33f" * 100_000 for key in keys}

    client.post(
        url(cast, "1/"), urlencode(typed(**longest)), content_type="application/x-www-form-urlencoded"
    )

    lengths = RatingVersion.objects.get().scores.annotate(length=Length("rationale"))
    assert set(lengths.values_list("length", flat=True)) == {100_000}


def test_nul_and_half_characters_do_not_cost_a_rating(cast: Cast, client: Client) -> None:
    body = f"{urlencode(typed(rationale_alignment=''))}&rationale_alignment=Long%00 enough%ED%A0%80"

    client.post(url(cast, "1/"), body, content_type="application/x-www-form-urlencoded")

    rationale = RatingVersion.objects.get().scores.get(criterion__key="alignment").rationale
    assert rationale == "Long enough���"


def test_text_that_is_gone_says_so_and_costs_no_words(cast: Cast, client: Client) -> None:
    seat = cast.assignments(cast.rater)[0]
    Item.objects.filter(pk=seat.item_id).update(response=None)

    response = client.post(url(cast, "1/"), typed(), headers=BY_SCRIPT)

    # Not a success: the browser keeps its copy.
    assert (response.status_code, response["X-Desk-Url"]) == (409, url(cast))
    assert "The text of this item is no longer there" in text_of(client.get(url(cast, "rated/")))


def test_desk_shows_the_criteria_of_its_own_study(cast: Cast, client: Client) -> None:
    client.get(url(cast, "1/"))
    other = make_study(posts=1, prefix="other-", is_open=False)
    other.study.criteria.filter(key="alignment").update(label="Fit with the aim")
    open_study(other.study, by=other.manager)
    client.force_login(other.rater)

    page = text_of(client.get(url(other, "1/")))

    assert ("Fit with the aim" in page, "Alignment with the standards" in page) == (True, False)
