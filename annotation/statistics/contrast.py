"""A planned contrast of two conditions: effect sizes, the permutation test, the usual tests beside it."""

from dataclasses import dataclass

from annotation.statistics.effect_size import EffectSizes, effect_sizes
from annotation.statistics.paired_tests import PairedT, Wilcoxon, paired_t, wilcoxon
from annotation.statistics.pairs import Pairs
from annotation.statistics.sign_flip import SignFlip, sign_flip


@dataclass(frozen=True)
class Contrast:
    """One contrast of one criterion. The p-value that Holm adjusts within the criterion is `sign_flip.p`.

    mean_a, mean_b: means over the paired items, None without a pair.
    """

    n_pairs: int
    n_posts: int
    mean_a: float | None
    mean_b: float | None
    effects: EffectSizes
    sign_flip: SignFlip
    wilcoxon: Wilcoxon
    paired_t: PairedT


def contrast(pairs: Pairs, *, seed: int, n_resamples: int = 2_000, n_draws: int = 9_999) -> Contrast:
    """Compare two conditions on the posts that both answer; the seed serves intervals and random flips."""
    return Contrast(
        n_pairs=pairs.n,
        n_posts=pairs.n_posts,
        mean_a=float(pairs.a.mean()) if pairs.n else None,
        mean_b=float(pairs.b.mean()) if pairs.n else None,
        effects=effect_sizes(pairs, seed=seed, n_resamples=n_resamples),
        sign_flip=sign_flip(pairs, seed=seed, n_draws=n_draws),
        wilcoxon=wilcoxon(pairs),
        paired_t=paired_t(pairs),
    )
