"""What a design comes to, in numbers, before anything is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.enums import ConditionSource, RatedUnder
from annotation.models import Study
from annotation.queries.human_text import HumanText, human_texts, rated_cells
from annotation.queries.membership import current_raters
from generation.strategies import STRATEGIES, chains_per_post, count_calls


@dataclass(frozen=True)
class DesignNumbers:
    """What models write (n_calls, n_texts), what people wrote, and what is to be rated of both.

    n_left_out counts the texts by people that are for a dimension which the study does not have. n_ratings
    counts every item once for each of its raters.
    """

    n_posts: int
    n_conditions: int
    n_dimensions: int
    raters_per_item: int
    n_raters: int
    n_calls: int
    n_texts: int
    n_human_texts: int
    n_left_out: int
    n_items: int

    @property
    def n_ratings(self) -> int:
        return self.n_items * self.raters_per_item

    @property
    def ratings_per_rater(self) -> int:
        """Rounded up; with the raters the design asks for at least, while there are fewer."""
        return -(-self.n_ratings // self.n_raters_assumed)

    @property
    def n_raters_assumed(self) -> int:
        return max(self.n_raters, self.raters_per_item)


def count_design(
    *,
    n_posts: int,
    dimension_keys: Sequence[str],
    strategy_keys: Sequence[str],
    rated_under: str,
    raters_per_item: int,
    n_raters: int,
    human_texts: Sequence[HumanText] = (),
) -> DesignNumbers:
    """Count what the design asks for; strategy_keys names one condition each, so a key may recur.

    human_texts are those of the chosen sources.
    """
    strategies = [STRATEGIES[key] for key in strategy_keys]
    n_dimensions = len(dimension_keys)
    under = n_dimensions if rated_under == RatedUnder.ALL else min(1, n_dimensions)
    items_per_post = sum(n_dimensions if strategy.dimension_wise else under for strategy in strategies)
    # Without dimensions nothing can be counted: an iterative strategy has no call to make.
    counted = strategies if n_dimensions else []
    # Which dimension is drawn makes no difference to the number.
    cells = rated_cells(
        human_texts, dimension_keys=dimension_keys, rated_under=rated_under, draw=lambda _, keys: keys[0]
    )
    n_human_texts = len({text for text, _ in cells})
    return DesignNumbers(
        n_posts=n_posts,
        n_conditions=len(strategies) + len({text.source for text in human_texts}),
        n_dimensions=n_dimensions,
        raters_per_item=raters_per_item,
        n_raters=n_raters,
        n_calls=n_posts * sum(count_calls(strategy, dimension_keys) for strategy in counted),
        n_texts=n_posts * sum(chains_per_post(strategy, dimension_keys) for strategy in counted),
        n_human_texts=n_human_texts,
        n_left_out=len(human_texts) - n_human_texts,
        n_items=n_posts * items_per_post + len(cells),
    )


def design_numbers(study: Study) -> DesignNumbers:
    """Count the design as it is stored. Five queries at most."""
    conditions = list(study.conditions.all())
    sources = {condition.method for condition in conditions if condition.source == ConditionSource.HUMAN}
    texts = human_texts(study) if sources else []
    return count_design(
        n_posts=study.posts.posts.count(),
        dimension_keys=list(study.dimensions.order_by("number").values_list("key", flat=True)),
        strategy_keys=[
            condition.strategy_key for condition in conditions if condition.source == ConditionSource.MODEL
        ],
        rated_under=study.rated_under,
        raters_per_item=study.raters_per_item,
        n_raters=current_raters(study).count(),
        human_texts=[text for text in texts if text.source in sources],
    )
