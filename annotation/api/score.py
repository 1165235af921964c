"""A study's scores, the same numbers as on its page."""

from typing import cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.enums import ConditionSource
from annotation.exports.score_table import scores_document
from annotation.models import User
from annotation.queries.score import scores_for_study
from annotation.queries.study import studies_seen_by


class DescriptionSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True, help_text="null without a rating")
    sd = serializers.FloatField(allow_null=True, help_text="n-1 in the denominator; null below two ratings")


class ConditionScoresSerializer(serializers.Serializer):
    # A serializer has an attribute `source` of its own; the contract with other programs names this field so.
    source = serializers.ChoiceField(choices=ConditionSource.choices)  # type: ignore[assignment]
    model = serializers.CharField(help_text="empty for a human source")
    pipeline = serializers.CharField(help_text="INDV or ITER; empty for a human source")
    method = serializers.CharField(help_text="the strategy's method, or the human source")
    n_items = serializers.IntegerField(help_text="items with at least one rating")
    n_ratings = serializers.IntegerField()
    scores = serializers.DictField(child=DescriptionSerializer(), help_text="by criterion")


class RaterScoresSerializer(serializers.Serializer):
    rater = serializers.CharField(help_text="the rater's code in this study")
    n = serializers.IntegerField()
    mean = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="by criterion")


class StudyScoresSerializer(serializers.Serializer):
    study = serializers.SlugField()
    n_items = serializers.IntegerField()
    n_ratings = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    conditions = ConditionScoresSerializer(many=True)
    raters = RaterScoresSerializer(many=True)


@extend_schema(
    summary="Scores of a study",
    operation_id="study_scores",
    responses={
        200: StudyScoresSerializer,
        404: OpenApiResponse(description="There is no such study, or its scores are not yours to see."),
    },
)
@api_view(["GET"])
def study_scores(request: Request, slug: str) -> Response:
    """Mean and SD per condition and criterion over individual ratings, and each rater's means, live.

    Current versions of submitted expert ratings count, first occasion only.
    """
    study = get_object_or_404(studies_seen_by(cast(User, request.user)), slug=slug)
    return Response(StudyScoresSerializer(scores_document(scores_for_study(study))).data)
