from django.db import migrations
from django.db.models import Exists, OuterRef, Q


def mark_replaced_chains(apps, schema_editor):
    chains = apps.get_model("generation", "Chain").objects
    later = chains.filter(
        Q(dimension=OuterRef("dimension")) | Q(dimension=None),
        run_model=OuterRef("run_model"),
        post=OuterRef("post"),
        strategy=OuterRef("strategy"),
        generation_no__gt=OuterRef("generation_no"),
    )
    replaced = list(chains.filter(Exists(later)).values_list("pk", flat=True))
    chains.filter(pk__in=replaced).update(is_current=False)


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0002_engine_provenance'),
    ]

    operations = [
        migrations.RunPython(mark_replaced_chains, migrations.RunPython.noop),
    ]
