"""What judges answered comes in as it came; a reply whose text came in later is joined to it then."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from annotation.models import ImportedJudgeReply, Study

BATCH = 1000

Json = Any


@dataclass(frozen=True)
class ReadReply:
    """One reply as read. Criterion, post, model, dimension and response are primary keys, None for none."""

    criterion: int
    row: int
    field: str
    raw: Json
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


def store_replies(study: Study, *, judge: str, file: str, replies: Iterable[ReadReply]) -> ReplyCounts:
    """Store one file's replies; memory grows with the file's replies of an earlier import alone.

    Raises ChangedReplyError.
    """
    stored = {
        (row, field): (pk, raw, response)
        for pk, row, field, raw, response in ImportedJudgeReply.objects.filter(
            study=study, file=file
        ).values_list("pk", "row", "field", "raw", "response")
    }
    new: list[ImportedJudgeReply] = []
    n_new = unchanged = joined = 0
    for reply in replies:
        known = stored.get((reply.row, reply.field))
        if known is None:
            new.append(_reply(study, judge, file, reply))
            n_new += 1
        elif known[1] != reply.raw:
            raise ChangedReplyError(reply.row, reply.field)
        elif known[2] is None and reply.response is not None:
            _join(known[0], reply)
            joined += 1
        else:
            unchanged += 1
        if len(new) >= BATCH:
            ImportedJudgeReply.objects.bulk_create(new)
            new = []
    ImportedJudgeReply.objects.bulk_create(new)
    return ReplyCounts(n_new, unchanged, joined)


def _join(pk: int, reply: ReadReply) -> None:
    ImportedJudgeReply.objects.filter(pk=pk).update(
        response=reply.response, post=reply.post, model_spec=reply.model_spec
    )


def _reply(study: Study, judge: str, file: str, reply: ReadReply) -> ImportedJudgeReply:
    return ImportedJudgeReply(
        study=study,
        judge=judge,
        file=file,
        criterion_id=reply.criterion,
        row=reply.row,
        field=reply.field,
        raw=reply.raw,
        post_id=reply.post,
        post_key=reply.post_key,
        source_name=reply.source_name,
        model_spec_id=reply.model_spec,
        strategy=reply.strategy,
        dimension_id=reply.dimension,
        response_id=reply.response,
        text_key=reply.text_key,
    )
