"""A study is made, designed, opened, paused and closed."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from annotation.domain.allocation import fill_open_seats
from annotation.domain.contrast import require_unplanned
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.stimuli import hash_stimuli, require_open_texts
from annotation.domain.study_texts import add_default_criteria, default_texts
from annotation.enums import ConditionSource, EventKind, Role, StudyStatus
from annotation.models import Condition, ConsentText, Item, Membership, Study, User
from annotation.queries.human_text import human_texts
from generation.backends.base import Decoding
from generation.domain.example import store_example_constitution, store_example_prompts
from generation.domain.post import PostDraft, store_posts
from generation.domain.run import RunError, regenerate
from generation.enums import BackendKind
from generation.models import Chain, ConstitutionSet, Dimension, ModelSpec, PostCollection, PromptSet
from generation.strategies import STRATEGIES

MOST_RATERS_PER_ITEM = 20
# Addresses beside those of studies: /studies/new/, /rate/token/, /rate/signed-in/, /rate/time-zone/.
RESERVED_SLUGS = frozenset({"new", "signed-in", "time-zone", "token"})


@transaction.atomic
def create_study(
    *,
    name: str,
    posts: Sequence[PostDraft] | PostCollection,
    constitution_set: ConstitutionSet | None = None,
    created_by: User,
    prompt_set: PromptSet | None = None,
    seed: int | None = None,
    is_simulated: bool = False,
) -> Study:
    """Make a study in preparation, with its posts, the four criteria and the default texts for raters.

    The posts are new, or a collection that is there already and whose posts studies then share. Of a set that
    is not given the example's is taken. A study is made for simulated ratings or for people's, for good.
    """
    collection = posts if isinstance(posts, PostCollection) else store_posts(name=name, drafts=posts)
    if not collection.posts.exists():
        raise StudyError("A study needs at least one post.")
    texts = default_texts()
    study = Study.objects.create(
        name=name,
        slug=_free_slug(name),
        posts=collection,
        constitution_set=constitution_set or store_example_constitution(),
        prompt_set=prompt_set or store_example_prompts(),
        seed=secrets.randbits(31) if seed is None else seed,
        instructions=texts.instructions,
        support_contact=texts.support_contact,
        concern_protocol=texts.concern_protocol,
        is_simulated=is_simulated,
        created_by=created_by,
    )
    add_default_criteria(study)
    ConsentText.objects.create(study=study, version=1, text=texts.consent)
    Membership.objects.create(study=study, user=created_by, role=Role.MANAGER)
    record_event(study, EventKind.CREATED, by=created_by)
    return study


def _free_slug(name: str) -> str:
    base = slugify(name)[:60].strip("-") or "study"
    taken = RESERVED_SLUGS | set(Study.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


@transaction.atomic
def change_design(
    study: Study,
    *,
    dimensions: Sequence[Dimension],
    conditions: Sequence[tuple[ModelSpec, str]],
    raters_per_item: int,
    rated_under: str,
    by: User | None,
    human_sources: Sequence[str] = (),
    constitution_set: ConstitutionSet | None = None,
    prompt_set: PromptSet | None = None,
    decoding: Decoding | None = None,
    seed: int | None = None,
) -> None:
    """Set what is generated and rated, and how; of what is None, all stays as it is.

    Possible until generation has started: texts follow the design.
    """
    study = _locked(study)
    if study.run_id is not None:
        raise StudyError("Texts are being written for this design, so it can no longer be changed.")
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed; its design stays as it was rated.")
    study.constitution_set = constitution_set or study.constitution_set
    study.prompt_set = prompt_set or study.prompt_set
    study.decoding = study.decoding if decoding is None else decoding.to_dict()
    study.seed = study.seed if seed is None else seed
    study.raters_per_item = raters_per_item
    study.rated_under = rated_under
    _check_design(study, dimensions, conditions, human_sources)
    study.save()
    study.dimensions.set(dimensions)
    _set_conditions(study, _conditions(study, conditions, human_sources))
    record_event(study, EventKind.DESIGN_CHANGED, by=by)


def _check_design(
    study: Study,
    dimensions: Sequence[Dimension],
    conditions: Sequence[tuple[ModelSpec, str]],
    human_sources: Sequence[str],
) -> None:
    """Raise StudyError for what the study, as it would be, cannot be made of."""
    if not dimensions:
        raise StudyError("Choose at least one dimension.")
    if not conditions and not human_sources:
        raise StudyError("Choose at least one condition.")
    if any(dimension.constitution_set_id != study.constitution_set_id for dimension in dimensions):
        raise StudyError("A dimension does not belong to the study's constitution set.")
    if any(strategy_key not in STRATEGIES for _, strategy_key in conditions):
        raise StudyError("A condition names a strategy that does not exist.")
    if any(model_spec.backend == BackendKind.IMPORTED for model_spec, _ in conditions):
        raise StudyError("A condition names a model whose texts were imported: it cannot write any here.")
    if human_sources and not set(human_sources) <= {text.source for text in human_texts(study)}:
        raise StudyError("A condition names a source that has no texts for the study's posts.")
    if not 1 <= study.raters_per_item <= MOST_RATERS_PER_ITEM:
        raise StudyError(f"Raters per item must be between 1 and {MOST_RATERS_PER_ITEM}.")


def _set_conditions(study: Study, wanted: Sequence[Condition]) -> None:
    """Make the study's conditions those that are wanted. What stays keeps its row: a plan may compare it."""
    there = {_identity(condition): condition for condition in study.conditions.select_related("model_spec")}
    kept = {_identity(condition) for condition in wanted}
    gone = [condition for identity, condition in there.items() if identity not in kept]
    require_unplanned(study, gone)
    study.conditions.filter(pk__in=[condition.pk for condition in gone]).delete()
    for condition in wanted:
        stays = there.get(_identity(condition))
        condition.pk = stays.pk if stays else None
    Condition.objects.bulk_update([condition for condition in wanted if condition.pk], ["position"])
    Condition.objects.bulk_create(condition for condition in wanted if not condition.pk)


def _identity(condition: Condition) -> tuple[str, int | None, str, str]:
    return condition.source, condition.model_spec_id, condition.pipeline, condition.method


def _conditions(
    study: Study, conditions: Sequence[tuple[ModelSpec, str]], human_sources: Sequence[str]
) -> list[Condition]:
    of_models = [
        Condition(
            study=study,
            source=ConditionSource.MODEL,
            model_spec=model_spec,
            pipeline=STRATEGIES[strategy_key].pipeline.value,
            method=STRATEGIES[strategy_key].method.value,
            position=position,
        )
        for position, (model_spec, strategy_key) in enumerate(conditions, start=1)
    ]
    of_people = [
        Condition(study=study, source=ConditionSource.HUMAN, method=source, position=position)
        for position, source in enumerate(human_sources, start=len(conditions) + 1)
    ]
    return [*of_models, *of_people]


@transaction.atomic
def change_texts(
    study: Study,
    *,
    instructions: str,
    consent: str,
    support_contact: str,
    concern_protocol: str,
    by: User,
) -> None:
    """Set the texts for raters. A changed consent text is a new version, and is asked for again."""
    study = _locked(study)
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed; its texts stay as the raters read them.")
    study.instructions = instructions
    study.support_contact = support_contact
    study.concern_protocol = concern_protocol
    study.save(update_fields=["instructions", "support_contact", "concern_protocol"])
    newest = study.consent_texts.order_by("-version").first()
    detail = ""
    if newest is None or newest.text != consent:
        version = newest.version + 1 if newest else 1
        ConsentText.objects.create(study=study, version=version, text=consent)
        detail = f"consent version {version}"
    record_event(study, EventKind.TEXTS_CHANGED, by=by, detail=detail)


@transaction.atomic
def regenerate_text(study: Study, chain: Chain, *, by: User) -> Chain:
    """Have a text that cannot be rated written again; what was written first is kept."""
    study = _locked(study)
    if chain.run_model.run_id != study.run_id:
        raise StudyError("This text is not one of the study's.")
    if Item.objects.filter(study=study, response__chain=chain).exists():
        raise StudyError("This text is in use: raters may have read it, so it stays as it is.")
    require_open_texts(study)
    try:
        again = regenerate(chain)
    except RunError as error:
        raise StudyError(str(error)) from error
    record_event(study, EventKind.RESPONSE_REGENERATED, by=by, detail=f"chain {chain.pk}")
    hash_stimuli(study, by=by)
    return again


@transaction.atomic
def open_study(study: Study, *, by: User) -> None:
    """Let raters rate. Items whose text is still being written become ratable when it is there."""
    study = _locked(study)
    if study.status == StudyStatus.OPEN:
        raise StudyError("The study is open already.")
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed and cannot be opened again.")
    if not study.items.exists():
        raise StudyError("Start the generation first: without texts there is nothing to rate.")
    if not study.support_contact.strip():
        raise StudyError("Fill in the support contact first: raters must always know whom to turn to.")
    if study.opened_at is None:
        fill_open_seats(study)
        hash_stimuli(study, by=by)
    study.status = StudyStatus.OPEN
    study.opened_at = study.opened_at or timezone.now()
    study.save(update_fields=["status", "opened_at"])
    record_event(study, EventKind.OPENED, by=by)


@transaction.atomic
def pause_study(study: Study, *, by: User) -> None:
    """Keep raters from rating for a while; what they have submitted stays."""
    study = _locked(study)
    if study.status != StudyStatus.OPEN:
        raise StudyError("Only an open study can be paused.")
    study.status = StudyStatus.PAUSED
    study.save(update_fields=["status"])
    record_event(study, EventKind.PAUSED, by=by)


@transaction.atomic
def close_study(study: Study, *, by: User) -> None:
    """End the rating for good."""
    study = _locked(study)
    if study.status not in {StudyStatus.OPEN, StudyStatus.PAUSED}:
        raise StudyError("Only a study that was opened can be closed.")
    study.status = StudyStatus.CLOSED
    study.closed_at = timezone.now()
    study.save(update_fields=["status", "closed_at"])
    record_event(study, EventKind.CLOSED, by=by)
    hash_stimuli(study, by=by, is_closing=True)


def _locked(study: Study) -> Study:
    """Return the study as it is now, held against others until the transaction ends."""
    return Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
