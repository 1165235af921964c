"""What judges answered comes in as it came; a reply whose text came in later is joined to it then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.domain.imported_release.many_rows import insert_rows
from annotation.domain.judge_reply import as_point, points_by_key
from annotation.enums import JudgeOrigin
from annotation.judging.reading import ReadScore
from annotation.judging.scale import Scale, scale_of
from annotation.models import Criterion, ImportedJudgeReply, JudgeReply, JudgeRun, Study

BATCH = 1000
_REPLY_FIELDS = (
    *("judge_run", "criterion", "response", "dimension", "repeat"),
    *("raw", "outcome", "point", "rationale"),
)
_PLACE_FIELDS = (
    *("reply", "study", "file", "row", "field", "post", "post_key"),
    *("source_name", "model_spec", "strategy", "text_key"),
)

Json = Any


@dataclass(frozen=True)
class JudgedScale:
    """A criterion that a judge was asked about. point_pks: primary keys of its points by their keys."""

    criterion: int
    scale: Scale
    point_pks: dict[str, int]


@dataclass(frozen=True)
class ReadReply:
    """One reply as read. Post, model, dimension and response are primary keys, None for none."""

    row: int
    field: str
    raw: Json
    read: ReadScore
    post: int | None
    post_key: str
    source_name: str
    model_spec: int | None
    strategy: str
    dimension: int | None
    response: int | None
    text_key: str


@dataclass(frozen=True)
class ReplyCounts:
    """Replies of one file: new, there already and unchanged, joined now to a text that came in after them."""

    new: int
    unchanged: int
    joined: int


class ChangedReplyError(Exception):
    """A reply is not what was imported before."""

    def __init__(self, row: int, field: str) -> None:
        self.row, self.field = row, field
        super().__init__(f"row {row}, '{field}'")


def judged_scales(study: Study) -> dict[str, JudgedScale]:
    """Return the study's scales by criterion key. Two queries."""
    scales = {}
    for criterion in Criterion.objects.filter(study=study).prefetch_related("points"):
        points = points_by_key(criterion)
        scales[criterion.key] = JudgedScale(
            criterion.pk,
            scale_of([as_point(point) for point in points.values()]),
            {key: point.pk for key, point in points.items()},
        )
    return scales


def imported_judge(study: Study, judge: str, criterion: int) -> JudgeRun:
    """Return the run that holds an imported judge's replies, made now if it is not there."""
    judge_run, _ = JudgeRun.objects.get_or_create(study=study, judge=judge, origin=JudgeOrigin.IMPORTED)
    judge_run.criteria.add(criterion)
    return judge_run


def store_replies(
    study: Study, *, judge: str, scale: JudgedScale, file: str, replies: Iterable[ReadReply]
) -> ReplyCounts:
    """Store one file's replies; memory grows with the file's replies of an earlier import alone.

    What is there stays, with what a person made of it. Raises ChangedReplyError.
    """
    judge_run = imported_judge(study, judge, scale.criterion)
    stored = {
        (row, field): (pk, raw, response)
        for pk, row, field, raw, response in ImportedJudgeReply.objects.filter(
            study=study, file=file
        ).values_list("pk", "row", "field", "reply__raw", "reply__response")
    }
    new: list[ReadReply] = []
    n_new = unchanged = joined = 0
    for reply in replies:
        known = stored.get((reply.row, reply.field))
        if known is None:
            new.append(reply)
            n_new += 1
        elif known[1] != reply.raw:
            raise ChangedReplyError(reply.row, reply.field)
        elif known[2] is None and reply.response is not None:
            _join(known[0], reply)
            joined += 1
        else:
            unchanged += 1
        if len(new) >= BATCH:
            _store(judge_run, scale, file, new)
            new = []
    _store(judge_run, scale, file, new)
    return ReplyCounts(n_new, unchanged, joined)


def _join(pk: int, reply: ReadReply) -> None:
    JudgeReply.objects.filter(imported=pk).update(response=reply.response)
    ImportedJudgeReply.objects.filter(pk=pk).update(post=reply.post, model_spec=reply.model_spec)


def _store(judge_run: JudgeRun, scale: JudgedScale, file: str, new: Sequence[ReadReply]) -> None:
    raw = JudgeReply._meta.get_field("raw")
    keys = insert_rows(
        JudgeReply,
        _REPLY_FIELDS,
        [
            (
                judge_run.pk,
                scale.criterion,
                reply.response,
                reply.dimension,
                1,
                raw.get_db_prep_save(reply.raw, connection),
                reply.read.outcome.value,
                scale.point_pks[reply.read.point.key] if reply.read.point else None,
                reply.read.rationale,
            )
            for reply in new
        ],
    )
    insert_rows(
        ImportedJudgeReply,
        _PLACE_FIELDS,
        [
            (
                key,
                judge_run.study_id,
                file,
                reply.row,
                reply.field,
                reply.post,
                reply.post_key,
                reply.source_name,
                reply.model_spec,
                reply.strategy,
                reply.text_key,
            )
            for key, reply in zip(keys, new, strict=True)
        ],
    )
