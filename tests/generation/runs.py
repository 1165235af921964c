"""Runs without a study around them."""

from collections.abc import Sequence

from generation.backends.base import Decoding
from generation.domain.example import store_example_constitution, store_example_prompts, store_small_model
from generation.domain.post import store_posts
from generation.domain.run import RunCondition, create_run, start_run
from generation.models import GenerationRun
from tests.factories import STRATEGIES, make_drafts


def make_run(
    *, posts: int = 2, strategies: Sequence[str] = STRATEGIES, numbers: Sequence[int] = (4, 7)
) -> GenerationRun:
    """Make a started run of the example's sets, over the dimensions with these numbers."""
    constitution_set = store_example_constitution()
    collection = store_posts(name="Posts", drafts=make_drafts(posts))
    model_spec = store_small_model()
    run = create_run(
        name="Run",
        posts=list(collection.posts.all()),
        conditions=[RunCondition(strategy, model_spec) for strategy in strategies],
        dimensions=list(constitution_set.dimensions.filter(number__in=numbers)),
        constitution_set=constitution_set,
        prompt_set=store_example_prompts(),
        decoding=Decoding(max_new_tokens=20, temperature=0.1),
        seed=36,
    )
    start_run(run)
    return run
