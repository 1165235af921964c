from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from generation.backends.base import Decoding
from generation.models import GenerationRun, ModelSpec, Step
from generation.queries.speed import ModelSpeed, model_speeds
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

DECODING = Decoding(max_new_tokens=20, temperature=0.1)  # that of make_run
OTHER = Decoding(max_new_tokens=400, temperature=0.1)


def written_run(*, posts: int = 6, tokens_out: int = 40, seconds: float = 0.1) -> GenerationRun:
    """A finished run with these figures on each call; every prompt has 400 characters and 100 tokens."""
    run = make_run(posts=posts, strategies=["INDV vanilla"])
    write_all(run)
    Step.objects.filter(run_model__run=run).update(
        messages=[{"role": "system", "content": "s" * 100}, {"role": "user", "content": "u" * 300}],
        tokens_out=tokens_out,
        seconds=seconds,
    )
    return run


def speed_of_the_model(decoding: Decoding = DECODING) -> ModelSpeed | None:
    model = ModelSpec.objects.get()
    return model_speeds([model], decoding=decoding).get(model.pk)


def test_speed_is_the_mean_of_what_was_measured() -> None:
    written_run(tokens_out=40, seconds=0.5)

    assert speed_of_the_model() == ModelSpeed(
        n_calls=6,
        tokens_per_character=0.25,
        tokens_per_text=40,
        tokens_per_appraisal=40,
        seconds_per_token=0.0125,
        seconds_per_token_when_slow=0.0125,
    )


def test_slow_end_is_where_nine_calls_of_ten_were_faster() -> None:
    written_run(posts=10, tokens_out=40, seconds=0.4)
    slowest = list(Step.objects.order_by("id").values_list("pk", flat=True)[:1])
    Step.objects.filter(pk__in=slowest).update(seconds=4)

    speed = speed_of_the_model()

    assert speed.seconds_per_token == pytest.approx((9 * 0.4 + 4) / 400)
    assert speed.seconds_per_token_when_slow == pytest.approx(4 / 40)


def test_appraisals_are_measured_apart_from_texts() -> None:
    run = make_run(posts=3, strategies=["INDV +appr"])
    write_all(run)
    Step.objects.filter(wording="appraise").update(tokens_out=10)

    speed = speed_of_the_model()

    assert (speed.n_calls, speed.tokens_per_text, speed.tokens_per_appraisal) == (12, 40, 10)


def test_model_with_too_few_calls_is_not_measured() -> None:
    written_run(posts=4)

    assert speed_of_the_model() is None


def test_runs_with_the_same_decoding_count_before_others() -> None:
    written_run(tokens_out=20)
    longer = written_run(tokens_out=300)
    GenerationRun.objects.filter(pk=longer.pk).update(decoding=OTHER.to_dict())

    assert [speed_of_the_model(decoding).tokens_per_text for decoding in (DECODING, OTHER)] == [20, 300]


def test_runs_with_another_decoding_count_where_there_is_no_better() -> None:
    written_run(tokens_out=20)

    assert speed_of_the_model(OTHER).tokens_per_text == 20


def test_only_the_latest_calls_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.queries.speed.LATEST_CALLS", 5)
    written_run(posts=8, tokens_out=40)
    old = list(Step.objects.order_by("id").values_list("pk", flat=True)[:3])
    Step.objects.filter(pk__in=old).update(finished_at=timezone.now() - timedelta(days=9), tokens_out=4000)

    speed = speed_of_the_model()

    assert (speed.n_calls, speed.tokens_per_text) == (5, 40)


@pytest.mark.parametrize("runs", [1, 3])
def test_measuring_takes_two_queries_however_many_runs_there_were(
    django_assert_num_queries: DjangoAssertNumQueries, runs: int
) -> None:
    for _ in range(runs):
        written_run()
    models = list(ModelSpec.objects.all())

    with django_assert_num_queries(2):
        model_speeds(models, decoding=DECODING)
