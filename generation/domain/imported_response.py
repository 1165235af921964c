"""Texts of somebody else's release come in, each known by its place in the design and its words."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, ExpressionWrapper, Q

from generation.enums import ResponseSource, ResponseStatus
from generation.models import ImportRecord, PostCollection, Response
from generation.text_key import text_key
from generation.validation import Problem

BATCH = 500

RecordedCall = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a text stands in the design. Posts, dimensions and models are primary keys.

    A text of a person has a source_name; a model's has model_spec, strategy and the step of its chain that
    wrote it. dimension is the one it was written for, None for none.
    """

    post: int
    dimension: int | None = None
    source_name: str = ""
    model_spec: int | None = None
    strategy: str = ""
    step: int | None = None


@dataclass(frozen=True)
class TextOrigin:
    """Where in the release's files a text was read."""

    file: str
    row: int
    field: str


@dataclass(frozen=True)
class ImportedText:
    """A text as read. calls: its prompts as recorded, () where none were; see ImportRecord.calls."""

    place: TextPlace
    text: str
    origin: TextOrigin
    is_final: bool = True
    calls: Sequence[RecordedCall] = ()
    problems: Sequence[Problem] = ()


@dataclass(slots=True)
class KnownText:
    """A text that is stored, or waits to be: then response is 0."""

    sha256: str
    text_key: str
    is_final: bool
    has_calls: bool
    record: int | None = None
    response: int = 0
    draft: ImportedText | None = field(default=None, repr=False)


class ImportedTexts:
    """The texts of one collection of posts. Words are held only until the next flush.

    n_completed counts those that got their prompts later than their words.
    """

    def __init__(self, collection: PostCollection) -> None:
        self._known: defaultdict[TextPlace, list[KnownText]] = defaultdict(list)
        self._waiting: list[tuple[TextPlace, KnownText]] = []
        self._variants: Counter[tuple[int, str, int | None]] = Counter()
        self.n_completed = 0
        self._read_imported(collection)
        self._read_others(collection)

    def count(self, *, of_people: bool) -> int:
        """Return how many texts are known, of people or of models."""
        return sum(len(texts) for place, texts in self._known.items() if bool(place.source_name) == of_people)

    def places(self) -> Iterable[TextPlace]:
        return self._known.keys()

    def find(self, place: TextPlace, text: str) -> KnownText | None:
        """Return the text of that place with the same words, whatever their typography, or None."""
        exact = self.find_exactly(place, text)
        if exact is not None or not self.has_text_at(place):
            return exact
        key = text_key(text)
        return next((known for known in self._known[place] if known.text_key == key), None)

    def find_exactly(self, place: TextPlace, text: str) -> KnownText | None:
        """Return the text of that place that is this one, sign by sign; None if there is none."""
        sha256 = _sha256(text)
        return next((known for known in self._known.get(place, ()) if known.sha256 == sha256), None)

    def has_text_at(self, place: TextPlace) -> bool:
        return bool(self._known.get(place))

    def add(self, text: ImportedText) -> KnownText:
        """Take a text that is not there yet; it is stored with the next flush at the latest."""
        known = KnownText(
            sha256=_sha256(text.text),
            text_key=text_key(text.text),
            is_final=text.is_final,
            has_calls=bool(text.calls),
            draft=text,
        )
        self._known[text.place].append(known)
        self._waiting.append((text.place, known))
        if len(self._waiting) >= BATCH:
            self.flush()
        return known

    def complete(self, known: KnownText, text: ImportedText) -> bool:
        """Give a stored text the prompts that were not there when it came in; say whether it lacked them."""
        if known.has_calls or not text.calls or known.record is None:
            return False
        ImportRecord.objects.filter(pk=known.record).update(
            file=text.origin.file, row=text.origin.row, field=text.origin.field, calls=list(text.calls)
        )
        known.has_calls = True
        self.n_completed += 1
        return True

    def flush(self) -> None:
        """Store what waits; afterwards every known text has its response."""
        waiting, self._waiting = self._waiting, []
        records = [_record(place, known) for place, known in waiting]
        ImportRecord.objects.bulk_create(records, batch_size=BATCH)
        responses = [
            self._response(known, record) for (_, known), record in zip(waiting, records, strict=True)
        ]
        Response.objects.bulk_create(responses, batch_size=BATCH)
        for (_, known), record, response in zip(waiting, records, responses, strict=True):
            known.record, known.response, known.draft = record.pk, response.pk, None

    def _response(self, known: KnownText, record: ImportRecord) -> Response:
        draft = known.draft
        if draft is None:
            raise ValueError("A text that is stored cannot be stored again.")
        place = draft.place
        variant = 1
        if place.source_name:
            cell = (place.post, place.source_name, place.dimension)
            self._variants[cell] += 1
            variant = self._variants[cell]
        return Response(
            source=ResponseSource.HUMAN if place.source_name else ResponseSource.MODEL,
            post_id=place.post,
            imported=record,
            method=place.source_name,
            dimension_id=place.dimension,
            variant=variant,
            is_final=draft.is_final,
            text=draft.text,
            sha256=known.sha256,
            status=ResponseStatus.NEEDS_REVIEW if draft.problems else ResponseStatus.VALID,
            problems=[problem.value for problem in draft.problems],
        )

    def _read_imported(self, collection: PostCollection) -> None:
        has_calls = ExpressionWrapper(~Q(imported__calls=[]), output_field=BooleanField())
        imported = Response.objects.filter(post__collection=collection, imported__isnull=False)
        rows = imported.annotate(has_calls=has_calls).values_list(
            *("post_id", "dimension_id", "method"),
            *("imported__model_spec_id", "imported__strategy", "imported__step"),
            *("sha256", "imported__text_key", "is_final", "has_calls", "imported_id", "pk"),
        )
        for row in rows.order_by("pk").iterator(chunk_size=2000):
            self._known[TextPlace(*row[:6])].append(KnownText(*row[6:]))

    def _read_others(self, collection: PostCollection) -> None:
        """Count the texts of people, and know those that came in by other ways."""
        rows = Response.objects.filter(post__collection=collection, source=ResponseSource.HUMAN).values_list(
            "post_id", "dimension_id", "method", "sha256", "text", "imported_id", "pk"
        )
        for post, dimension, method, sha256, text, record, response in rows.iterator(chunk_size=500):
            self._variants[post, method, dimension] += 1
            if record is None:
                known = KnownText(sha256, text_key(text), True, False, None, response)
                self._known[TextPlace(post, dimension, method)].append(known)


def keep_as_rated(responses: Iterable[int]) -> None:
    """Let texts count as ratable that raters have rated, whatever the validation finds in them."""
    rated = sorted(responses)
    for start in range(0, len(rated), BATCH):
        batch = Response.objects.filter(pk__in=rated[start : start + BATCH])
        batch.filter(status=ResponseStatus.NEEDS_REVIEW).update(status=ResponseStatus.VALID)


def _record(place: TextPlace, known: KnownText) -> ImportRecord:
    if known.draft is None:
        raise ValueError("A text that is stored cannot be stored again.")
    origin = known.draft.origin
    return ImportRecord(
        file=origin.file,
        row=origin.row,
        field=origin.field,
        model_spec_id=place.model_spec,
        strategy=place.strategy,
        step=place.step,
        calls=list(known.draft.calls),
        text_key=known.text_key,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
