"""Language models are added, and changed until a run has used them: texts go on naming what wrote them."""

from dataclasses import asdict, dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from generation.canonical import canonical_sha256
from generation.models import ModelSpec
from generation.queries.model_spec import is_used


class ModelSpecError(Exception):
    """A model cannot be stored as asked; the message is one sentence."""


class ModelChangedError(Exception):
    """Somebody changed the model after it was read; `stored` is what it has become."""

    def __init__(self, stored: ModelSpec) -> None:
        super().__init__(f"{stored} was changed meanwhile.")
        self.stored = stored


@dataclass(frozen=True)
class ModelDraft:
    """A model as entered; the fields are those of ModelSpec."""

    name: str
    backend: str
    model: str
    revision: str
    gguf_file: str
    dtype: str
    chat_format: str
    base_url: str
    api_version: str
    api_key_variable: str
    concurrency: int

    @property
    def fingerprint(self) -> str:
        """Say in one word what a person has seen of a model, to notice later that it has changed."""
        return canonical_sha256(asdict(self))


def draft_of(model_spec: ModelSpec) -> ModelDraft:
    return ModelDraft(**{field: getattr(model_spec, field) for field in ModelDraft.__dataclass_fields__})


def add_model(draft: ModelDraft, *, by: AbstractBaseUser) -> ModelSpec:
    """Raises ModelSpecError when the name is taken."""
    return _save(ModelSpec(created_by_id=by.pk, **asdict(draft)))


@transaction.atomic
def change_model(model_spec: ModelSpec, draft: ModelDraft, *, seen: str) -> ModelSpec:
    """Store the draft; `seen` is the fingerprint of what the person began with.

    Raises ModelSpecError when the name is taken, or a run has used the model; ModelChangedError when somebody
    else has made something else of it meanwhile.
    """
    stored = ModelSpec.objects.select_for_update().get(pk=model_spec.pk)
    if is_used(stored):
        raise ModelSpecError("A run has used this model meanwhile, so it can no longer be changed.")
    if seen != draft_of(stored).fingerprint and draft != draft_of(stored):
        raise ModelChangedError(stored)
    for field, value in asdict(draft).items():
        setattr(stored, field, value)
    return _save(stored)


def _save(model_spec: ModelSpec) -> ModelSpec:
    try:
        with transaction.atomic():
            model_spec.save()
    except IntegrityError as error:
        raise ModelSpecError("Another model has this name.") from error
    return model_spec
