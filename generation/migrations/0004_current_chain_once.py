from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0003_mark_replaced_chains'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='chain',
            constraint=models.UniqueConstraint(condition=models.Q(('dimension__isnull', False), ('is_current', True)), fields=('run_model', 'post', 'strategy', 'dimension'), name='current_chain_once_with_dimension'),
        ),
        migrations.AddConstraint(
            model_name='chain',
            constraint=models.UniqueConstraint(condition=models.Q(('dimension__isnull', True), ('is_current', True)), fields=('run_model', 'post', 'strategy'), name='current_chain_once_without_dimension'),
        ),
    ]
