"""The studies whose scores a person may read."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, pagination, serializers

from annotation.models import Study, User
from annotation.queries.study import studies_seen_by


class StudySerializer(serializers.ModelSerializer[Study]):
    simulated = serializers.BooleanField(
        source="is_simulated", help_text="whether a program drew its ratings, and nobody rated"
    )

    class Meta:
        model = Study
        fields = ["slug", "name", "status", "simulated"]
        read_only_fields = fields


class StudyPagination(pagination.PageNumberPagination):
    page_size = 50


@extend_schema_view(get=extend_schema(summary="Studies whose scores you may see", operation_id="studies"))
class StudyList(generics.ListAPIView[Study]):
    """The studies in which you are a manager or a researcher, the newest first."""

    serializer_class = StudySerializer
    pagination_class = StudyPagination

    def get_queryset(self) -> QuerySet[Study]:
        return studies_seen_by(cast(User, self.request.user)).order_by("-id")
