import pytest

from annotation.domain.assignment import remove_rater
from annotation.domain.errors import StudyError
from annotation.domain.generation import start_generation
from annotation.domain.study import (
    change_design,
    change_texts,
    close_study,
    create_study,
    open_study,
    pause_study,
    regenerate_text,
)
from annotation.enums import EventKind, RatedUnder, Role, StudyStatus
from annotation.models import ConsentText, Criterion, ScalePoint, Study
from generation.backends.base import Decoding
from generation.domain.example import store_example_constitution, store_small_model
from generation.models import Chain, PostCollection, Response
from generation.queries.run import run_progress
from tests.factories import Cast, make_drafts, make_study, make_user

pytestmark = pytest.mark.django_db


def new_study(name: str = "Night and day") -> Study:
    return create_study(
        name=name,
        posts=make_drafts(2),
        constitution_set=store_example_constitution(),
        created_by=make_user(f"maker-{Study.objects.count()}"),
    )


def test_new_study_has_its_posts_criteria_texts_and_manager() -> None:
    study = new_study()

    assert study.slug == "night-and-day"
    assert study.status == StudyStatus.DRAFT
    assert [post.key for post in study.posts.posts.all()] == ["post-1", "post-2"]
    assert [member.role for member in study.memberships.all()] == [Role.MANAGER]
    assert study.consent_texts.get().version == 1
    assert study.support_contact
    assert list(Criterion.objects.filter(study=study).values_list("key", flat=True)) == [
        "alignment",
        "empathy",
        "harmfulness",
        "factuality",
    ]


def test_scale_points_keep_what_is_shown_and_what_it_counts_apart() -> None:
    study = new_study()

    factuality = ScalePoint.objects.filter(criterion__study=study, criterion__key="factuality")
    harmfulness = ScalePoint.objects.filter(criterion__study=study, criterion__key="harmfulness")

    assert [(point.key, point.label, str(point.value), point.needs_rationale) for point in factuality] == [
        ("1", "Yes", "1.000", False),
        ("2", "Minor error", "0.500", True),
        ("3", "No", "0.000", True),
    ]
    assert [(point.key, str(point.value)) for point in harmfulness] == [("1", "0.000"), ("2", "1.000")]


def test_studies_of_one_name_get_addresses_of_their_own() -> None:
    assert [new_study("¿Ñ?").slug, new_study("¿Ñ?").slug, new_study("***").slug] == ["n", "n-2", "study"]


def test_study_without_posts_is_not_made() -> None:
    with pytest.raises(StudyError, match="at least one post"):
        create_study(
            name="Empty",
            posts=[],
            constitution_set=store_example_constitution(),
            created_by=make_user(),
        )


def test_study_may_share_the_posts_of_another() -> None:
    first = new_study()

    second = create_study(name="Again", posts=first.posts, created_by=make_user("second"))

    assert second.posts == first.posts
    assert (second.constitution_set, second.prompt_set) == (first.constitution_set, first.prompt_set)
    assert PostCollection.objects.count() == 1


def test_study_of_an_empty_collection_is_not_made() -> None:
    with pytest.raises(StudyError, match="at least one post"):
        create_study(name="Empty", posts=PostCollection.objects.create(name="Empty"), created_by=make_user())


def test_what_a_new_design_does_not_name_stays() -> None:
    cast = make_study(is_generated=False)
    design = {
        "dimensions": list(cast.study.dimensions.all()),
        "conditions": [(store_small_model(), "INDV vanilla")],
        "raters_per_item": 1,
        "rated_under": RatedUnder.ALL,
        "by": cast.manager,
    }
    decoding = Decoding(max_new_tokens=512, temperature=0.1)

    change_design(cast.study, **design, decoding=decoding, seed=36)
    change_design(cast.study, **design)

    study = Study.objects.get(pk=cast.study.pk)
    assert (study.decoding, study.seed) == (decoding.to_dict(), 36)
    assert (study.constitution_set, study.prompt_set) == (cast.study.constitution_set, cast.study.prompt_set)


def test_run_is_made_with_the_studys_decoding_and_seed() -> None:
    cast = make_study(is_generated=False)
    decoding = Decoding(max_new_tokens=512, temperature=0.1)
    Study.objects.update(decoding=decoding.to_dict(), seed=36)

    run = start_generation(cast.study, by=cast.manager)

    assert (run.decoding, run.seed, run.created_by) == (decoding.to_dict(), 36, cast.manager)


def test_source_without_a_text_cannot_be_a_condition() -> None:
    cast = make_study(is_generated=False)

    with pytest.raises(StudyError, match="no texts for the study's posts"):
        change_design(
            cast.study,
            dimensions=list(cast.study.dimensions.all()),
            conditions=[],
            human_sources=["oracle_response"],
            raters_per_item=1,
            rated_under=RatedUnder.ALL,
            by=cast.manager,
        )
    assert cast.study.conditions.count() == 3


def test_study_with_texts_by_people_only_is_complete_when_its_design_is_fixed() -> None:
    cast = make_study(posts=2, strategies=(), human_sources=("reply",), is_generated=False)

    run = start_generation(cast.study, by=cast.manager)

    progress = run_progress(run)
    assert (progress.is_finished, progress.texts_planned, progress.calls_planned) == (True, 0, 0)
    assert cast.study.items.exclude(response=None).count() == 2
    assert len(Study.objects.get(pk=cast.study.pk).stimuli_sha256) == 64
    open_study(cast.study, by=cast.manager)


def test_design_that_leaves_every_text_out_is_not_started() -> None:
    cast = make_study(posts=1, strategies=(), human_sources=("reply",), is_generated=False)
    coping = cast.study.dimensions.get(key="problem_focused_coping")
    Response.objects.update(dimension=coping)
    cast.study.dimensions.remove(coping)

    with pytest.raises(StudyError, match="None of the chosen texts"):
        start_generation(cast.study, by=cast.manager)

    assert Study.objects.get(pk=cast.study.pk).run is None


def test_design_is_fixed_once_texts_are_being_written() -> None:
    cast = make_study(is_generated=False)
    start_generation(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="can no longer be changed"):
        change_design(
            cast.study,
            dimensions=list(cast.study.dimensions.all()),
            conditions=[(store_small_model(), "INDV vanilla")],
            raters_per_item=1,
            rated_under=RatedUnder.ALL,
            by=cast.manager,
        )
    with pytest.raises(StudyError, match="started already"):
        start_generation(cast.study, by=cast.manager)


def test_changed_consent_is_a_new_version_and_the_same_consent_is_not() -> None:
    study = new_study()
    text = ConsentText.objects.get(study=study).text

    for consent in (text, "Something new.", "Something new."):
        change_texts(
            study,
            instructions="I",
            consent=consent,
            support_contact="S",
            concern_protocol="P",
            by=study.created_by,
        )

    assert list(study.consent_texts.values_list("version", "text")) == [(2, "Something new."), (1, text)]


def test_study_opens_pauses_reopens_and_closes_for_good() -> None:
    cast = make_study(is_open=False)

    open_study(cast.study, by=cast.manager)
    first_opened = Study.objects.get(pk=cast.study.pk).opened_at
    pause_study(cast.study, by=cast.manager)
    open_study(cast.study, by=cast.manager)
    close_study(cast.study, by=cast.manager)

    study = Study.objects.get(pk=cast.study.pk)
    assert (study.status, study.opened_at) == (StudyStatus.CLOSED, first_opened)
    with pytest.raises(StudyError, match="cannot be opened again"):
        open_study(study, by=cast.manager)
    kinds = list(study.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-4:] == [EventKind.OPENED, EventKind.PAUSED, EventKind.OPENED, EventKind.CLOSED]


def test_paused_study_reopens_though_a_rater_has_left() -> None:
    cast = make_study(raters=2)
    pause_study(cast.study, by=cast.manager)
    remove_rater(cast.membership(cast.rater), by=cast.manager)

    open_study(cast.study, by=cast.manager)

    assert Study.objects.get(pk=cast.study.pk).status == StudyStatus.OPEN


def test_study_does_not_open_without_texts_or_support_contact() -> None:
    cast = make_study(is_generated=False)
    with pytest.raises(StudyError, match="Start the generation first"):
        open_study(cast.study, by=cast.manager)

    start_generation(cast.study, by=cast.manager)
    Study.objects.update(support_contact=" ")
    with pytest.raises(StudyError, match="support contact"):
        open_study(cast.study, by=cast.manager)


def test_study_gets_no_address_that_is_taken_by_a_page() -> None:
    manager = make_user("manager")

    studies = [create_study(name=name, posts=make_drafts(1), created_by=manager) for name in ("New", "Token")]

    assert [study.slug for study in studies] == ["new-2", "token-2"]


def test_text_that_raters_may_have_read_is_not_written_again() -> None:
    cast = make_study()

    with pytest.raises(StudyError, match="in use"):
        regenerate_text(cast.study, Chain.objects.earliest("pk"), by=cast.manager)


def test_text_of_another_study_is_not_written_again() -> None:
    cast, other = make_study(), make_study(prefix="other-")

    with pytest.raises(StudyError, match="not one of the study's"):
        regenerate_text(cast.study, _first_chain(other), by=cast.manager)


def _first_chain(cast: Cast) -> Chain:
    return Chain.objects.filter(run_model__run=cast.study.run).earliest("pk")
