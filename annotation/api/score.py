"""A study's scores, the same numbers as on its page."""

from typing import cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.agreement import CriterionAgreementSerializer
from annotation.api.fields import ConditionNamesSerializer, IntervalField
from annotation.api.judge import JudgeSerializer
from annotation.exports.score_table import scores_document
from annotation.models import User
from annotation.queries.hidden_conditions import look_of
from annotation.queries.shown_scores import shown_scores
from annotation.queries.study import studies_seen_by


class DescriptionSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True, help_text="null without a rating")
    sd = serializers.FloatField(allow_null=True, help_text="n-1 in the denominator; null below two ratings")
    ci = IntervalField(help_text="of the mean, from resampling posts")
    ci_wilson = IntervalField(help_text="of the rate, of two-valued criteria; else null")
    median = serializers.FloatField(allow_null=True, help_text="null without a rating")
    quartiles = IntervalField(help_text="the lower and the upper one; null without a rating")
    distribution = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        help_text="pairs of a value and how often it was given, ascending",
    )


class ConditionScoresSerializer(ConditionNamesSerializer):
    n_items = serializers.IntegerField(help_text="items with at least one rating")
    n_ratings = serializers.IntegerField()
    scores = serializers.DictField(child=DescriptionSerializer(), help_text="by criterion")


class RaterScoresSerializer(serializers.Serializer):
    rater = serializers.CharField(help_text="the rater's code in this study")
    n = serializers.IntegerField()
    mean = serializers.DictField(child=serializers.FloatField(allow_null=True), help_text="by criterion")
    active_seconds_median = serializers.FloatField(
        allow_null=True, help_text="of her rated items; null where her browser told none"
    )


class ExclusionSerializer(serializers.Serializer):
    rule = serializers.CharField()
    reason = serializers.CharField()
    n_ratings = serializers.IntegerField(help_text="that it leaves out, other rules aside")


class SnapshotSerializer(serializers.Serializer):
    sha256 = serializers.CharField(help_text="of the ratings that were used")
    taken_at = serializers.DateTimeField()
    is_current = serializers.BooleanField(help_text="false where ratings have changed since")
    code_sha256 = serializers.CharField(help_text="of the program's statistics")
    seed = serializers.IntegerField()
    n_resamples = serializers.IntegerField()
    exclusions = ExclusionSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    criterion = serializers.CharField()
    a = ConditionNamesSerializer()
    b = ConditionNamesSerializer()
    n_pairs = serializers.IntegerField(help_text="items of the same post and dimension")
    n_posts = serializers.IntegerField(help_text="what the test is made of")
    difference = serializers.FloatField(allow_null=True, help_text="mean of a minus b, in points")
    ci = IntervalField(help_text="of the difference, from resampling posts")
    p = serializers.FloatField(allow_null=True, help_text="sign-flip permutation by post, two-sided")
    p_holm = serializers.FloatField(allow_null=True, help_text="adjusted within the criterion")
    smallest_p = serializers.FloatField(help_text="that so few posts could reach at all")
    effect_size = serializers.FloatField(allow_null=True, help_text="d_z")
    effect_size_ci = IntervalField()
    superiority = serializers.FloatField(allow_null=True, help_text="share of pairs that a wins")
    test = serializers.CharField()
    p_wilcoxon = serializers.FloatField(allow_null=True)
    p_t = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(help_text="why there is no test; else empty")


class StudyScoresSerializer(serializers.Serializer):
    study = serializers.SlugField()
    simulated = serializers.BooleanField(help_text="whether a program drew the ratings, and nobody rated")
    n_items = serializers.IntegerField()
    n_ratings = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    conditions_hidden = serializers.BooleanField(
        help_text="whether the study hides its conditions until it is closed: the lists of conditions,"
        " those of agreement too, and comparisons are empty then"
    )
    snapshot = SnapshotSerializer(allow_null=True)
    conditions = ConditionScoresSerializer(many=True)
    agreement = serializers.DictField(child=CriterionAgreementSerializer(), help_text="by criterion")
    planned = serializers.CharField(
        allow_null=True, help_text="the comparisons: `rule`, `before ratings`, or `after N ratings` were in"
    )
    looks_before_plan = serializers.IntegerField(
        allow_null=True, help_text="logged looks at hidden scores by condition before they were planned"
    )
    primary_criterion = serializers.CharField(allow_null=True, help_text="null where none was named")
    comparisons = ComparisonSerializer(many=True)
    judges = JudgeSerializer(many=True, help_text="language models, held against the experts")
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

    Intervals, agreement and comparisons are those computed last: `snapshot` says of which ratings, and is
    null before the first time. Current versions of submitted expert ratings count, first occasion only.
    """
    user = cast(User, request.user)
    study = get_object_or_404(studies_seen_by(user), slug=slug)
    shown = shown_scores(study, has_looked=look_of(user, study, request.session) is not None)
    return Response(StudyScoresSerializer(scores_document(shown.scores, shown.computed)).data)
