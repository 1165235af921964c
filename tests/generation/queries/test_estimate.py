import pytest
from pytest_django import DjangoAssertNumQueries

from generation.backends.base import Decoding
from generation.domain.example import store_example_constitution, store_example_prompts, store_small_model
from generation.models import ModelSpec, Post, Step
from generation.queries.chat import ask_steps
from generation.queries.constitution import constitution_of, prompts_of
from generation.queries.estimate import ModelEstimate, RunEstimate, estimate_run
from generation.queries.run import run_progress
from generation.strategies import STRATEGIES
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

DECODING = Decoding(max_new_tokens=20, temperature=0.1)
NUMBERS = (4, 7)


def estimate(*, strategies: list[str], models: list[ModelSpec] | None = None) -> RunEstimate:
    """Estimate these strategies on the posts that are there, over the dimensions of `make_run`."""
    constitution_set = store_example_constitution()
    return estimate_run(
        posts=Post.objects.all(),
        conditions=[(model, key) for key in strategies for model in models or [store_small_model()]],
        dimension_keys=list(
            constitution_set.dimensions.filter(number__in=NUMBERS).values_list("key", flat=True)
        ),
        constitution=constitution_of(constitution_set),
        prompts=prompts_of(store_example_prompts()),
        decoding=DECODING,
    )


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_estimate_of_a_strategy_is_what_its_run_then_takes(strategy: str) -> None:
    """Every answer has 100 characters and 20 tokens and every prompt a token for 5 characters."""
    run = make_run(posts=5, strategies=[strategy], numbers=NUMBERS)
    write_all(run, text_for=lambda chain, step: "x" * 100)
    for step in Step.objects.all():
        step.tokens_in = sum(len(message["content"]) for message in step.messages) // 5
        step.tokens_out, step.seconds = 20, 0.5
        step.save()
    calls = run_progress(run).calls_planned
    tokens_in = sum(Step.objects.values_list("tokens_in", flat=True))

    found = estimate(strategies=[strategy])

    assert found.models == (
        ModelEstimate(
            model="SmolLM2-135M-Instruct",
            calls=calls,
            tokens_in=pytest.approx(tokens_in, rel=0.02),
            tokens_out=calls * 20,
            seconds=pytest.approx(calls * 0.5),
            seconds_when_slow=pytest.approx(calls * 0.5),
            n_calls_measured=calls,
        ),
    )


def test_model_that_wrote_nothing_is_estimated_roughly_and_without_a_time() -> None:
    run = make_run(posts=2, strategies=["INDV vanilla"])
    asked = ask_steps(Step.objects.all(), run)
    sent = sum(len(message.content) for one in asked for message in one.messages)

    found = estimate(strategies=["INDV vanilla"])

    assert found.models == (
        ModelEstimate(
            model="SmolLM2-135M-Instruct",
            calls=2,
            tokens_in=round(sent / 4),
            tokens_out=40,
            seconds=None,
            seconds_when_slow=None,
            n_calls_measured=0,
        ),
    )
    assert (found.seconds, found.is_rough) == (None, True)


def test_one_model_without_figures_leaves_the_whole_time_unknown() -> None:
    write_all(make_run(posts=6, strategies=["INDV vanilla"]))
    new = ModelSpec.objects.create(name="New", model="new")

    found = estimate(strategies=["INDV vanilla"], models=[store_small_model(), new])

    assert [(model.model, model.is_rough) for model in found.models] == [
        ("SmolLM2-135M-Instruct", False),
        ("New", True),
    ]
    assert (found.calls, found.seconds, found.is_rough) == (12, None, True)
    assert found.tokens_out == sum(model.tokens_out for model in found.models)


def test_answers_are_taken_to_be_no_longer_than_the_limit() -> None:
    write_all(make_run(posts=6, strategies=["INDV vanilla"]))
    Step.objects.update(tokens_out=500)

    assert estimate(strategies=["INDV vanilla"]).tokens_out == 6 * DECODING.max_new_tokens


@pytest.mark.parametrize("posts", [1, 3])
def test_estimate_takes_three_queries_however_many_posts(
    django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    write_all(make_run(posts=6, strategies=["INDV vanilla"]))
    constitution_set, prompt_set = store_example_constitution(), store_example_prompts()
    model, constitution = store_small_model(), constitution_of(constitution_set)
    first = list(Post.objects.values_list("pk", flat=True)[:posts])

    with django_assert_num_queries(3):
        estimate_run(
            posts=Post.objects.filter(pk__in=first),
            conditions=[(model, "ITER +cons"), (model, "INDV vanilla")],
            dimension_keys=[dimension.key for dimension in constitution.dimensions],
            constitution=constitution,
            prompts=prompts_of(prompt_set),
            decoding=DECODING,
        )
