"""What a manager should look at."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.assignment import resolve_flag
from annotation.models import Flag
from annotation.queries.attention import flags_of, items_short_of_raters, skips_by_kind, texts_to_look_at
from annotation.queries.progress import unfillable_items
from annotation.queries.review import excluded_texts
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest
from annotation.views.unusable_text import UnusableText

FLAGS_A_PAGE = 20
MOST_SHOWN = 50


@require_GET
def study_attention(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user).select_related("run"), slug=slug)
    short = items_short_of_raters(study)
    chains = texts_to_look_at(study.run) if study.run is not None else None
    context = {
        "study": study,
        "can_manage": True,
        "flags": Paginator(flags_of(study), FLAGS_A_PAGE).get_page(request.GET.get("page")),
        "skips": skips_by_kind(study),
        "n_short": short.count(),
        "short": short[:MOST_SHOWN],
        "unfillable": unfillable_items(study),
        "n_unusable": chains.count() if chains is not None else 0,
        "n_excluded": excluded_texts(study).count(),
        "unusable": [UnusableText.of(chain) for chain in chains[:MOST_SHOWN]] if chains is not None else [],
    }
    return render(request, "annotation/study_attention.html", context)


@require_POST
def study_flag_settle(request: SignedInRequest, slug: str, flag_id: int) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    flag = get_object_or_404(
        Flag.objects.select_related("assignment__item__study"), assignment__item__study=study, pk=flag_id
    )
    resolve_flag(flag, by=request.user)
    messages.success(request, "The flag is settled.")
    return redirect("study_attention", study.slug)
