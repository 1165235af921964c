"""Collections of posts."""

from generation.models import PostCollection


def find_collection(name_or_id: str) -> PostCollection | None:
    """Return the newest collection of this name, else the one with this id; None when there is neither."""
    named = PostCollection.objects.filter(name=name_or_id).order_by("-pk").first()
    if named is None and name_or_id.isdecimal() and len(name_or_id) < 19:
        return PostCollection.objects.filter(pk=int(name_or_id)).first()
    return named
