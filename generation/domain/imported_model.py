"""Models whose texts came in with somebody else's release."""

from generation.enums import BackendKind
from generation.models import ModelSpec


def store_imported_model(name: str) -> ModelSpec:
    """Return the model that a release calls so, made now if there is none yet.

    It is no model of this site, even where one has the same name: what that one writes has another origin. So
    it is then listed as 'name (imported)'.
    """
    known = ModelSpec.objects.filter(backend=BackendKind.IMPORTED, model=name).first()
    if known is not None:
        return known
    is_taken = ModelSpec.objects.filter(name=name).exists()
    shown = f"{name[:100]} (imported)" if is_taken else name[:120]
    return ModelSpec.objects.create(name=shown, backend=BackendKind.IMPORTED, model=name)
