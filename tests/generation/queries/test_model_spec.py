import pytest
from pytest_django import DjangoAssertNumQueries

from generation.models import Step
from generation.queries.model_spec import MeasuredSpeed, is_used, measured_speed, models_with_use
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


def test_speed_is_that_of_answered_calls(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    run = make_run(posts=2, strategies=["INDV vanilla"])
    spec = run.run_models.get().model_spec
    before = measured_speed(spec)
    write_all(run)
    Step.objects.update(tokens_out=30, seconds=0.5)

    with django_assert_num_queries(1):
        speed = measured_speed(spec)

    assert before is None
    assert speed == MeasuredSpeed(n_calls=2, tokens=60, seconds=1.0)
    assert speed.tokens_per_second == 60


def test_use_is_counted() -> None:
    spec = make_run(posts=1, strategies=["INDV vanilla"]).run_models.get().model_spec
    make_run(posts=1, strategies=["INDV vanilla"])

    assert [(model.name, model.n_runs) for model in models_with_use()] == [(spec.name, 2)]
    assert is_used(spec)
