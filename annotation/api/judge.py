"""A language model held against a study's experts."""

from rest_framework import serializers

from annotation.api.fields import ConditionNamesSerializer, IntervalField
from annotation.enums import JudgeOrigin


class EstimateSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    ci = IntervalField(help_text="from resampling posts")
    reason = serializers.CharField(help_text="why there is no number or no interval; else empty")


class NamedEstimateSerializer(EstimateSerializer):
    name = serializers.CharField()


class CalibrationPointSerializer(serializers.Serializer):
    n_items = serializers.IntegerField()
    n_replies = serializers.IntegerField()
    expert_mean = EstimateSerializer()


class JudgeRepliesSerializer(serializers.Serializer):
    n = serializers.IntegerField(help_text="that have come")
    n_waiting = serializers.IntegerField()
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="score, refused, not_applicable, unreadable"
    )
    shares = serializers.DictField(child=EstimateSerializer())


class BesideExpertsMeasureSerializer(serializers.Serializer):
    name = serializers.CharField()
    judge = EstimateSerializer(help_text="one reply with one rating")
    experts = EstimateSerializer(help_text="one expert's rating with another's")
    difference = EstimateSerializer(help_text="judge less experts")


class BesideExpertsSerializer(serializers.Serializer):
    n_items = serializers.IntegerField(help_text="with a score by the judge and two ratings or more")
    n_posts = serializers.IntegerField()
    n_ratings = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    n_rater_pairs = serializers.IntegerField(help_text="of which the correlation is the mean")
    refusal = serializers.CharField()
    sentence = serializers.CharField()
    measures = serializers.DictField(child=BesideExpertsMeasureSerializer())


class SelfConsistencySerializer(serializers.Serializer):
    n_asked_again = serializers.IntegerField(help_text="items with two replies or more, of whatever kind")
    n_items = serializers.IntegerField(help_text="with two scores by the judge or more")
    n_replies = serializers.IntegerField()
    refusal = serializers.CharField()
    same_outcome = EstimateSerializer(
        help_text="of those asked again, the share whose replies are all of one kind"
    )
    measures = serializers.DictField(child=NamedEstimateSerializer())


class JudgedGroupSerializer(serializers.Serializer):
    cautions = serializers.ListField(child=serializers.CharField())
    n_items = serializers.IntegerField(help_text="with a score by the judge and one by an expert")
    n_posts = serializers.IntegerField()
    n_replies = serializers.IntegerField()
    n_ratings = serializers.IntegerField()
    n_pairs = serializers.IntegerField(help_text="of a reply and a rating of the same item")
    refusal = serializers.CharField(help_text="why there is no coefficient; else empty")
    judge_mean = EstimateSerializer(help_text="over items")
    expert_mean = EstimateSerializer(help_text="over the same items, of the means of their ratings")
    mean_difference = EstimateSerializer(help_text="judge less experts, in points")
    spearman = EstimateSerializer(help_text="of the judge's and the experts' mean of an item")
    kendall = EstimateSerializer(help_text="tau-b, of the same")
    exact = EstimateSerializer(help_text="share of pairs of a reply and a rating that are equal")
    kappa = EstimateSerializer(help_text="Cohen's, of such pairs")
    ac = EstimateSerializer(help_text="Gwet's AC1, or AC2 where points are ordered, of such pairs")
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="pairs by point: the judge's in rows, the experts' in columns, ascending",
    )
    calibration = CalibrationPointSerializer(many=True, help_text="by the point that the judge gave")
    without_score = CalibrationPointSerializer(help_text="of the items that it gave no score")
    replies = JudgeRepliesSerializer()
    beside_experts = BesideExpertsSerializer()
    self_consistency = SelfConsistencySerializer()


class JudgedConditionSerializer(JudgedGroupSerializer, ConditionNamesSerializer):
    pass


class RankedConditionSerializer(ConditionNamesSerializer):
    n_items = serializers.IntegerField()
    judge_mean = EstimateSerializer()
    expert_mean = EstimateSerializer()
    judge_rank = serializers.FloatField(allow_null=True, help_text="1 has the highest mean")
    expert_rank = serializers.FloatField(allow_null=True)


class RankingSerializer(serializers.Serializer):
    n_items = serializers.IntegerField()
    n_conditions = serializers.IntegerField()
    kendall = EstimateSerializer(help_text="tau-b of the two rows of means")
    conditions = RankedConditionSerializer(many=True)


class JudgedCriterionSerializer(serializers.Serializer):
    weights = serializers.ChoiceField(choices=["quadratic", "identity"])
    points = serializers.ListField(
        child=serializers.CharField(), help_text="of the scale, ascending: by their words, else by value"
    )
    overall = JudgedGroupSerializer()
    ranking = RankingSerializer(allow_null=True, help_text="null while conditions are hidden")
    conditions = JudgedConditionSerializer(many=True, help_text="empty while conditions are hidden")


class JudgeSerializer(serializers.Serializer):
    judge_run = serializers.IntegerField()
    judge = serializers.CharField()
    kind = serializers.CharField(help_text="says that it is a language model, not a person")
    origin = serializers.ChoiceField(choices=JudgeOrigin.choices)
    n_items = serializers.IntegerField(help_text="that experts rated and the judge has replies to")
    n_replies = serializers.IntegerField()
    n_repeats = serializers.IntegerField()
    n_elsewhere = serializers.IntegerField(help_text="replies to items that nobody rated; not compared")
    criteria = serializers.DictField(child=JudgedCriterionSerializer())
