import pytest
from django.test import Client
from django.urls import reverse

from annotation.enums import EventKind
from annotation.models import Consent
from generation.models import Dimension, ModelSpec
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def design_data(
    cast: Cast, *, strategies: tuple[str, ...], numbers: tuple[int, ...], k: int = 2
) -> dict[str, object]:
    model = ModelSpec.objects.get()
    dimensions = cast.study.constitution_set.dimensions.filter(number__in=numbers)
    return {
        "dimensions": [dimension.pk for dimension in dimensions],
        "conditions": [f"{model.pk}:{strategy}" for strategy in strategies],
        "raters_per_item": k,
        "rated_under": "all",
    }


def save(client: Client, cast: Cast, data: dict[str, object]):  # noqa: ANN201
    client.force_login(cast.manager)
    return client.post(reverse("study_design", args=[cast.study.slug]), data, follow=True)


def test_design_is_saved_and_counted(client: Client) -> None:
    cast = make_study(posts=2, raters=3, is_generated=False)

    response = save(
        client, cast, design_data(cast, strategies=("ITER +cons", "INDV +cons"), numbers=(1, 4, 7))
    )

    cast.study.refresh_from_db()
    assert [condition.strategy_key for condition in cast.study.conditions.all()] == [
        "INDV +cons",
        "ITER +cons",
    ]
    assert list(cast.study.dimensions.values_list("number", flat=True)) == [1, 4, 7]
    assert (cast.study.raters_per_item, cast.study.rated_under) == (2, "all")
    numbers = response.context["numbers"]
    assert (numbers.n_calls, numbers.n_texts, numbers.n_items) == (2 * (3 + 3), 2 * (3 + 1), 2 * (3 + 3))
    assert (numbers.n_ratings, numbers.ratings_per_rater) == (24, 8)


def test_stored_design_is_ticked(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    form = client.get(reverse("study_design", args=[cast.study.slug])).context["form"]

    assert [row.strategy_key for row in form.grid() if row.cells[0].is_ticked] == [
        "INDV vanilla",
        "INDV +cons",
        "ITER +cons",
    ]
    assert [dimension.number for dimension, is_ticked in form.lines() if is_ticked] == [4, 7]


def test_empty_design_is_refused_and_nothing_changed(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)

    response = save(client, cast, {"raters_per_item": 0, "rated_under": "x"})

    assert response.context["form"].errors == {
        "dimensions": ["Please choose at least one dimension."],
        "conditions": ["Please choose at least one condition."],
        "raters_per_item": ["Ensure this value is greater than or equal to 1."],
        "rated_under": ["Select a valid choice. x is not one of the available choices."],
    }
    assert cast.study.conditions.count() == 3


def test_dimensions_of_another_set_cannot_be_chosen(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    own = cast.study.constitution_set
    foreign = Dimension.objects.filter(constitution_set=own).first()
    own.pk = None
    own.name = "Another"
    own.save()
    foreign.pk, foreign.constitution_set = None, own
    foreign.save()

    response = save(
        client,
        cast,
        {**design_data(cast, strategies=("INDV +cons",), numbers=(4,)), "dimensions": [foreign.pk]},
    )

    assert list(response.context["form"].errors) == ["dimensions"]


def test_numbers_of_an_unsaved_design_are_shown(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    client.force_login(cast.manager)
    url = reverse("study_design_numbers", args=[cast.study.slug])

    shown = client.get(url, design_data(cast, strategies=("INDV vanilla",), numbers=(4,), k=1))
    empty = client.get(url, {"raters_per_item": "many"})

    assert "<dt>Ratings, 1 an item</dt><dd>2</dd>" in shown.content.decode()
    assert "<html" not in shown.content.decode()
    assert "Choose at least one dimension" in empty.content.decode()
    assert cast.study.conditions.count() == 3


def test_design_is_fixed_once_texts_are_written(client: Client) -> None:
    cast = make_study(posts=1)

    response = save(client, cast, design_data(cast, strategies=("INDV vanilla",), numbers=(4,)))

    assert "can no longer be changed" in response.content.decode()
    assert "Save the design" not in response.content.decode()
    assert cast.study.conditions.count() == 3


def test_unchanged_consent_stays_a_changed_one_is_asked_for_again(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    url = reverse("study_texts", args=[cast.study.slug])
    texts = dict(client.get(url).context["form"].initial)
    as_sent = {name: text.replace("\n", "\r\n") for name, text in texts.items()}

    client.post(url, {**as_sent, "instructions": "Read well.\r\n\r\nRate fairly."})
    unchanged = list(cast.study.consent_texts.values_list("version", flat=True))
    client.post(url, {**as_sent, "consent": "Something else"})

    cast.study.refresh_from_db()
    assert unchanged == [1]
    assert cast.study.consent_texts.values_list("version", "text")[0] == (2, "Something else")
    assert cast.study.instructions == texts["instructions"]
    assert cast.study.events.filter(kind=EventKind.TEXTS_CHANGED).count() == 2
    assert Consent.objects.filter(consent_text__version=2).count() == 0


def test_texts_must_not_be_empty(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    response = client.post(
        reverse("study_texts", args=[cast.study.slug]), {"instructions": " ", "consent": "C"}
    )

    assert list(response.context["form"].errors) == ["instructions", "support_contact"]


def test_texts_of_a_closed_study_stay(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    client.post(reverse("study_close", args=[cast.study.slug]))
    texts = {"instructions": "I", "consent": "C", "support_contact": "S"}

    page = client.post(reverse("study_texts", args=[cast.study.slug]), texts).content.decode()

    cast.study.refresh_from_db()
    assert "The study is closed" in page
    assert cast.study.instructions != "I"
