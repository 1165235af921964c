"""How well raters agree: overall, within conditions, every two of them, and each with herself."""

from rest_framework import serializers

from annotation.api.fields import ConditionNamesSerializer, IntervalField


class CoefficientSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    ci = IntervalField(help_text="from resampling posts")
    ci_items = IntervalField(help_text="from resampling items")
    reason = serializers.CharField(help_text="why there is no number or no interval; else empty")


class AlphaSerializer(CoefficientSerializer):
    level = serializers.ChoiceField(choices=["ordinal", "nominal"])


class GwetSerializer(CoefficientSerializer):
    weights = serializers.ChoiceField(choices=["quadratic", "identity"])


class IccSerializer(CoefficientSerializer):
    form = serializers.ChoiceField(choices=["1,1", "1,k"])
    k = serializers.IntegerField(required=False, help_text="ratings of which an item's mean is made")


class AgreementSerializer(serializers.Serializer):
    n_items = serializers.IntegerField(help_text="with at least two ratings")
    n_ratings = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    percent = serializers.FloatField(allow_null=True, help_text="share of pairs of ratings that are equal")
    adjacent = serializers.FloatField(allow_null=True, help_text="at most one step of the scale apart")
    mean_absolute_difference = serializers.FloatField(allow_null=True, help_text="in points of the scale")
    krippendorff_alpha = AlphaSerializer()
    gwet_ac = GwetSerializer()
    icc = IccSerializer()
    icc_k = IccSerializer()
    specific = serializers.DictField(
        child=CoefficientSerializer(), help_text="by the value of the point, of two-valued criteria"
    )
    paradox = serializers.CharField(help_text="explains high raw agreement beside a low alpha; else empty")


class TwoRatingsSerializer(serializers.Serializer):
    n_items = serializers.IntegerField(help_text="that have both ratings")
    exact = CoefficientSerializer()
    weighted_kappa = CoefficientSerializer(help_text="quadratic weights")
    mean_difference = CoefficientSerializer(help_text="the first rating less the second, in points")


class PairSerializer(TwoRatingsSerializer):
    raters = serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2)


class RepeatSerializer(TwoRatingsSerializer):
    rater = serializers.CharField()
    adjacent = CoefficientSerializer(help_text="share of items at most one step of the scale apart")


class PairsSerializer(serializers.Serializer):
    shown = PairSerializer(many=True, help_text="every two raters who share enough items")
    n_too_few = serializers.IntegerField(help_text="pairs that share some items, but too few")
    reason = serializers.CharField(help_text="why pairs are not shown; else empty")


class RepeatsSerializer(serializers.Serializer):
    shown = RepeatSerializer(many=True, help_text="raters who rated enough items twice")
    n_too_few = serializers.IntegerField(help_text="raters who rated some items twice, but too few")
    reason = serializers.CharField(help_text="why raters are not shown; else empty")


class ConditionAgreementSerializer(ConditionNamesSerializer, AgreementSerializer):
    pairs = PairsSerializer(allow_null=True, help_text="null in snapshots from before there were any")
    repeats = RepeatsSerializer(allow_null=True, help_text="the same rater twice; null as pairs are")


class CriterionAgreementSerializer(AgreementSerializer):
    conditions = ConditionAgreementSerializer(many=True, help_text="within each condition")
