from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def fill_study(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Write with each rating whose study its item belongs to."""
    items = apps.get_model("annotation", "Item").objects.filter(assignments__rating=OuterRef("pk"))
    apps.get_model("annotation", "Rating").objects.update(study=Subquery(items.values("study")))


class Migration(migrations.Migration):
    dependencies = [("annotation", "0022_rating_study")]

    operations = [migrations.RunPython(fill_study, migrations.RunPython.noop)]
