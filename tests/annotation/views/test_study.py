import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import flag, skip
from annotation.domain.generation import cancel_generation
from annotation.domain.review import exclude_text
from annotation.domain.study import change_texts
from annotation.enums import SkipKind, StudyStatus
from annotation.models import Assignment, Membership, Study
from annotation.queries.overview import annotate_numbers
from annotation.views.study_checklist import study_checklist
from generation.domain.example import store_example_constitution, store_example_prompts
from generation.models import Chain, ConstitutionSet, Post, PostCollection, PromptSet, Response
from tests.annotation.reviews import flawed_texts, make_flawed_study
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

LIST = "/studies/"
NEW = "/studies/new/"
CSV = b"id,text,author\na,Hello there,me\nb,Good evening,me\n"


def signed_in(client: Client, user: object) -> Client:
    client.force_login(user)
    return client


def messages_after(client: Client, url: str) -> list[str]:
    return [str(message) for message in client.post(url, follow=True).context["messages"]]


def numbers_of(cast: Cast) -> Study:
    return annotate_numbers(Study.objects.select_related("run")).get(pk=cast.study.pk)


def test_list_shows_managers_their_study_and_researchers_its_scores(client: Client) -> None:
    cast = make_study(posts=1)
    detail, scores = (reverse(name, args=[cast.study.slug]) for name in ("study_detail", "study_scores"))

    pages = {
        name: signed_in(client, user).get(LIST).content.decode()
        for name, user in {"manager": cast.manager, "researcher": cast.researcher}.items()
    }

    assert (f'href="{detail}"' in pages["manager"], f'href="{detail}"' in pages["researcher"]) == (
        True,
        False,
    )
    assert f'href="{scores}"' in pages["researcher"]
    assert (NEW in pages["manager"], NEW in pages["researcher"]) == (True, False)


@pytest.mark.parametrize("who", ["rater", "outsider"])
def test_list_is_empty_for_others(client: Client, who: str) -> None:
    cast = make_study(posts=1)

    page = signed_in(client, getattr(cast, who)).get(LIST).content.decode()

    assert "No study here" in page
    assert reverse("study_scores", args=[cast.study.slug]) not in page


def test_first_study_is_suggested_to_an_administrator(client: Client) -> None:
    page = signed_in(client, make_user("root", is_superuser=True)).get(LIST).content.decode()

    assert "Make the first study" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_study_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    casts = [make_study(posts=1, prefix=f"s{number}-") for number in range(count)]
    manager = casts[0].manager
    for cast in casts[1:]:
        Membership.objects.create(study=cast.study, user=manager, role="manager")
    client.force_login(manager)

    with django_assert_num_queries(5):
        page = client.get(LIST)

    assert len(page.context["studies"]) == count


def test_numbers_count_posts_texts_seats_ratings_and_flags() -> None:
    cast = make_study(posts=2, raters=2)
    seats = cast.assignments(cast.rater)
    Assignment.objects.filter(pk=seats[0].pk).update(status="submitted")
    skip(seats[1], kind=SkipKind.NO_REASON)
    flag(seats[2], note="Look")

    study = numbers_of(cast)

    assert (study.n_posts, study.n_items, study.n_ready, study.n_wanted) == (2, 8, 8, 16)
    assert (study.n_seats, study.n_rated, study.n_flags) == (15, 1, 1)


def test_study_is_made_from_a_file(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    data = {
        "name": "Nights",
        "posts": SimpleUploadedFile("posts.csv", CSV),
        "constitution_set": cast.study.constitution_set_id,
    }

    response = signed_in(client, cast.manager).post(NEW, data, follow=True)

    study = Study.objects.get(name="Nights")
    assert response.redirect_chain == [(reverse("study_detail", args=[study.slug]), 302)]
    assert list(study.posts.posts.values_list("key", "text")) == [("a", "Hello there"), ("b", "Good evening")]
    assert [str(message) for message in response.context["messages"]] == [
        "The study is there, with 2 posts.",
        "Columns of the file that mean nothing here were left out: author.",
    ]


def test_bad_file_is_told_by_line_and_makes_nothing(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    before = (Study.objects.count(), PostCollection.objects.count(), Post.objects.count())
    data = {
        "name": "Nights",
        "posts": SimpleUploadedFile("posts.csv", b"id,text\na,Hello there\na,\n"),
        "constitution_set": cast.study.constitution_set_id,
    }

    response = signed_in(client, cast.manager).post(NEW, data)

    assert response.context["form"].errors == {
        "posts": ["Line 3: The text is missing or empty.", "Line 3: The id is the same as on line 2."]
    }
    assert "Nothing was imported." in response.content.decode()
    assert (Study.objects.count(), PostCollection.objects.count(), Post.objects.count()) == before


def test_study_is_made_from_posts_that_are_there_already_with_chosen_sets(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    constitution_set = ConstitutionSet.objects.create(name="Mine", version=3, content_hash="3")
    prompt_set = PromptSet.objects.create(name="Mine", version=2, content_hash="2", wording={})
    data = {
        "name": "Again",
        "collection": cast.study.posts_id,
        "constitution_set": constitution_set.pk,
        "prompt_set": prompt_set.pk,
    }

    signed_in(client, cast.manager).post(NEW, data)

    study = Study.objects.get(name="Again")
    assert (study.posts, study.constitution_set, study.prompt_set) == (
        cast.study.posts,
        constitution_set,
        prompt_set,
    )


def test_form_offers_own_posts_and_begins_with_the_examples_sets(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    make_study(posts=1, prefix="other-", is_generated=False)
    ConstitutionSet.objects.create(name="A newer one", version=1, content_hash="1")

    form = signed_in(client, cast.manager).get(NEW).context["form"]

    assert [str(pk) for pk, _ in form.fields["collection"].choices] == ["", str(cast.study.posts_id)]
    assert (form["constitution_set"].value(), form["prompt_set"].value()) == (
        cast.study.constitution_set_id,
        cast.study.prompt_set_id,
    )


def test_posts_of_others_cannot_be_taken(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    other = make_study(posts=1, prefix="other-", is_generated=False)

    response = signed_in(client, cast.manager).post(NEW, {"name": "X", "collection": other.study.posts_id})

    assert list(response.context["form"].errors) == ["collection"]
    assert not Study.objects.filter(name="X").exists()


def test_posts_come_from_one_place(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)
    both = {"posts": SimpleUploadedFile("posts.csv", CSV), "collection": cast.study.posts_id}

    errors = [client.post(NEW, {"name": "X", **data}).context["form"].errors for data in ({}, both)]

    assert errors == [
        {"posts": ["Choose a file, or posts that are here already."]},
        {"collection": ["Choose either a file or posts that are here already, not both."]},
    ]


def test_first_study_of_a_fresh_site_takes_the_examples_sets(client: Client) -> None:
    client.force_login(make_user("root", is_superuser=True))
    page = client.get(NEW).content.decode()

    client.post(NEW, {"name": "First", "posts": SimpleUploadedFile("posts.csv", CSV)})

    study = Study.objects.get()
    assert "which comes with this site" in page
    assert study.constitution_set == store_example_constitution()
    assert study.prompt_set == store_example_prompts()


@pytest.mark.parametrize("who", ["researcher", "rater", "outsider"])
def test_only_managers_make_studies(client: Client, who: str) -> None:
    cast = make_study(posts=1, is_generated=False)

    assert signed_in(client, getattr(cast, who)).get(NEW).status_code == 404


def test_visitors_are_sent_to_sign_in(client: Client) -> None:
    assert [client.get(url)["Location"] for url in (LIST, NEW)] == [
        f"/accounts/login/?next={LIST}",
        f"/accounts/login/?next={NEW}",
    ]


def test_checklist_leads_from_posts_to_an_open_study(client: Client) -> None:
    cast = make_study(posts=1, raters=0, is_generated=False)
    study, found = cast.study, []
    study.conditions.all().delete()

    def note_next() -> None:
        found.append(next((step.title for step in study_checklist(numbers_of(cast)) if step.is_next), None))

    client.force_login(cast.manager)
    note_next()
    full = make_study(posts=1, prefix="full-", is_open=False, is_generated=False)
    cast = full
    note_next()
    change_texts(
        full.study,
        instructions="I",
        consent="C",
        support_contact="S",
        concern_protocol="P",
        by=full.manager,
    )
    note_next()
    client.force_login(full.manager)
    client.post(reverse("study_generation_start", args=[full.study.slug]))
    note_next()
    client.post(reverse("study_allocate", args=[full.study.slug]))
    note_next()
    client.post(reverse("study_open", args=[full.study.slug]))
    note_next()

    assert found == ["Design", "Texts for raters", "Generation", "Allocation", "Opening", None]


def test_checklist_asks_for_raters_where_they_are_too_few() -> None:
    cast = make_study(posts=1, raters=1, is_open=False)
    change_texts(
        cast.study,
        instructions="I",
        consent="C",
        support_contact="S",
        concern_protocol="P",
        by=cast.manager,
    )

    step = next(step for step in study_checklist(numbers_of(cast)) if step.is_next)

    assert (step.title, step.state) == ("Raters", "1 rater; each item needs 2")


def generation_step(cast: Cast) -> str:
    return next(step.state for step in study_checklist(numbers_of(cast)) if step.title == "Generation")


def test_checklist_tells_what_became_of_the_texts() -> None:
    cast = make_study(posts=4, strategies=["INDV vanilla"], is_open=False)
    Response.objects.filter(post__position=1).update(status="needs_review")
    Response.objects.filter(post__position=2).update(status="excluded")
    cast.study.items.update(response=None)
    Response.objects.filter(post__position=3).delete()
    Chain.objects.filter(post__position=3).update(status="failed")

    after_failure = generation_step(cast)
    cancel_generation(cast.study, by=cast.manager)

    assert after_failure == "3 of 4 texts written; 1 failed; 1 text to review; 1 excluded"
    assert generation_step(cast) == "Cancelled. 3 of 4 texts written; 1 text to review; 1 excluded"


def test_overview_counts_ratings_without_items_that_get_no_text(client: Client) -> None:
    cast = make_flawed_study(posts=3, is_open=True)
    exclude_text(cast.study, flawed_texts()[0], by=cast.manager, known_reviews=0)

    page = signed_in(client, cast.manager).get(f"{LIST}{cast.study.slug}/").content.decode()

    assert "0 <small>of 4</small>" in page
    assert "0 of 2 items have their 2 ratings." in page
    assert "1 more is not rated" in page
    assert "become ratable" not in page


@pytest.mark.parametrize("posts", [1, 3])
def test_overview_takes_the_same_queries_whatever_the_study_holds(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_study(posts=posts, raters=1 + posts)
    client.force_login(cast.manager)

    with django_assert_num_queries(19):
        response = client.get(reverse("study_detail", args=[cast.study.slug]))

    assert response.context["study"].n_posts == posts


def test_refusals_are_told_in_words(client: Client) -> None:
    cast = make_study(posts=1, raters=1, is_open=False)
    client.force_login(cast.manager)
    slug = [cast.study.slug]

    found = [messages_after(client, reverse(name, args=slug)) for name in ("study_allocate", "study_pause")]

    assert found == [
        ["Each item needs 2 raters, and the study has 1. Invite more first."],
        ["Only an open study can be paused."],
    ]


def test_study_is_opened_paused_and_closed_for_good(client: Client) -> None:
    cast = make_study(posts=1, is_open=False)
    client.force_login(cast.manager)
    statuses = []

    for name in ("study_open", "study_pause", "study_open", "study_close", "study_open"):
        client.post(reverse(name, args=[cast.study.slug]))
        cast.study.refresh_from_db()
        statuses.append(cast.study.status)

    assert statuses == [
        StudyStatus.OPEN,
        StudyStatus.PAUSED,
        StudyStatus.OPEN,
        StudyStatus.CLOSED,
        StudyStatus.CLOSED,
    ]


def test_closing_is_asked_for_before(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    page = client.get(reverse("study_close", args=[cast.study.slug])).content.decode()

    cast.study.refresh_from_db()
    assert "cannot be opened again" in page
    assert cast.study.status == StudyStatus.OPEN


def test_name_of_a_study_is_text_and_no_markup(client: Client) -> None:
    store_example_constitution()
    cast = make_study(posts=1)
    Study.objects.filter(pk=cast.study.pk).update(name="<script>alert(1)</script>")
    client.force_login(cast.manager)

    page = client.get(reverse("study_detail", args=[cast.study.slug])).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
