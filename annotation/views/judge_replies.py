"""What a judge said: all of it, what could not be read, and each such reply to be settled by hand."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.judge_reply import points_by_key, settle_reply
from annotation.enums import JudgeOutcome
from annotation.forms.judge import SettlementForm
from annotation.judging.reading import IN_WORDS
from annotation.judging.reply import read_reply
from annotation.judging.scale import Point
from annotation.models import JudgeReply, JudgeRun
from annotation.permissions import can_manage
from annotation.queries.judge_reply import settled_replies, unreadable_replies
from annotation.queries.study import studies_seen_by
from annotation.views.request import SignedInRequest

A_PAGE = 20


@require_GET
def judge_replies(request: SignedInRequest, slug: str, judge_id: int) -> HttpResponse:
    """List the replies that wait for a person, those that were settled by one, or all that are there."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    judged = get_object_or_404(study.judge_runs.select_related("study", "prompt_set"), pk=judge_id)
    lists = {
        "unreadable": unreadable_replies(judged),
        "settled": settled_replies(judged),
        "all": judged.replies.exclude(outcome=JudgeOutcome.WAITING).order_by("id"),
    }
    show = request.GET.get("show", "")
    show = show if show in lists else "unreadable"
    replies = (
        lists[show]
        .select_related("criterion", "point", "item__post", "dimension")
        .prefetch_related("settlements__by")
    )
    context = {
        "study": study,
        "can_manage": can_manage(request.user, study),
        "judge_run": judged,
        "show": show,
        "numbers": {name: replies.count() for name, replies in lists.items()},
        "page": Paginator(replies, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "annotation/judge_replies.html", context)


@require_http_methods(["GET", "POST"])
def judge_reply(request: SignedInRequest, slug: str, judge_id: int, reply_id: int) -> HttpResponse:
    """Show one reply with what it is about and where it is from; a manager settles what was not read."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    judged = get_object_or_404(study.judge_runs.select_related("study", "prompt_set"), pk=judge_id)
    reply = get_object_or_404(
        judged.replies.select_related(
            "criterion", "point", "item__post", "response__post", "dimension", "chain"
        ),
        pk=reply_id,
    )
    n_known = reply.settlements.count()
    may_manage = can_manage(request.user, study)
    may_settle = may_manage and (reply.outcome == JudgeOutcome.UNREADABLE or n_known > 0)
    if request.method == "POST" and not may_settle:
        raise Http404
    form = SettlementForm(request.POST or None, reply=reply, initial={"n_known": n_known})
    if request.method == "POST" and form.is_valid():
        try:
            settle_reply(reply, **form.cleaned_data, by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
            # Who saves it now has seen what was decided meanwhile.
            seen = request.POST.copy()
            seen["n_known"] = str(n_known)
            form.data = seen
        else:
            messages.success(request, "Settled. What the judge said stays on record.")
            return _next_to(judged, reply)
    context = _context(judged, reply) | {
        "study": study,
        "can_manage": may_manage,
        "form": form if may_settle else None,
    }
    return render(request, "annotation/judge_reply.html", context, status=422 if form.errors else 200)


def _next_to(judged: JudgeRun, reply: JudgeReply) -> HttpResponse:
    """Go to the reply after this one that waits for a person, else to the first, else to the judge."""
    waiting = unreadable_replies(judged)
    following = waiting.filter(pk__gt=reply.pk).first() or waiting.first()
    if following is None:
        return redirect("judge_run", judged.study.slug, judged.pk)
    return redirect("judge_reply", judged.study.slug, judged.pk, following.pk)


def _context(judged: JudgeRun, reply: JudgeReply) -> dict[str, Any]:
    waiting = unreadable_replies(judged)
    points = [Point(one.key, one.label, one.value) for one in points_by_key(reply.criterion).values()]
    step = reply.chain.steps.select_related("environment").first() if reply.chain else None
    text = reply.response
    return {
        "judge_run": judged,
        "reply": reply,
        "post": reply.item.post if reply.item else text.post if text else None,
        # Of an API's refusal no text came, so none was read.
        "why": IN_WORDS[read_reply(reply.raw, points).reason] if reply.raw is not None else "",
        "step": step,
        "sent": step.messages if step else [],
        "settlements": reply.settlements.select_related("by", "point", "point_before"),
        "n_waiting": waiting.count(),
        "place": waiting.filter(pk__lte=reply.pk).count(),
        "previous": waiting.filter(pk__lt=reply.pk).last(),
        "next": waiting.filter(pk__gt=reply.pk).first(),
    }
