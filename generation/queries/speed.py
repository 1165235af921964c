"""What has been measured of a model: how long its texts are and how fast they come, from its latest calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import OuterRef, Q, Subquery

from generation.backends.base import Decoding
from generation.enums import StepStatus
from generation.models import ModelSpec, RunModel, Step
from generation.prompt_set import Wording

LATEST_CALLS = 200  # of each lane
LATEST_LANES = 3  # of each model
FEWEST_CALLS = 5


@dataclass(frozen=True)
class ModelSpeed:
    """One model's latest calls. seconds_per_token is a worker's time for each token that it writes.

    At the slow end nine calls of ten were faster: calls of small batches, or made while the machine was busy.
    """

    n_calls: int
    tokens_per_character: float  # of a prompt
    tokens_per_text: float
    tokens_per_appraisal: float
    seconds_per_token: float
    seconds_per_token_when_slow: float


@dataclass(frozen=True)
class _Call:
    wording: str
    characters: int
    tokens_in: int
    tokens_out: int
    seconds: float


@dataclass(frozen=True)
class _Lane:
    """A model's lane in a run; since is when its 200th latest call was answered, None if it has fewer."""

    pk: int
    since: datetime | None

    @property
    def latest(self) -> Q:
        if self.since is None:
            return Q(run_model=self.pk)
        # SQLite's own clock writes milliseconds and compares as text, so that a time may miss itself.
        return Q(run_model=self.pk, finished_at__gte=self.since - timedelta(milliseconds=1))


def model_speeds(models: Collection[ModelSpec], *, decoding: Decoding) -> dict[int, ModelSpeed]:
    """Return what is known of each model, by its id; one with fewer than five calls is left out. Two queries.

    Where a model has written with the same decoding, only that counts: how long texts get follows from it.
    """
    latest = _latest_calls(_lanes_to_measure(models, decoding))
    return {model: _measure(calls) for model, calls in latest.items() if len(calls) >= FEWEST_CALLS}


def _lanes_to_measure(models: Collection[ModelSpec], decoding: Decoding) -> list[_Lane]:
    """Return the latest lanes of each model that wrote texts: ready-made calls say nothing of these."""
    answered = Step.objects.filter(run_model=OuterRef("pk"), status=StepStatus.DONE).order_by("-finished_at")
    times = answered.values("finished_at")
    rows = (
        RunModel.objects.filter(model_spec__in=models, run__prompt_set__isnull=False)
        .annotate(last=Subquery(times[:1]), since=Subquery(times[LATEST_CALLS - 1 : LATEST_CALLS]))
        .filter(last__isnull=False)
        .order_by("-last")
        .values_list("model_spec_id", "pk", "since", "run__decoding")
    )
    by_model: dict[int, list[tuple[_Lane, bool]]] = {}
    for model, pk, since, figures in rows:
        is_same = figures == decoding.to_dict()
        by_model.setdefault(model, []).append((_Lane(pk, since), is_same))
    chosen = []
    for lanes in by_model.values():
        same = [lane for lane, is_same in lanes if is_same]
        chosen += (same or [lane for lane, _ in lanes])[:LATEST_LANES]
    return chosen


def _latest_calls(lanes: Sequence[_Lane]) -> Mapping[int, list[_Call]]:
    if not lanes:
        return {}
    recent = reduce(or_, (lane.latest for lane in lanes))
    rows = Step.objects.filter(recent, status=StepStatus.DONE, tokens_in__gt=0, tokens_out__gt=0).values_list(
        "run_model__model_spec_id", "wording", "messages", "tokens_in", "tokens_out", "seconds"
    )
    by_model: dict[int, list[_Call]] = {}
    for model, wording, messages, tokens_in, tokens_out, seconds in rows:
        characters = sum(len(message["content"]) for message in messages)
        call = _Call(wording, characters, tokens_in or 0, tokens_out or 0, seconds or 0.0)
        by_model.setdefault(model, []).append(call)
    return by_model


def _measure(calls: Sequence[_Call]) -> ModelSpeed:
    """Take means; a kind of call that has not been made yet is taken to be as long as the other."""
    appraisals = [call for call in calls if call.wording == Wording.APPRAISE]
    texts = [call for call in calls if call.wording != Wording.APPRAISE]
    tokens_out = sum(call.tokens_out for call in calls)
    return ModelSpeed(
        n_calls=len(calls),
        tokens_per_character=sum(call.tokens_in for call in calls)
        / max(sum(call.characters for call in calls), 1),
        tokens_per_text=_mean_length(texts or appraisals),
        tokens_per_appraisal=_mean_length(appraisals or texts),
        seconds_per_token=sum(call.seconds for call in calls) / tokens_out,
        seconds_per_token_when_slow=sorted(call.seconds / call.tokens_out for call in calls)[
            len(calls) * 9 // 10
        ],
    )


def _mean_length(calls: Sequence[_Call]) -> float:
    return sum(call.tokens_out for call in calls) / len(calls)
