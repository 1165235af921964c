"""The texts that a person has to decide about, and what they are compared with."""

from django.db.models import Q, QuerySet

from generation.enums import ResponseSource, ResponseStatus
from generation.models import GenerationRun, Response
from generation.similarity import is_near_duplicate


def final_responses(run: GenerationRun) -> QuerySet[Response]:
    """Return the run's final texts that count, without those that have been, or are being, written again."""
    return Response.objects.filter(chain__run_model__run=run, chain__is_current=True, is_final=True)


def responses_to_review(run: GenerationRun) -> QuerySet[Response]:
    return final_responses(run).filter(status=ResponseStatus.NEEDS_REVIEW).order_by("pk")


def excluded_responses(run: GenerationRun) -> QuerySet[Response]:
    return final_responses(run).filter(status=ResponseStatus.EXCLUDED).order_by("pk")


def rivals_of(response: Response) -> QuerySet[Response]:
    """Return the final texts of other conditions for the same post: of the same run, and by people."""
    own = Q(source=ResponseSource.HUMAN, method=response.method)
    others = Q(source=ResponseSource.HUMAN)
    if chain := response.chain:
        own = Q(chain__strategy=chain.strategy, chain__run_model=chain.run_model_id)
        run = chain.run_model.run_id
        others |= Q(chain__run_model__run=run, chain__is_current=True)
    rivals = Response.objects.filter(others, post=response.post_id, is_final=True).exclude(own)
    return rivals.exclude(status=ResponseStatus.EXCLUDED).order_by("pk")


def near_duplicates_of(response: Response) -> list[Response]:
    """Return the texts of other conditions that are nearly the same, with what names their condition."""
    rivals = rivals_of(response).select_related("chain__dimension", "chain__run_model__model_spec")
    return [rival for rival in rivals if is_near_duplicate(response.text, [rival.text])]


def text_before(response: Response) -> str:
    """Return the text that the response's last call revised; "" where that call wrote the first one."""
    step = response.step
    if step is None:
        return ""
    earlier = Response.objects.filter(chain=response.chain_id, step__index__lt=step.index)
    return earlier.order_by("-step__index").values_list("text", flat=True).first() or ""
