"""A rater's own ratings, to take away."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from annotation.exports.own_ratings import own_ratings_csv
from annotation.queries.rating import memberships_at_desk
from annotation.views.request import SignedInRequest


@require_GET
def rating_download(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(memberships_at_desk(request.user), study__slug=slug)
    return HttpResponse(
        b"".join(own_ratings_csv(membership)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-my-ratings.csv"'},
    )
