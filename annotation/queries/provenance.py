"""Where a study's texts came from: the whole records by response, and in brief for tables."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from annotation.enums import AssignmentStatus
from annotation.models import ImportedItem, Item, Study
from generation.canonical import canonical_json
from generation.enums import ReviewKind
from generation.models import BackendEnvironment, GenerationRun, Response, ResponseReview, Step
from generation.queries.constitution import writing_prompt_set

# What a table says of the machine that wrote a text; the record has all of it.
ENVIRONMENT_FIELDS = (
    *("weights_sha256", "tokenizer", "chat_template_sha256", "device", "processor", "dtype"),
    *("torch", "transformers", "python"),
)

Origin = Mapping[str, Any]


def responses_of(study: Study) -> QuerySet[Response]:
    """Return all texts of the study: its run's, earlier and replaced ones among them, and people's in use.

    Of an imported study also the texts that came in for its posts and that nobody rated.
    """
    in_use = Item.objects.filter(study=study, response=OuterRef("pk"))
    texts = Q(Exists(in_use))
    if study.run_id is not None:
        texts |= Q(chain__run_model__run=study.run_id)
    if ImportedItem.objects.filter(item__study=study).exists():
        texts |= Q(imported__isnull=False, post__collection=study.posts_id)
    return Response.objects.filter(texts)


def rated_responses(study: Study) -> QuerySet[Response]:
    """Return the texts that the study's exported ratings are about."""
    rated = Item.objects.filter(
        study=study,
        assignments__status=AssignmentStatus.SUBMITTED,
        assignments__rating__current__isnull=False,
    )
    return Response.objects.filter(pk__in=rated.values("response")).order_by("pk")


def origins_by_response(study: Study) -> dict[int, Origin]:
    """Return what a table says of the origin of each response in the study's items. Five queries.

    Of a refinement the figures are sums over its calls, and seed and environment are those of the last one.
    What does not apply to a text by a person, or is not known of an imported one, is None, or not there.
    """
    without_run = {row["pk"]: row for row in _rows(study).filter(chain=None)}
    run = _run_of(study)
    if run is None:
        return without_run
    of_run, sums, environments = _of_run(run), _sums_by_chain(run), _environments(run)
    by_models = {
        row["pk"]: {**row, **of_run, **sums[row["chain"]], **environments.get(row["environment"], {})}
        for row in _rows(study).exclude(chain=None)
    }
    return {**without_run, **by_models}


def _run_of(study: Study) -> GenerationRun | None:
    runs = GenerationRun.objects.select_related("constitution_set", "prompt_set")
    return runs.filter(study=study).first()


def _rows(study: Study) -> "QuerySet[Response, Any]":
    edits = ResponseReview.objects.filter(response=OuterRef("pk"), kind=ReviewKind.EDITED)
    items = Item.objects.filter(study=study, response=OuterRef("pk"))
    return Response.objects.filter(Exists(items)).values(
        "pk",
        "chain",
        post_sha256=F("post__sha256"),
        was_edited=Case(When(Exists(edits), then=1), default=0),
        generation_no=F("chain__generation_no"),
        backend=Coalesce("chain__run_model__model_spec__backend", "imported__model_spec__backend"),
        model_id=Coalesce("chain__run_model__model_spec__model", "imported__model_spec__model"),
        model_revision=F("chain__run_model__model_spec__revision"),
        chat_format=F("chain__run_model__model_spec__chat_format"),
        call_seed=F("step__seed"),
        environment=F("step__environment"),
    )


def _of_run(run: GenerationRun) -> Origin:
    prompts = writing_prompt_set(run)
    return {
        "decoding": canonical_json(run.decoding),
        "seed": run.seed,
        "constitution_set": run.constitution_set.name,
        "constitution_set_version": run.constitution_set.version,
        "constitution_set_sha256": run.constitution_set.content_hash,
        "prompt_set": prompts.name,
        "prompt_set_version": prompts.version,
        "prompt_set_sha256": prompts.content_hash,
    }


def _sums_by_chain(run: GenerationRun) -> dict[int, Origin]:
    rows = (
        Step.objects.filter(chain__run_model__run=run)
        .order_by()
        .values("chain")
        .annotate(
            n_calls=Count("pk"),
            n_attempts=Sum(F("attempts") + F("earlier_attempts")),
            total_tokens_in=Sum("tokens_in"),
            total_tokens_out=Sum("tokens_out"),
            total_seconds=Sum("seconds"),
        )
    )
    return {row.pop("chain"): row for row in rows}


def _environments(run: GenerationRun) -> dict[int, Origin]:
    """Return the environments of the run; an API tells less of its own than a model on the spot."""
    used = BackendEnvironment.objects.filter(step__chain__run_model__run=run).distinct()
    return {
        pk: {"environment_sha256": sha256, **{name: record.get(name) for name in ENVIRONMENT_FIELDS}}
        for pk, sha256, record in used.values_list("pk", "sha256", "record")
    }
