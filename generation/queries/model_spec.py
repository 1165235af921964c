"""The language models that are set up, where they were used and how fast they were."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from generation.enums import BackendKind, StepStatus
from generation.models import ModelSpec, RunModel, Step


@dataclass(frozen=True)
class MeasuredSpeed:
    """What a model has written so far, in all its runs."""

    n_calls: int
    tokens: int
    seconds: float

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds


def models_with_use() -> QuerySet[ModelSpec]:
    """Return all models by name, with n_runs."""
    return ModelSpec.objects.annotate(n_runs=Count("runmodel")).order_by("name")


def models_to_run(*, beside: QuerySet[Any, Any] | None = None) -> QuerySet[ModelSpec]:
    """Return the models that a new run may use, by name: all but those whose texts were imported.

    `beside` holds the keys of models that are returned in any case.
    """
    offered = ~Q(backend=BackendKind.IMPORTED)
    if beside is not None:
        offered |= Q(pk__in=beside)
    return ModelSpec.objects.filter(offered).order_by("name")


def is_used(model_spec: ModelSpec) -> bool:
    """Say whether a run has been made with the model, or texts of it came in from elsewhere. One query."""
    if model_spec.backend == BackendKind.IMPORTED:
        return True
    return RunModel.objects.filter(model_spec=model_spec).exists()


def measured_speed(model_spec: ModelSpec) -> MeasuredSpeed | None:
    """Add up the model's answered calls; None while there is none that took time. One query."""
    done = Step.objects.filter(
        run_model__model_spec=model_spec, status=StepStatus.DONE, tokens_out__gt=0, seconds__gt=0
    ).aggregate(n_calls=Count("pk"), tokens=Sum("tokens_out", default=0), seconds=Sum("seconds", default=0.0))
    return MeasuredSpeed(**done) if done["n_calls"] else None
