"""Making a study, and the texts that its raters read."""

from io import BytesIO
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generation.domain.example import stored_example_constitution, stored_example_prompts
from generation.domain.post import PostDraft
from generation.importers.post import MAX_BYTES, PostFileError, read_post_file
from generation.models import ConstitutionSet, PostCollection, PromptSet


class CollectionField(forms.ModelChoiceField):
    """Offers collections by name, size and age: names recur."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  # a PostCollection with n_posts
        posts = f"{obj.n_posts:,} post{'' if obj.n_posts == 1 else 's'}"
        return f"{obj.name} ({posts}, from {obj.created_at.day} {obj.created_at:%B %Y})"


class StudyForm(forms.Form):
    """A new study. After cleaning, `posts` holds drafts or a collection that is there already.

    `ignored_columns` holds what meant nothing in the file. A set that a request leaves out is the example's.
    """

    name = forms.CharField(
        label="Name of the study",
        max_length=200,
        help_text="Raters see it, so it should not give away the conditions.",
    )
    posts = forms.FileField(
        label="Posts from a file",
        required=False,
        help_text="A .csv or .jsonl file in UTF-8, at most 5 MB and 5,000 posts.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.jsonl,.ndjson"}),
    )
    collection = CollectionField(
        label="Or posts that are here already",
        queryset=PostCollection.objects.none(),
        required=False,
        empty_label="None: the file above",
        help_text="Those of the studies that you manage, with the texts that people wrote for them. "
        "Administrators also find posts that no study uses yet.",
    )
    constitution_set = forms.ModelChoiceField(
        label="Constitution set",
        queryset=ConstitutionSet.objects.order_by("name", "-version"),
        empty_label=None,
        help_text="The dimensions of appraisal, with the guidance for models and the standards for raters.",
    )
    prompt_set = forms.ModelChoiceField(
        label="Prompt set",
        queryset=PromptSet.objects.order_by("name", "-version"),
        empty_label=None,
        help_text="The wording of all questions to the models.",
    )

    ignored_columns: tuple[str, ...] = ()

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        collections: QuerySet[PostCollection],
    ) -> None:
        """`collections` are those that the person may use, with n_posts."""
        examples = {
            "constitution_set": stored_example_constitution(),
            "prompt_set": stored_example_prompts(),
        }
        if data is not None:
            data = data.copy()
            for name, example in examples.items():
                data.setdefault(name, str(example.pk) if example else "")
        super().__init__(data, files, initial=examples)
        cast(CollectionField, self.fields["collection"]).queryset = collections
        self.fields["posts"].required = not collections.exists()
        for name, example in examples.items():
            if example is None:
                field = cast(forms.ModelChoiceField, self.fields[name])
                field.required = False
                field.empty_label = "The example's, which comes with this site"

    def clean_posts(self) -> list[PostDraft]:
        upload: UploadedFile | None = self.cleaned_data["posts"]
        if upload is None:  # then a collection must be chosen
            return []
        try:
            post_file = read_post_file(BytesIO(upload.read(MAX_BYTES + 1)), name=upload.name or "")
        except PostFileError as error:
            raise forms.ValidationError(error.lines) from error
        self.ignored_columns = post_file.ignored_columns
        return post_file.drafts

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        collection = cleaned.pop("collection", None)
        if "posts" not in cleaned or "collection" in self.errors:
            return cleaned
        if cleaned["posts"] and collection:
            self.add_error("collection", "Choose either a file or posts that are here already, not both.")
        elif not cleaned["posts"] and not collection:
            self.add_error("posts", "Choose a file, or posts that are here already.")
        else:
            cleaned["posts"] = cleaned["posts"] or collection
        return cleaned
