from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PARTS = ("agreement", "raters", "comparisons", "breakdowns", "judges")


def part(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Put each part of a report into its own field. An older program's report has no judges."""
    for snapshot in apps.get_model("annotation", "Snapshot").objects.defer("ratings").iterator(chunk_size=1):
        for name in PARTS:
            if name in snapshot.overview:
                setattr(snapshot, name, snapshot.overview.pop(name))
        snapshot.save(update_fields=["overview", *PARTS])


def join(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    for snapshot in apps.get_model("annotation", "Snapshot").objects.defer("ratings").iterator(chunk_size=1):
        snapshot.overview |= {name: getattr(snapshot, name) for name in PARTS}
        snapshot.save(update_fields=["overview"])


class Migration(migrations.Migration):
    dependencies = [("annotation", "0025_snapshot_parts")]

    operations = [migrations.RunPython(part, join)]
