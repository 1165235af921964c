"""What several parts of a study's scores are made of."""

from typing import Any

from rest_framework import serializers

from annotation.enums import ConditionSource


class IntervalField(serializers.ListField):
    """A 95 % interval: [low, high], or null."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # a serializer field's own
        super().__init__(child=serializers.FloatField(), allow_null=True, **options)


class ConditionNamesSerializer(serializers.Serializer):
    # A serializer has an attribute `source` of its own; the contract with other programs names this field so.
    source = serializers.ChoiceField(choices=ConditionSource.choices)  # type: ignore[assignment]
    model = serializers.CharField(help_text="empty for a human source")
    pipeline = serializers.CharField(help_text="INDV or ITER; empty for a human source")
    method = serializers.CharField(help_text="the strategy's method, or the human source")
