"""A text of a study's run beside the others on its post: where it is from, how it stands, what is wrong."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from annotation.forms.condition import EXPLANATIONS, source_words
from annotation.views.unusable_text import FAILURES, UNKNOWN_FAILURE
from generation.enums import ChainStatus, ResponseStatus, ReviewKind, StepStatus
from generation.models import Chain, Dimension, Response
from generation.validation import Problem

# A state's words and the look of its badge.
STATES = {
    ResponseStatus.VALID: ("Can be rated", "accent"),
    ResponseStatus.NEEDS_REVIEW: ("Needs review", "warning"),
    ResponseStatus.EXCLUDED: ("Excluded", ""),
}


@dataclass(frozen=True)
class RunText:
    """One condition's text on a post; `response` is None while there is none, or where it failed."""

    title: str
    source: str  # the strategy's key and the model; of a person's text nothing more is known
    state: str
    look: str
    reasons: tuple[str, ...]
    response: Response | None
    earlier: tuple[Response, ...] = ()
    attempt: int = 1
    is_in_study: bool = True  # a person's text may be there for other studies of the same posts

    @property
    def needs_review(self) -> bool:
        return self.response is not None and self.response.status == ResponseStatus.NEEDS_REVIEW

    @classmethod
    def of_chain(cls, chain: Chain) -> "RunText":
        """Describe a chain as `chains_of_post` gives it."""
        texts = list(chain.responses.all())
        final = next((text for text in texts if text.is_final), None)
        state, look, reasons = _state_of_text(final) if final else _state_of_chain(chain)
        return cls(
            title=EXPLANATIONS.get(chain.strategy, (chain.strategy, ""))[0],
            source=f"{chain.strategy}, {chain.run_model.model_spec}",
            state=state,
            look=look,
            reasons=reasons,
            response=final,
            earlier=tuple(text for text in texts if not text.is_final),
            attempt=chain.generation_no,
        )

    @classmethod
    def of_person(cls, response: Response, *, rated: Collection[int | None]) -> "RunText":
        """Describe a person's text; rated are the ids of those that the study rates."""
        state, look, reasons = _state_of_text(response)
        is_rated = response.pk in rated
        if not is_rated:
            state, look = "Not rated here", ""
        return cls(
            title=source_words(response.method)[0],
            source=response.method,
            state=state,
            look=look,
            reasons=reasons,
            response=response,
            is_in_study=is_rated,
        )


@dataclass(frozen=True)
class DimensionTexts:
    """The texts for one dimension, or those for no single one."""

    dimension: Dimension | None
    texts: tuple[RunText, ...]


def texts_by_dimension(
    chains: Iterable[Chain], responses: Iterable[Response], *, rated: Collection[int | None]
) -> list[DimensionTexts]:
    """Put texts for the same dimension side by side: models' first, then people's; those for none lead.

    rated are the ids of people's texts that the study rates.
    """
    dimensions: dict[int | None, Dimension | None] = {}
    texts: dict[int | None, list[RunText]] = {}
    described = [(chain.dimension, RunText.of_chain(chain)) for chain in chains]
    described += [(response.dimension, RunText.of_person(response, rated=rated)) for response in responses]
    for dimension, text in described:
        key = dimension.pk if dimension else None
        dimensions[key] = dimension
        texts.setdefault(key, []).append(text)
    order = sorted(dimensions, key=lambda key: getattr(dimensions[key], "number", 0))
    return [DimensionTexts(dimensions[key], tuple(texts[key])) for key in order]


def _state_of_text(response: Response) -> tuple[str, str, tuple[str, ...]]:
    state, look = STATES[ResponseStatus(response.status)]
    reviews = [review.kind for review in response.reviews.all()]
    if reviews and response.status == ResponseStatus.VALID:
        state = f"{state}, {ReviewKind(reviews[-1]).label.lower()}"
    return state, look, tuple(Problem(problem).sentence for problem in response.problems)


def _state_of_chain(chain: Chain) -> tuple[str, str, tuple[str, ...]]:
    steps = list(chain.steps.all())
    if chain.status == ChainStatus.FAILED:
        kinds = [step.failure_kind for step in steps if step.status != StepStatus.DONE]
        return "Failed", "danger", tuple(FAILURES.get(kind, UNKNOWN_FAILURE) for kind in kinds)
    if chain.status == ChainStatus.CANCELLED:
        return "Given up", "", ("The generation was cancelled before it was written.",)
    if any(step.status in {StepStatus.LEASED, StepStatus.DONE} for step in steps):
        n_done = sum(step.status == StepStatus.DONE for step in steps)
        return "Being written", "", (f"{n_done} of {chain.planned_calls} calls are done.",)
    return "Waiting", "", ()
