"""How long a study's generation will take, from how fast it has been of late."""

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from generation.enums import StepStatus
from generation.models import GenerationRun, Step
from generation.queries.run import RunProgress

LATELY = timedelta(minutes=10)
FEWEST_CALLS = 5


def seconds_left(run: GenerationRun, progress: RunProgress) -> float | None:
    """Return the time the calls that are left will take at the pace of the last ten minutes. One query.

    None while fewer than five calls were done in that time, or nothing runs.
    """
    left = progress.calls_waiting + progress.calls_running
    if not left or not progress.calls_running:
        return None
    now = timezone.now()
    done = Step.objects.filter(
        run_model__run=run, status=StepStatus.DONE, finished_at__gt=now - LATELY
    ).aggregate(n=Count("pk"), since=Min("started_at"))
    if done["n"] < FEWEST_CALLS or done["since"] is None:
        return None
    return float(left * (now - max(done["since"], now - LATELY)).total_seconds() / done["n"])
