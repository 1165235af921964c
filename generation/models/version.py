"""What all sets have that are kept in versions."""

from django.conf import settings
from django.db import models


class Version(models.Model):
    """One version of a set, under its content's hash; never changed once stored."""

    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, help_text="Where it is from, or what was changed.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["name", "-version"]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"
