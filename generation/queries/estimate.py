"""What a run will take before it is started: calls, tokens and time, from what was measured of its models."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length

from generation.backends.base import Decoding
from generation.constitution import Constitution
from generation.models import ModelSpec, Post
from generation.prompt_set import PromptSet
from generation.queries.speed import ModelSpeed, model_speeds
from generation.strategies import STRATEGIES, Strategy, Yields, chain_dimensions, next_messages, plan_calls

ROUGH_TOKENS_PER_CHARACTER = 1 / 4

# Stand for a post, a text and an appraisal while prompts are measured; from Unicode's private use area.
_POST, _TEXT, _APPRAISAL = "\ue000", "\ue001", "\ue002"


@dataclass(frozen=True)
class CallSize:
    """What goes into and comes out of calls, added up: characters of wording, texts quoted, texts written."""

    calls: int = 0
    characters: int = 0
    posts: int = 0
    texts: int = 0
    appraisals: int = 0
    texts_out: int = 0
    appraisals_out: int = 0

    def __add__(self, other: "CallSize") -> "CallSize":
        return CallSize(
            calls=self.calls + other.calls,
            characters=self.characters + other.characters,
            posts=self.posts + other.posts,
            texts=self.texts + other.texts,
            appraisals=self.appraisals + other.appraisals,
            texts_out=self.texts_out + other.texts_out,
            appraisals_out=self.appraisals_out + other.appraisals_out,
        )


@dataclass(frozen=True)
class ModelEstimate:
    """One model's share. The times, of one worker, are None for a model that has written nothing here yet.

    Its tokens are then rough: four characters to a token, and every text as long as the token limit allows.
    """

    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float | None
    seconds_when_slow: float | None
    n_calls_measured: int

    @property
    def is_rough(self) -> bool:
        return self.seconds is None


@dataclass(frozen=True)
class RunEstimate:
    models: tuple[ModelEstimate, ...]

    @property
    def calls(self) -> int:
        return sum(model.calls for model in self.models)

    @property
    def tokens_in(self) -> int:
        return sum(model.tokens_in for model in self.models)

    @property
    def tokens_out(self) -> int:
        return sum(model.tokens_out for model in self.models)

    @property
    def seconds(self) -> float | None:
        """One worker's time, one model after the other; None while it is unknown of one of them."""
        return _sum_of_known([model.seconds for model in self.models])

    @property
    def seconds_when_slow(self) -> float | None:
        return _sum_of_known([model.seconds_when_slow for model in self.models])

    @property
    def is_rough(self) -> bool:
        return any(model.is_rough for model in self.models)


def _sum_of_known(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def estimate_run(
    *,
    posts: QuerySet[Post],
    conditions: Sequence[tuple[ModelSpec, str]],
    dimension_keys: Sequence[str],
    constitution: Constitution,
    prompts: PromptSet,
    decoding: Decoding,
) -> RunEstimate:
    """Estimate a run of (model, strategy key) conditions. Three queries, whatever the number of posts."""
    totals = posts.aggregate(n=Count("pk"), characters=Sum(Length("text"), default=0))
    models = {model.pk: model for model, _ in conditions}
    speeds = model_speeds(list(models.values()), decoding=decoding)
    sizes = {
        key: _size_per_post(STRATEGIES[key], dimension_keys, constitution, prompts)
        for key in {key for _, key in conditions}
    }
    return RunEstimate(
        tuple(
            _estimate(
                model,
                sum((sizes[key] for spec, key in conditions if spec.pk == pk), start=CallSize()),
                n_posts=totals["n"],
                post_characters=totals["characters"],
                speed=speeds.get(pk),
                limit=decoding.max_new_tokens,
            )
            for pk, model in models.items()
        )
    )


def _size_per_post(
    strategy: Strategy, dimension_keys: Sequence[str], constitution: Constitution, prompts: PromptSet
) -> CallSize:
    """Render every call for one post with a single character for each text, and count what is in it."""
    total = CallSize()
    for dimensions in chain_dimensions(strategy, dimension_keys):
        answers: list[str] = []
        for call in plan_calls(strategy, dimensions):
            messages = next_messages(
                strategy,
                post=_POST,
                constitution=constitution,
                prompts=prompts,
                dimensions=dimensions,
                answers=answers,
            )
            chat = "".join(message.content for message in messages or ())
            is_text = call.yields is Yields.TEXT
            total += CallSize(
                calls=1,
                characters=len(chat) - sum(chat.count(mark) for mark in (_POST, _TEXT, _APPRAISAL)),
                posts=chat.count(_POST),
                texts=chat.count(_TEXT),
                appraisals=chat.count(_APPRAISAL),
                texts_out=int(is_text),
                appraisals_out=int(not is_text),
            )
            answers.append(_TEXT if is_text else _APPRAISAL)
    return total


def _estimate(
    model: ModelSpec,
    size: CallSize,
    *,
    n_posts: int,
    post_characters: int,
    speed: ModelSpeed | None,
    limit: int,
) -> ModelEstimate:
    per_character = speed.tokens_per_character if speed else ROUGH_TOKENS_PER_CHARACTER
    text = min(speed.tokens_per_text, limit) if speed else limit
    appraisal = min(speed.tokens_per_appraisal, limit) if speed else limit
    tokens_in = (n_posts * size.characters + size.posts * post_characters) * per_character + n_posts * (
        size.texts * text + size.appraisals * appraisal
    )
    tokens_out = n_posts * (size.texts_out * text + size.appraisals_out * appraisal)
    return ModelEstimate(
        model=model.name,
        calls=n_posts * size.calls,
        tokens_in=round(tokens_in),
        tokens_out=round(tokens_out),
        seconds=tokens_out * speed.seconds_per_token if speed else None,
        seconds_when_slow=tokens_out * speed.seconds_per_token_when_slow if speed else None,
        n_calls_measured=speed.n_calls if speed else 0,
    )
