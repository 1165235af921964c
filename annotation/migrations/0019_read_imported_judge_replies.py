"""Read the replies that were imported as they came, and make each a reply of an imported judge."""

from django.db import migrations

from annotation.judging.reply import read_reply
from annotation.judging.scale import Point

BATCH = 1000


def make_replies(apps, schema_editor):
    imported = apps.get_model("annotation", "ImportedJudgeReply")
    judge_runs = apps.get_model("annotation", "JudgeRun")
    scale_points = apps.get_model("annotation", "ScalePoint")
    runs, scales = {}, {}
    last = 0
    while batch := list(imported.objects.filter(pk__gt=last, reply=None).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        for row in batch:
            if (row.study_id, row.judge) not in runs:
                runs[row.study_id, row.judge], _ = judge_runs.objects.get_or_create(
                    study_id=row.study_id, judge=row.judge, origin="imported"
                )
            if row.criterion_id not in scales:
                points = scale_points.objects.filter(criterion=row.criterion_id).order_by("position")
                scales[row.criterion_id] = {point.key: point for point in points}
        for (study, judge), run in runs.items():
            run.criteria.add(*{row.criterion_id for row in batch if (row.study_id, row.judge) == (study, judge)})
        replies = [_reply(apps, row, runs, scales) for row in batch]
        apps.get_model("annotation", "JudgeReply").objects.bulk_create(replies)
        for row, reply in zip(batch, replies, strict=True):
            row.reply = reply
        imported.objects.bulk_update(batch, ["reply"], batch_size=200)


def _reply(apps, row, runs, scales):
    points = scales[row.criterion_id]
    read = read_reply(row.raw, [Point(point.key, point.label, point.value) for point in points.values()])
    return apps.get_model("annotation", "JudgeReply")(
        judge_run=runs[row.study_id, row.judge],
        criterion_id=row.criterion_id,
        response_id=row.response_id,
        dimension_id=row.dimension_id,
        raw=row.raw,
        outcome=read.outcome.value,
        point=points[read.point.key] if read.point else None,
        rationale=read.rationale,
    )


def take_back(apps, schema_editor):
    """Put the replies back where they were; what people settled by hand has no place there and goes."""
    imported = apps.get_model("annotation", "ImportedJudgeReply")
    last = 0
    while batch := list(
        imported.objects.filter(pk__gt=last).select_related("reply__judge_run").order_by("pk")[:BATCH]
    ):
        last = batch[-1].pk
        for row in batch:
            row.judge, row.criterion_id = row.reply.judge_run.judge, row.reply.criterion_id
            row.raw, row.response_id = row.reply.raw, row.reply.response_id
            row.dimension_id, row.reply = row.reply.dimension_id, None
        fields = ["judge", "criterion", "raw", "response", "dimension", "reply"]
        imported.objects.bulk_update(batch, fields, batch_size=100)
    apps.get_model("annotation", "JudgeSettlement").objects.filter(reply__judge_run__origin="imported").delete()
    apps.get_model("annotation", "JudgeReply").objects.filter(judge_run__origin="imported").delete()
    apps.get_model("annotation", "JudgeRun").objects.filter(origin="imported").delete()


class Migration(migrations.Migration):
    dependencies = [("annotation", "0018_imported_judge_reply_as_reply")]

    operations = [migrations.RunPython(make_replies, take_back)]
