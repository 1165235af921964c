"""From posts to an open study: what is done, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from annotation.enums import EventKind, StudyStatus
from annotation.queries.contrast import contrast_plan, planned_contrasts
from annotation.queries.membership import current_raters, pending_invitations
from generation.enums import RunStatus
from generation.queries.run import RunProgress, run_progress

if TYPE_CHECKING:
    from annotation.queries.overview import StudyInNumbers


@dataclass(frozen=True)
class ChecklistStep:
    """One step. `state` says how it stands; `action` is the label of its link or button while it is next.

    A step that is neither done nor next waits: for an earlier one, or for texts being written.
    """

    title: str
    state: str
    url: str
    action: str
    is_done: bool = False
    is_waiting: bool = False
    is_next: bool = False
    posts: bool = False  # the action changes something: a button, not a link


def study_checklist(study: "StudyInNumbers") -> list[ChecklistStep]:
    """Return the steps of a study that carries `annotate_numbers`. Eleven queries at most."""
    progress = run_progress(study.run) if study.run is not None else None
    n_raters = current_raters(study).count()
    steps = [
        ChecklistStep(
            title="Posts",
            state=counted(study.n_posts, "post"),
            url=reverse("study_preview", args=[study.slug]),
            action="Look at the posts",
            is_done=True,
        ),
        _design(study),
        _contrasts(study),
        _texts(study),
        _generation(study, progress),
        _raters(study, n_raters),
        _allocation(study),
        _opening(study),
    ]
    return list(_with_next(steps))


def counted(n: int, noun: str) -> str:
    """Return the number with its noun: 1 post, 1,200 posts."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _with_next(steps: Iterable[ChecklistStep]) -> Iterable[ChecklistStep]:
    found = False
    for step in steps:
        is_next = not found and not step.is_done and not step.is_waiting
        found = found or is_next
        yield replace(step, is_next=is_next)


def _design(study: "StudyInNumbers") -> ChecklistStep:
    n_conditions, n_dimensions = study.conditions.count(), study.dimensions.count()
    is_done = bool(n_conditions and n_dimensions)
    chosen = (
        f"{counted(n_conditions, 'condition')}, {counted(n_dimensions, 'dimension')}, "
        f"{counted(study.raters_per_item, 'rater')} per item"
    )
    return ChecklistStep(
        title="Design",
        state=chosen
        if is_done
        else "What is written, under which dimensions, and how many rate it: not chosen yet",
        url=reverse("study_design", args=[study.slug]),
        action="Choose the design",
        is_done=is_done,
    )


def _contrasts(study: "StudyInNumbers") -> ChecklistStep:
    """What follows from the design will do, so the step is never the next one."""
    plan = contrast_plan(study)
    contrasts = planned_contrasts(study, plan)
    is_planned = plan is not None and not plan.is_rule
    how = f"planned {plan.planned}" if plan and is_planned else "by the rule"
    if not is_planned and not study.n_rated:
        how += "; plan others before ratings come in"
    return ChecklistStep(
        title="Contrasts",
        state=f"{counted(len(contrasts), 'contrast')}, {how}",
        url=reverse("study_contrasts", args=[study.slug]),
        action="Plan the contrasts",
        is_done=bool(contrasts),
        is_waiting=not contrasts,
    )


def _texts(study: "StudyInNumbers") -> ChecklistStep:
    is_saved = study.events.filter(kind=EventKind.TEXTS_CHANGED).exists()
    return ChecklistStep(
        title="Texts for raters",
        state=(
            "Instructions, consent and support contact are saved"
            if is_saved
            else "Still the example's texts: put in your own contacts and read the rest"
        ),
        url=reverse("study_texts", args=[study.slug]),
        action="Go through the texts",
        is_done=is_saved,
        is_waiting=study.status != StudyStatus.DRAFT,
    )


def _generation(study: "StudyInNumbers", progress: RunProgress | None) -> ChecklistStep:
    step = ChecklistStep(
        title="Generation",
        state="Not started yet",
        url=reverse("study_generation", args=[study.slug]),
        action="Start the generation",
    )
    if progress is None:
        return step
    if not progress.texts_planned:
        return replace(step, state="All texts were written by people", is_done=True)
    failed = sum(condition.failed for condition in progress.conditions)
    state = f"{progress.texts_finished - failed:,} of {counted(progress.texts_planned, 'text')} written"
    if progress.status == RunStatus.CANCELLED:
        state = f"Cancelled. {state}"
    elif failed:
        state += f"; {failed:,} failed"
    if to_review := sum(condition.needs_review for condition in progress.conditions):
        state += f"; {counted(to_review, 'text')} to review"
    if excluded := sum(condition.excluded for condition in progress.conditions):
        state += f"; {excluded:,} excluded"
    if progress.is_finished:
        return replace(step, state=state, is_done=True)
    if progress.status == RunStatus.PAUSED:
        return replace(step, state=f"Paused. {state}", action="Resume the generation")
    return replace(step, state=f"{state}. You can go on meanwhile", is_waiting=True)


def _raters(study: "StudyInNumbers", n_raters: int) -> ChecklistStep:
    n_invited = pending_invitations(study).count()
    state = counted(n_raters, "rater") if n_raters else "Nobody has joined yet"
    if n_raters < study.raters_per_item:
        state += f"; each item needs {study.raters_per_item}"
    if n_invited:
        state += f"; {counted(n_invited, 'invitation')} not yet answered"
    return ChecklistStep(
        title="Raters",
        state=state,
        url=reverse("study_people", args=[study.slug]),
        action="Invite raters",
        is_done=n_raters >= study.raters_per_item,
    )


def _allocation(study: "StudyInNumbers") -> ChecklistStep:
    state = "Every item is given to its raters at random, with equal shares"
    if study.n_seats:
        state = f"{study.n_seats:,} of {counted(study.n_wanted, 'rating')} given to raters"
    is_full = bool(study.n_items) and study.n_seats >= study.n_wanted
    return ChecklistStep(
        title="Allocation",
        state=state,
        url=reverse("study_allocate", args=[study.slug]),
        action="Allocate the items",
        is_done=is_full,
        # Once open, seats that stay free are ones that no present rater can take; another button cannot help.
        is_waiting=bool(study.n_seats) and study.status != StudyStatus.DRAFT,
        posts=True,
    )


def _opening(study: "StudyInNumbers") -> ChecklistStep:
    states = {
        StudyStatus.DRAFT: "Raters cannot rate yet",
        StudyStatus.OPEN: f"Open since {_day(study.opened_at)}",
        StudyStatus.PAUSED: "Paused: raters keep what they did and wait",
        StudyStatus.CLOSED: f"Closed on {_day(study.closed_at)}",
    }
    return ChecklistStep(
        title="Opening",
        state=states[StudyStatus(study.status)],
        url=reverse("study_open", args=[study.slug]),
        action="Open the study again" if study.status == StudyStatus.PAUSED else "Open the study",
        is_done=study.status in {StudyStatus.OPEN, StudyStatus.CLOSED},
        posts=True,
    )


def _day(moment: date | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else "an unknown day"
