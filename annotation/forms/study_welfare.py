"""How a study's raters are paced, and the content notes of its posts."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from annotation.domain.welfare import Pace
from annotation.models import Study
from generation.models import Post

NOTE_LENGTH = 200


class PaceForm(forms.Form):
    """Each field is one of Pace."""

    batch_size = forms.IntegerField(
        label="Items in a batch",
        min_value=1,
        max_value=500,
        help_text="After so many items a rater is told that this is a good place to stop. 10 to 20 is usual.",
    )
    break_after_minutes = forms.IntegerField(
        label="Minutes of active time until a break is suggested",
        min_value=1,
        max_value=600,
        help_text="Ten minutes away from the items count as a break.",
    )
    break_after_heavy_items = forms.IntegerField(
        label="Items with a content note until a break is suggested", min_value=1, max_value=500
    )
    daily_minutes = forms.IntegerField(
        label="Minutes of active time in a day",
        min_value=1,
        max_value=1440,
        help_text="Then the end of the day is suggested, in the rater's own time zone. 120 to 180 is usual.",
    )
    spacing = forms.IntegerField(
        label="Items between two responses to one post",
        min_value=0,
        max_value=500,
        help_text="At least so far apart, where the design allows it, in orders that are made from now on.",
    )

    @classmethod
    def of(cls, study: Study) -> "PaceForm":
        return cls(initial={name: getattr(study, name) for name in cls.base_fields})

    def pace(self) -> Pace:
        return Pace(**self.cleaned_data)


class ContentNotesForm(forms.Form):
    """One field a post."""

    def __init__(self, *args: Any, posts: Sequence[Post], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.posts = posts
        for post in posts:
            self.fields[f"note_{post.pk}"] = forms.CharField(
                label=f"Content note of {post.key}",
                required=False,
                max_length=NOTE_LENGTH,
                initial=post.content_note,
            )

    def rows(self) -> Iterator[tuple[Post, forms.BoundField]]:
        for post in self.posts:
            yield post, self[f"note_{post.pk}"]

    def notes(self) -> dict[int, str]:
        return {post.pk: self.cleaned_data[f"note_{post.pk}"] for post in self.posts}
