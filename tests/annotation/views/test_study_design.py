import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from generation.backends.base import Decoding
from generation.domain.example import example_run
from generation.models import ConstitutionSet, Dimension, ModelSpec, PromptSet
from tests.factories import Cast, add_human_texts, make_study

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


def test_decoding_seed_and_prompt_set_are_stored(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    prompt_set = PromptSet.objects.create(name="Mine", version=1, content_hash="1", wording={})
    paper = {"temperature": "0.1", "max_new_tokens": "512", "seed": "36", "prompt_set": prompt_set.pk}
    empty = {"top_p": "", "repetition_penalty": "", "end_at_sentence_after": ""}

    save(client, cast, design_data(cast, strategies=("INDV +cons",), numbers=(4,)) | paper | empty)

    study = Study.objects.get(pk=cast.study.pk)
    assert study.decoding == Decoding(max_new_tokens=512, temperature=0.1).to_dict()
    assert (study.seed, study.prompt_set) == (36, prompt_set)


def test_form_begins_with_the_examples_figures(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    client.force_login(cast.manager)

    form = client.get(reverse("study_design", args=[cast.study.slug])).context["form"]

    figures = {field.name: field.value() for field in form.decoding_fields()}
    assert figures == example_run().decoding.to_dict()
    assert (form["seed"].value(), form["prompt_set"].value()) == (7, cast.study.prompt_set_id)


def test_senseless_figures_are_told_at_their_fields_and_change_nothing(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    data = design_data(cast, strategies=("INDV +cons",), numbers=(4,))

    response = save(client, cast, data | {"temperature": "9", "max_new_tokens": "", "seed": "-1"})

    assert response.context["form"].errors == {
        "temperature": ["This must be a number from 0 to 2."],
        "max_new_tokens": ["This field is required."],
        "seed": ["Ensure this value is greater than or equal to 0."],
    }
    assert Study.objects.get(pk=cast.study.pk).decoding == {}
    assert cast.study.conditions.count() == 3


def make_other_set() -> ConstitutionSet:
    """A set that shares one dimension with the example's, by its key, and has one of its own."""
    other = ConstitutionSet.objects.create(name="Another", version=1, content_hash="1")
    for number, key in ((4, "problem_focused_coping"), (9, "something_else")):
        Dimension.objects.create(
            constitution_set=other,
            number=number,
            key=key,
            name=key,
            aim="A",
            appraisal_question="Q",
            guidance="G",
            standards=["S"],
        )
    return other


def test_another_constitution_set_asks_for_its_dimensions_before_anything_is_saved(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    other = make_other_set()
    data = design_data(cast, strategies=("INDV +cons",), numbers=(4, 7)) | {"constitution_set": other.pk}

    asked = save(client, cast, data)

    form = asked.context["form"]
    assert [(dimension.key, is_ticked) for dimension, is_ticked in form.lines()] == [
        ("problem_focused_coping", True),
        ("something_else", False),
    ]
    assert "those of the constitution set that you chose" in form.errors["dimensions"][0]
    assert Study.objects.get(pk=cast.study.pk).constitution_set == cast.study.constitution_set
    assert cast.study.dimensions.count() == 2

    save(client, cast, data | {"dimensions": [other.dimensions.get(number=9).pk]})

    study = Study.objects.get(pk=cast.study.pk)
    assert study.constitution_set == other
    assert [dimension.key for dimension in study.dimensions.all()] == ["something_else"]


def test_human_sources_are_offered_counted_and_saved_as_conditions(client: Client) -> None:
    cast = make_study(posts=3, is_generated=False)
    add_human_texts(cast.study, "oracle_response", dimension="problem_focused_coping", posts=["post-1"])
    add_human_texts(cast.study, "oracle_response", dimension="self_responsibility", posts=["post-2"])
    add_human_texts(cast.study, "peer_letter")
    data = design_data(cast, strategies=("INDV vanilla",), numbers=(4, 7))

    response = save(client, cast, data | {"human_sources": ["peer_letter", "oracle_response"]})

    assert [(one.source, str(one), one.position) for one in cast.study.conditions.all()] == [
        ("model", "SmolLM2-135M-Instruct INDV vanilla", 1),
        ("human", "oracle_response", 2),
        ("human", "peer_letter", 3),
    ]
    lines = response.context["form"].source_lines()
    assert [(line.title, line.source.n_texts, line.source.n_posts, line.is_ticked) for line in lines] == [
        ("Written by an expert", 2, 2, True),
        ("peer_letter", 3, 3, True),
    ]
    numbers = response.context["numbers"]
    assert (numbers.n_texts, numbers.n_human_texts, numbers.n_left_out) == (3, 4, 1)
    assert numbers.n_items == 3 * 2 + 1 + 3 * 2
    assert "1 text by people is for dimensions that are not chosen" in response.content.decode()


def test_numbers_of_an_unsaved_design_count_texts_by_people(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    add_human_texts(cast.study, "peer_letter")
    client.force_login(cast.manager)
    data = design_data(cast, strategies=(), numbers=(4,), k=1) | {"human_sources": ["peer_letter"]}

    page = client.get(reverse("study_design_numbers", args=[cast.study.slug]), data).content.decode()

    assert "<dt>Texts by people</dt><dd>2</dd>" in page
    assert "<dt>Ratings, 1 an item</dt><dd>2</dd>" in page
    assert "Calls to the models" not in page


def test_texts_by_people_can_be_the_only_conditions(client: Client) -> None:
    cast = make_study(posts=2, is_generated=False)
    add_human_texts(cast.study, "peer_letter")

    save(client, cast, design_data(cast, strategies=(), numbers=(4,)) | {"human_sources": ["peer_letter"]})
    before = client.get(reverse("study_generation", args=[cast.study.slug])).content.decode()
    client.post(reverse("study_generation_start", args=[cast.study.slug]))
    after = client.get(reverse("study_generation", args=[cast.study.slug])).content.decode()

    assert "nothing to generate" in before
    assert "Fix the design" in before
    assert "All texts of this study were written by people" in after
    assert cast.study.items.exclude(response=None).count() == 2


def test_source_of_other_posts_cannot_be_ticked(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    other = make_study(posts=1, prefix="other-", is_generated=False)
    add_human_texts(other.study, "peer_letter")

    response = save(
        client, cast, design_data(cast, strategies=(), numbers=(4,)) | {"human_sources": ["peer_letter"]}
    )

    assert list(response.context["form"].errors) == ["human_sources"]


def test_fixed_design_shows_what_was_saved_and_not_what_was_sent(client: Client) -> None:
    cast = make_study(posts=1, human_sources=("peer_letter",))

    response = save(
        client, cast, design_data(cast, strategies=("ITER +appr",), numbers=(1,)) | {"temperature": "2"}
    )

    page = " ".join(response.content.decode().split())
    assert "ITER +appr" not in page
    assert 'peer_letter <span class="soft">(peer_letter, by people)</span>' in page
    assert "<dt>Temperature</dt><dd>0.2</dd>" in page


def test_values_that_no_page_sends_are_told_as_errors(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    data = design_data(cast, strategies=("INDV +cons",), numbers=(4,))
    hostile = {"constitution_set": "9" * 30, "dimensions": ["9" * 30, "²", "x"], "seed": "9" * 30}

    response = save(client, cast, data | hostile)

    assert set(response.context["form"].errors) == {"constitution_set", "dimensions", "seed"}
