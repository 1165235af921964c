"""Support-seeking posts, in the collections in which they came."""

from django.db import models


class PostCollection(models.Model):
    """Posts that came together: one imported file, or the example study's."""

    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """One person's post. The text may identify its author: it never goes into a log or a public page."""

    collection = models.ForeignKey(PostCollection, on_delete=models.PROTECT, related_name="posts")
    key = models.CharField(max_length=100, help_text="The id that the imported file gave it.")
    text = models.TextField()
    area = models.CharField(max_length=100, blank=True)
    content_note = models.CharField(max_length=200, blank=True, help_text="Shown to raters before the text.")
    sha256 = models.CharField(max_length=64)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["collection", "position"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "key"], name="post_key_once_per_collection"),
            models.UniqueConstraint(
                fields=["collection", "position"], name="post_position_once_per_collection"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="post_text_not_empty"),
        ]

    def __str__(self) -> str:
        return self.key
