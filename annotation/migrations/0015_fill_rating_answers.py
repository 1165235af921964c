from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH_SIZE = 10_000


def fill_answers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write with each rating which points its current version has. Ratings that answer alike go together."""
    ratings = apps.get_model("annotation", "Rating").objects.filter(current__isnull=False)
    last = 0
    while batch := list(
        ratings.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]
    ):
        first, last = batch[0], batch[-1]
        points: dict[int, list[int]] = {pk: [] for pk in batch}
        chosen = ratings.filter(pk__gte=first, pk__lte=last, current__scores__isnull=False)
        for pk, point in chosen.order_by().values_list("pk", "current__scores__point"):
            points[pk].append(point)
        alike: defaultdict[str, list[int]] = defaultdict(list)
        for pk, of_rating in points.items():
            alike[" ".join(map(str, sorted(of_rating)))].append(pk)
        for answers, pks in alike.items():
            ratings.filter(pk__in=pks).update(answers=answers)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0014_rating_answers")]

    operations = [migrations.RunPython(fill_answers, migrations.RunPython.noop)]
