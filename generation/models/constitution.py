"""Constitution sets and prompt sets: versioned, content-hashed, never changed once stored."""

from django.db import models

from generation.models.version import Version


class ConstitutionSet(Version):
    """One version of a set of constitutions, one per appraisal dimension."""

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="constitution_set_version_once"),
            models.UniqueConstraint(fields=["name", "content_hash"], name="constitution_set_content_once"),
        ]


class Dimension(models.Model):
    """One appraisal dimension with its constitution, as `generation.constitution.DimensionText`."""

    constitution_set = models.ForeignKey(ConstitutionSet, on_delete=models.PROTECT, related_name="dimensions")
    number = models.PositiveIntegerField(help_text="Its number in the appraisal scheme; runs follow it.")
    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    aim = models.TextField()
    appraisal_question = models.TextField()
    guidance = models.TextField()
    standards = models.JSONField(help_text="A list of sentences that end 'A good response ...'.")

    class Meta:
        ordering = ["constitution_set", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["constitution_set", "number"], name="dimension_number_once_per_set"
            ),
            models.UniqueConstraint(fields=["constitution_set", "key"], name="dimension_key_once_per_set"),
        ]

    def __str__(self) -> str:
        return self.name


class PromptSet(Version):
    """One version of the wording of all calls, as `generation.prompt_set.PromptSet`."""

    wording = models.JSONField()

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="prompt_set_version_once"),
            models.UniqueConstraint(fields=["name", "content_hash"], name="prompt_set_content_once"),
        ]
