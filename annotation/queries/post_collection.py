"""Collections of posts, as different people may see them."""

from django.db.models import Count, QuerySet

from annotation.models import User
from annotation.queries.study import studies_managed_by
from generation.models import PostCollection


def collections_open_to(user: User) -> QuerySet[PostCollection]:
    """Return the collections from which the user may make a study, with n_posts, newest first.

    Posts are people's distress: a manager gets those of the studies she manages. What `import_posts` brought
    and no study uses yet is an administrator's to hand on.
    """
    collections = PostCollection.objects.all()
    if not user.is_superuser:
        collections = collections.filter(pk__in=studies_managed_by(user).values("posts"))
    return collections.annotate(n_posts=Count("posts")).filter(n_posts__gt=0).order_by("-pk")
