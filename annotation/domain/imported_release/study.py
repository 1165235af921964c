"""The study that a release is imported into: made once, completed by further imports, never open."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Count, Max, Min
from django.utils import timezone

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.imported_release.rated_text import ReleaseCondition
from annotation.domain.stimuli import hash_stimuli
from annotation.domain.study import RESERVED_SLUGS
from annotation.domain.study_texts import add_default_criteria
from annotation.enums import ConditionSource, EventKind, StudyStatus
from annotation.models import Assignment, Condition, ImportedRating, Study
from generation.backends.base import Decoding
from generation.domain.imported_model import store_imported_model
from generation.models import ConstitutionSet, PostCollection, PromptSet
from generation.strategies import STRATEGIES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# COLM 2024 paper, section on generation: the same for all models.
PAPER_DECODING = Decoding(max_new_tokens=512, temperature=0.1)
PAPER_SEED = 36
_LONGEST_SLUG = 80


def moment(milliseconds: int) -> datetime:
    """Return the moment so many milliseconds after 1970 began, exactly. Raises OverflowError."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def find_imported_study(slug: str) -> Study | None:
    """Return the study, held until the transaction ends; None where the name is free.

    Raises StudyError for a study that was not imported, and for a name that no study can have.
    """
    study = Study.objects.select_for_update(of=("self",)).filter(slug=slug).first()
    if study is not None:
        if not study.events.filter(kind=EventKind.RELEASE_IMPORTED).exists():
            raise StudyError(f"The study '{slug}' was not imported, so nothing can be imported into it.")
        return study
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise StudyError("A study's short name has letters, digits, hyphens and underscores only.") from error
    if len(slug) > _LONGEST_SLUG or slug in RESERVED_SLUGS:
        raise StudyError(f"No study can have the short name '{slug[:_LONGEST_SLUG]}'.")
    return None


def make_imported_study(
    slug: str, *, name: str, constitution_set: ConstitutionSet, prompt_set: PromptSet
) -> Study:
    """Make a closed study without texts for raters: what the release's raters were told is not in it."""
    study = Study.objects.create(
        name=name,
        slug=slug,
        status=StudyStatus.CLOSED,
        closed_at=timezone.now(),
        posts=PostCollection.objects.create(name=f"{name} ({slug})"[:200]),
        constitution_set=constitution_set,
        prompt_set=prompt_set,
        seed=PAPER_SEED,
        decoding=PAPER_DECODING.to_dict(),
    )
    study.dimensions.set(constitution_set.dimensions.all())
    add_default_criteria(study)
    return study


def store_conditions(
    study: Study, conditions: Iterable[ReleaseCondition]
) -> dict[ReleaseCondition, Condition]:
    """Return the study's condition of each, made where it is not there; all in the paper's order.

    By model and, within one, by strategy; human sources last.
    """
    stored = {
        _named(condition): condition for condition in study.conditions.select_related("model_spec").all()
    }
    for named in sorted(set(conditions) - stored.keys(), key=_order):
        stored[named] = Condition.objects.create(study=study, position=0, **_fields(named))
    for position, named in enumerate(sorted(stored, key=_order), start=1):
        stored[named].position = position
    Condition.objects.bulk_update(stored.values(), ["position"])
    return stored


def _named(condition: Condition) -> ReleaseCondition:
    if condition.model_spec is None:
        return ReleaseCondition(source_name=condition.method)
    return ReleaseCondition(model=condition.model_spec.model, strategy=condition.strategy_key)


def _fields(named: ReleaseCondition) -> dict[str, object]:
    if named.source_name:
        return {"source": ConditionSource.HUMAN, "method": named.source_name}
    strategy = STRATEGIES[named.strategy]
    return {
        "model_spec": store_imported_model(named.model),
        "pipeline": strategy.pipeline.value,
        "method": strategy.method.value,
    }


def _order(named: ReleaseCondition) -> tuple[bool, str, str, int]:
    place = list(STRATEGIES).index(named.strategy) if named.strategy else 0
    return (bool(named.source_name), named.source_name, named.model, place)


def finish_import(study: Study, *, detail: str) -> None:
    """Take the times of the study from its ratings and the hash of its texts anew, and log what came in."""
    ratings = ImportedRating.objects.filter(item__item__study=study)
    times = ratings.aggregate(first=Min("created_at_ms"), last=Max("updated_at_ms"))
    if times["first"] is not None:
        study.opened_at, study.closed_at = moment(times["first"]), moment(times["last"])
    counts = Assignment.objects.filter(item__study=study).order_by().values("item").annotate(n=Count("pk"))
    study.raters_per_item = counts.aggregate(most=Max("n"))["most"] or study.raters_per_item
    study.stimuli_sha256 = ""
    study.save(update_fields=["opened_at", "closed_at", "raters_per_item", "stimuli_sha256"])
    record_event(study, EventKind.RELEASE_IMPORTED, by=None, detail=detail)
    if study.items.exists():
        hash_stimuli(study, is_closing=True)
