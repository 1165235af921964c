"""Responses with all that led to them."""

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet

from generation.enums import ReviewKind
from generation.models import (
    Chain,
    ConstitutionSet,
    ImportRecord,
    ModelSpec,
    PromptSet,
    Response,
    ResponseReview,
    Step,
)
from generation.provenance import (
    CallRecord,
    ImportReference,
    ModelReference,
    PostReference,
    ResponseRecord,
    ReviewRecord,
    RunReference,
    SetReference,
    sum_calls,
)
from generation.queries.constitution import writing_prompt_set

# Responses that are held in memory at a time, each with all its messages.
CHUNK = 200


def response_record(response: Response) -> ResponseRecord:
    """Return all that led to one response. Three queries."""
    return next(response_records(Response.objects.filter(pk=response.pk)))


def response_records(responses: QuerySet[Response]) -> Iterator[ResponseRecord]:
    """Yield a record for each response, in order. Three queries for every CHUNK of them."""
    steps = Step.objects.select_related("environment").order_by("index")
    with_all = responses.select_related(
        *("post", "dimension", "step", "chain__run_model__model_spec", "imported__model_spec"),
        *("chain__run_model__run__constitution_set", "chain__run_model__run__prompt_set"),
    ).prefetch_related(
        Prefetch("chain__steps", queryset=steps),
        Prefetch("reviews", queryset=ResponseReview.objects.order_by("pk")),
    )
    return map(_record, with_all.iterator(chunk_size=CHUNK))


def _record(response: Response) -> ResponseRecord:
    reviews = response.reviews.all()
    calls = _calls(response)
    return ResponseRecord(
        response_id=response.pk,
        source=response.source,
        method=response.method,
        dimension=response.dimension.key if response.dimension else "",
        is_final=response.is_final,
        status=response.status,
        problems=response.problems,
        text=response.text,
        response_sha256=response.sha256,
        was_edited=any(review.kind == ReviewKind.EDITED for review in reviews),
        created_at=response.created_at,
        post=PostReference(response.post.position, response.post.sha256),
        imported=_import(response.imported) if response.imported else None,
        run=_run(response.chain) if response.chain else None,
        totals=sum_calls(calls) if response.chain else None,
        calls=calls,
        reviews=tuple(_review(review) for review in reviews),
    )


def _import(record: ImportRecord) -> ImportReference:
    return ImportReference(
        file=record.file,
        row=record.row,
        field=record.field,
        at=record.at,
        model=record.model_spec.model if record.model_spec else "",
        strategy=record.strategy,
        step=record.step,
        calls=record.calls,
    )


def _calls(response: Response) -> tuple[CallRecord, ...]:
    """Return the calls up to the one that wrote the text, so of a refinement's earlier text not the later."""
    if response.chain is None or response.step is None:
        return ()
    last = response.step.index
    return tuple(_call(step) for step in response.chain.steps.all() if step.index <= last)


def _call(step: Step) -> CallRecord:
    environment = step.environment
    return CallRecord(
        index=step.index,
        wording=step.wording,
        messages=step.messages,
        output=step.output,
        finish_reason=step.finish_reason,
        tokens_in=step.tokens_in,
        tokens_out=step.tokens_out,
        seconds=step.seconds,
        attempts=step.earlier_attempts + step.attempts,
        seed=step.seed,
        batch_size=step.batch_size,
        worker=step.worker,
        started_at=step.started_at,
        finished_at=step.finished_at,
        provider=step.provider,
        environment_sha256=environment.sha256 if environment else "",
        environment=environment.record if environment else {},
    )


def _run(chain: Chain) -> RunReference:
    run = chain.run_model.run
    return RunReference(
        number=run.pk,
        name=run.name,
        created_at=run.created_at,
        seed=run.seed,
        decoding=run.decoding,
        strategy=chain.strategy,
        generation_no=chain.generation_no,
        is_current=chain.is_current,
        model=_model(chain.run_model.model_spec),
        constitution_set=_set(run.constitution_set),
        prompt_set=_set(writing_prompt_set(run)),
    )


def _model(spec: ModelSpec) -> ModelReference:
    return ModelReference(
        **{name: getattr(spec, name) for name in ModelReference.__dataclass_fields__},
    )


def _set(version: ConstitutionSet | PromptSet) -> SetReference:
    return SetReference(version.name, version.version, version.content_hash)


def _review(review: ResponseReview) -> ReviewRecord:
    return ReviewRecord(
        kind=review.kind,
        problems=review.problems,
        text_before=review.text_before,
        text_after=review.text_after,
        note=review.note,
        by_user=review.by_id,
        at=review.at,
    )
