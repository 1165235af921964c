"""A text that cannot be rated, with the reasons in plain words."""

from dataclasses import dataclass

from generation.backends.base import FailureKind
from generation.models import Chain, Response
from generation.validation import Problem

# By what a step records; `lost` is the queue's own, for a worker that went silent.
FAILURES = {
    FailureKind.REFUSED.value: "The model refused to answer.",
    FailureKind.TOO_LONG.value: "The post and the instructions are too long for the model.",
    FailureKind.OUT_OF_MEMORY.value: "The computer ran out of memory, several times over.",
    FailureKind.UNAVAILABLE.value: "The model could not be reached, several times over.",
    FailureKind.INVALID_OUTPUT.value: "The model gave no text.",
    "lost": "The worker stopped in the middle of this text, several times over.",
}

UNKNOWN_FAILURE = "Writing it failed."


def reasons_of(response: Response) -> tuple[str, ...]:
    """Say in plain words what the validation found in a text."""
    return tuple(Problem(problem).sentence for problem in response.problems)


@dataclass(frozen=True)
class UnusableText:
    """A chain without a ratable text; `response` is None when there is no text at all."""

    chain: Chain
    response: Response | None
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, chain: Chain) -> "UnusableText":
        """Say what is wrong with a chain as `texts_to_look_at` gives it."""
        for response in chain.responses.all():
            return cls(chain, response, reasons_of(response) or ("The text was set aside.",))
        for step in chain.steps.all():
            return cls(chain, None, (FAILURES.get(step.failure_kind, UNKNOWN_FAILURE),))
        return cls(chain, None, (UNKNOWN_FAILURE,))
