from collections import defaultdict
from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def keep_active_seconds(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep with each closed seat how long its rater was active until then; overlapping spans count once."""
    spans = apps.get_model("annotation", "ActiveSpan").objects.filter(
        began_at__lt=F("assignment__closed_at")
    )
    seats = apps.get_model("annotation", "Assignment").objects
    covered: defaultdict[int, timedelta] = defaultdict(timedelta)
    reached = {}
    for seat, began_at, ended_at, closed_at in (
        spans.order_by("assignment", "began_at")
        .values_list("assignment", "began_at", "ended_at", "assignment__closed_at")
        .iterator(chunk_size=2000)
    ):
        ended_at = min(ended_at, closed_at)
        counted_until = reached.get(seat, began_at)
        covered[seat] += max(ended_at - max(began_at, counted_until), timedelta(0))
        reached[seat] = max(counted_until, ended_at)
    for seat, length in covered.items():
        seats.filter(pk=seat).update(active_seconds=length.total_seconds())


class Migration(migrations.Migration):
    dependencies = [("annotation", "0011_contrast_plan")]

    operations = [migrations.RunPython(keep_active_seconds, migrations.RunPython.noop)]
