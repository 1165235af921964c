import pytest

from annotation.domain.allocation import allocate
from annotation.domain.errors import StudyError
from annotation.domain.generation import (
    cancel_generation,
    decoding_of,
    pause_generation,
    prioritise_generation,
    resume_generation,
    retry_generation,
    start_generation,
)
from annotation.domain.item import attach_responses
from annotation.enums import EventKind
from annotation.models import Item, Study, StudyEvent
from annotation.queries.overview import annotate_numbers
from annotation.queries.stimuli import has_waiting_items, items_left_out
from generation.backends.base import Decoding
from generation.domain.example import example_run
from generation.domain.queue import claim_batch, held_steps, record_broken_attempt
from generation.enums import ChainStatus, RunStatus
from generation.models import Chain, GenerationRun, Response, Step
from tests.factories import Cast, make_study, write_all

pytestmark = pytest.mark.django_db


def events(cast: Cast) -> list[tuple[str, str]]:
    """Return what the log says after the generation was started."""
    after = StudyEvent.objects.filter(study=cast.study).order_by("id")
    kinds = list(after.values_list("kind", "detail"))
    return kinds[kinds.index((EventKind.GENERATION_STARTED, "")) + 1 :]


def fail_all_queued() -> None:
    lease = claim_batch(worker="pen", limit=100)
    assert lease is not None
    held_steps(lease.token).update(attempts=3)
    record_broken_attempt(held_steps(lease.token), kind="lost", detail="Silent.")


def test_run_takes_the_study_s_own_decoding_and_else_the_example_s() -> None:
    own = Decoding(max_new_tokens=33, temperature=0.5)
    cast, other = make_study(is_generated=False), make_study(is_generated=False, prefix="other-")
    cast.study.decoding = own.to_dict()
    cast.study.save()

    runs = [start_generation(study, by=cast.manager) for study in (cast.study, other.study)]

    assert [Decoding.from_dict(run.decoding) for run in runs] == [own, example_run().decoding]
    assert decoding_of(cast.study) == own


def test_generation_is_paused_and_resumed() -> None:
    cast = make_study(is_generated=False)
    with pytest.raises(StudyError, match="not been started"):
        pause_generation(cast.study, by=cast.manager)
    run = start_generation(cast.study, by=cast.manager)

    pause_generation(cast.study, by=cast.manager)
    run.refresh_from_db()
    assert run.status == RunStatus.PAUSED

    resume_generation(cast.study, by=cast.manager)
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING
    assert events(cast) == [(EventKind.GENERATION_PAUSED, ""), (EventKind.GENERATION_RESUMED, "")]


def test_cancelling_keeps_what_is_written_and_gives_up_the_rest_for_good() -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    Step.objects.filter(chain__post__key="post-2").update(not_before="2100-01-01T00:00Z")
    write_all(run)

    cancel_generation(cast.study, by=cast.manager)
    attach_responses(cast.study)

    assert dict(Chain.objects.values_list("post__key", "status")) == {
        "post-1": ChainStatus.DONE,
        "post-2": ChainStatus.CANCELLED,
    }
    assert list(Item.objects.exclude(response=None).values_list("post__key", flat=True)) == ["post-1"]
    with pytest.raises(StudyError, match="cancelled"):
        resume_generation(cast.study, by=cast.manager)
    with pytest.raises(StudyError, match="cancelled already"):
        cancel_generation(cast.study, by=cast.manager)
    assert [kind for kind, _ in events(cast)] == [EventKind.GENERATION_CANCELLED, EventKind.STIMULI_HASHED]


def test_nobody_waits_for_what_was_cancelled() -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    Step.objects.filter(chain__post__key="post-2").update(not_before="2100-01-01T00:00Z")
    write_all(run)
    allocate(cast.study, by=cast.manager)

    before = annotate_numbers(Study.objects.all()).get()
    cancel_generation(cast.study, by=cast.manager)
    after = annotate_numbers(Study.objects.all()).get()

    assert [item.post.key for item in items_left_out()] == ["post-2"]
    assert (before.n_left_out, before.n_to_rate, before.n_wanted, before.n_seats) == (0, 2, 4, 4)
    assert (after.n_left_out, after.n_to_rate, after.n_wanted, after.n_seats) == (1, 1, 2, 2)
    assert not has_waiting_items(cast.study)
    assert allocate(cast.study, by=cast.manager) == 0


def test_what_failed_is_waited_for_until_the_generation_is_cancelled() -> None:
    cast = make_study(posts=1, strategies=("INDV vanilla",), is_generated=False)
    start_generation(cast.study, by=cast.manager)
    fail_all_queued()

    before = items_left_out().count()
    cancel_generation(cast.study, by=cast.manager)

    assert (before, items_left_out().count()) == (0, 1)


def test_failed_texts_are_tried_again_in_the_same_chain() -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    fail_all_queued()

    n_texts = retry_generation(cast.study, by=cast.manager)
    write_all(run)

    assert n_texts == 2
    assert list(Step.objects.values_list("status", "earlier_attempts", "attempts")) == [("done", 3, 1)] * 2
    assert Response.objects.filter(chain__generation_no=1).count() == 2
    assert events(cast) == [(EventKind.GENERATION_RETRIED, "2 texts")]


def test_nothing_is_tried_again_where_nothing_failed() -> None:
    cast = make_study(posts=1, is_open=False)

    with pytest.raises(StudyError, match="No text has failed"):
        retry_generation(cast.study, by=cast.manager)

    assert EventKind.GENERATION_RETRIED not in dict(events(cast))


def test_study_of_higher_priority_is_written_first() -> None:
    cast, other = make_study(is_generated=False), make_study(is_generated=False, prefix="other-")
    start_generation(cast.study, by=cast.manager)
    run = start_generation(other.study, by=other.manager)

    prioritise_generation(other.study, priority=5, by=other.manager)
    prioritise_generation(other.study, priority=5, by=other.manager)

    lease = claim_batch(worker="pen", limit=1)
    assert lease is not None
    assert lease.run_model.run_id == run.pk
    assert events(other) == [(EventKind.PRIORITY_CHANGED, "from 0 to 5")]


def test_priority_out_of_range_is_refused() -> None:
    cast = make_study(is_generated=False)
    start_generation(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="between -100 and 100"):
        prioritise_generation(cast.study, priority=101, by=cast.manager)

    assert GenerationRun.objects.get().priority == 0
